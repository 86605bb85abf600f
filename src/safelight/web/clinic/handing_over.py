"""How a signer gets to see the pictures: on this very device, or on their own."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safelight.consent.errors import ConsentError
from safelight.consent.services.visiting import Invitation, hand_over, invite
from safelight.engines.documents import qr_svg
from safelight.people.asker import Asker
from safelight.release.access import open_record
from safelight.web.clinic.cards import record_context
from safelight.web.clinic.consent_cards import proposal_card
from safelight.web.clinic.consents import known_proposal
from safelight.web.doors import clinical
from safelight.web.portal.door import give_visit

INVITATION: Final = "invitation"
GROUP: Final = 4


@require_POST
@clinical
def give_device(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    """The staff session locks, and the browser is the signer's until somebody unlocks it."""
    known_proposal(asker, proposal)
    try:
        secret = hand_over(asker, proposal)
    except ConsentError as error:
        messages.error(request, error.sentence)
        return redirect("clinic:proposal", proposal)
    request.session.pop(INVITATION, None)
    response = redirect("portal:start")
    give_visit(response, secret)
    return response


@require_POST
@clinical
def send(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    """Make the link and the code. They wait in the sealed session for the page that shows them."""
    known_proposal(asker, proposal)
    try:
        made = invite(asker, proposal)
    except ConsentError as error:
        messages.error(request, error.sentence)
        return redirect("clinic:proposal", proposal)
    request.session[INVITATION] = _kept(proposal, made)
    return redirect("clinic:invitation", proposal)


def _kept(proposal: UUID, made: Invitation) -> dict[str, str]:
    return {
        "proposal": str(proposal),
        "letters": made.letters,
        "code": made.code,
        "expires_at": made.expires_at.isoformat(),
    }


@require_safe
@clinical
def invitation(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    """Shown once: whoever comes back later makes a new link, and the old one ends."""
    known = known_proposal(asker, proposal)
    kept = request.session.pop(INVITATION, None) if request.method == "GET" else None
    context = {
        **record_context(open_record(asker, known.patient)),
        "proposal": proposal_card(known),
        "invitation": _shown(request, kept) if kept and kept["proposal"] == str(proposal) else None,
    }
    return render(request, "clinic/invitation.html", context)


def _shown(request: HttpRequest, kept: dict[str, str]) -> dict[str, Any]:
    path = reverse("portal:door", args=[kept["letters"]])
    address = request.build_absolute_uri(path)
    code = qr_svg(address, label=_("QR code of the link"))
    return {
        "qr": mark_safe(code),  # noqa: S308 - our own drawing, its label escaped
        "host": f"{request.get_host()}{path.partition(kept['letters'])[0]}",
        "letters": _in_groups(kept["letters"], GROUP),
        "code": _in_groups(kept["code"], GROUP - 1),
        "expires_at": datetime.fromisoformat(kept["expires_at"]),
    }


def _in_groups(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]
