"""Who looked at a picture."""

from collections.abc import Sequence
from itertools import groupby
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelight.people.asker import Asker
from safelight.release.looks import Look, Looks
from safelight.release.looks import who_looked as read_looks
from safelight.web.clinic.cards import photograph_card, record_context
from safelight.web.doors import clinical


@require_safe
@clinical
def who_looked(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    seen = read_looks(asker, photograph)
    context = {
        **record_context(seen.record),
        "photograph": photograph_card(seen.photograph),
        "looks": [_line(same) for same in _together(seen.looks)],
        "proof": _proof(seen),
    }
    return render(request, "clinic/who_looked.html", context)


def _together(looks: Sequence[Look]) -> list[list[Look]]:
    """Looks that follow each other and tell the same of the same person on one day: one line."""
    return [list(same) for _key, same in groupby(looks, key=_sameness)]


def _sameness(look: Look) -> tuple[object, ...]:
    day = timezone.localtime(look.at).date()
    return day, look.who, look.action, look.is_break_glass, look.is_refusal


def _line(same: Sequence[Look]) -> dict[str, object]:
    """One line; its time is that of the latest look."""
    look = same[0]
    return {
        "at": look.at,
        "times": len(same),
        "who": look.who,
        "role": _(look.role) if look.role else "",
        "what": _(look.action),
        "purpose": _("Treatment"),
        "is_break_glass": look.is_break_glass,
        "is_refusal": look.is_refusal,
    }


def _proof(seen: Looks) -> dict[str, object] | None:
    entries = [look.entry for look in seen.looks if look.entry is not None]
    if seen.checkpoint_at is None or not entries:
        return None
    return {"entry": max(entries) + 1, "checkpoint_at": seen.checkpoint_at}
