"""What every template may say about the house and about who is signed in."""

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from safelight.consent.selectors.tasks import consent_task_count
from safelight.institution.selectors import current_house, current_policy
from safelight.oversight.break_glass import count_to_review
from safelight.people.asker import Asker
from safelight.photos.selectors import count_unlabelled

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
        "consent_task_total": partial(consent_task_count, asker) if asker else 0,
        "to_review_total": count_to_review,
    }


def _idle_seconds() -> int:
    return current_policy().idle_minutes * SECONDS_PER_MINUTE
