"""What every template may say about the house and about who is signed in."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from safelight.consent.selectors.tasks import consent_task_count
from safelight.consulting.selectors import count_waiting
from safelight.exporting.selectors import to_delete_count
from safelight.institution.selectors import current_house, current_policy
from safelight.oversight.break_glass import count_to_review
from safelight.people.asker import Asker
from safelight.photos.selectors import count_unlabelled
from safelight.recall.board import due
from safelight.recall.kept import openings_to_confirm
from safelight.redaction.selectors import second_look_count
from safelight.sharing.selectors import waiting_count

SECONDS_PER_MINUTE = 60


def house(request: HttpRequest) -> dict[str, Any]:
    """Values that cost a query are callables, so that only pages that show them pay."""
    asker: Asker | None = getattr(request, "asker", None)
    return {
        "house": current_house,
        "is_demo": settings.SAFELIGHT_DEMO,
        "asker": asker,
        "idle_seconds": _idle_seconds,
        "to_label_total": partial(count_unlabelled, asker.staff) if asker else 0,
        "consent_task_total": partial(_consent_tasks, asker) if asker else 0,
        "share_task_total": partial(waiting_count, asker) if asker else 0,
        "copy_task_total": partial(to_delete_count, asker) if asker else 0,
        "asked_total": partial(count_waiting, asker) if asker else 0,
        "to_review_total": count_to_review,
        "recall_due": due,
        "to_confirm_total": partial(_to_confirm, asker) if asker else 0,
    }


def _consent_tasks(asker: Asker) -> int:
    """What the page of consents lists as waiting for this person."""
    return consent_task_count(asker) + second_look_count(asker)


def _to_confirm(asker: Asker) -> int:
    """Requests to open what is under lock that wait for this person as the second one."""
    return len(openings_to_confirm(asker))


def _idle_seconds() -> int:
    return current_policy().idle_minutes * SECONDS_PER_MINUTE
