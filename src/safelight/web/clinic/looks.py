"""Who looked at a picture."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
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
        "looks": [_line(look) for look in seen.looks],
        "proof": _proof(seen),
    }
    return render(request, "clinic/who_looked.html", context)


def _line(look: Look) -> dict[str, object]:
    return {
        "at": look.at,
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
