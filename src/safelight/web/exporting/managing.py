"""Links to copies as their sender keeps them: shown once, who fetched what when, taken back."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from safelight.engines.documents import qr_svg
from safelight.exporting.errors import CopyLinkNotFoundError
from safelight.exporting.selectors import KnownLink, Standing, links_of, open_link, to_delete
from safelight.exporting.services.making import MadeLink, note_deletion_asked, revoke
from safelight.patients.selectors import known_patients
from safelight.people.asker import Asker
from safelight.release.access import open_record
from safelight.release.errors import AccessRefusedError
from safelight.web.clinic.cards import patient_card, record_context
from safelight.web.doors import clinical

MADE: Final = "copy-link"
GROUP: Final = 4
STANDINGS: Final = {
    Standing.REVOKED: gettext_lazy("Revoked"),
    Standing.ENDED_BY_RESTORE: gettext_lazy("Ended when a backup was restored: make a new one"),
    Standing.AGREEMENT_ENDED: gettext_lazy("Closed: the patient's agreement has ended"),
    Standing.LOCKED: gettext_lazy("Locked after five wrong passcodes"),
    Standing.OVER: gettext_lazy("Its time is over"),
    Standing.FETCHED: gettext_lazy("Open, and a copy was fetched"),
    Standing.WAITS: gettext_lazy("Open, and nothing was fetched yet"),
}


@require_safe
@clinical
def mine(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Copies that are with somebody while the ground for them is gone."""
    found = to_delete(asker)
    known = {item.id: patient_card(item) for item in known_patients({i.patient for i in found})}
    lines = [{"link": item, "patient": known.get(item.patient)} for item in found]
    return render(request, "exporting/mine.html", {"lines": lines})


@require_safe
@clinical
def of_patient(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    record = open_record(asker, patient)
    try:
        known = links_of(asker, patient)
    except CopyLinkNotFoundError as error:
        raise AccessRefusedError from error
    lines = [{"link": item, "standing": STANDINGS[item.standing]} for item in known]
    return render(request, "exporting/of_patient.html", {**record_context(record), "lines": lines})


def known_link(asker: Asker, link: UUID) -> KnownLink:
    """AccessRefusedError, which looks like *missing*, unless the asker treats the patient."""
    try:
        return open_link(asker, link)
    except CopyLinkNotFoundError as error:
        raise AccessRefusedError from error


@require_safe
@clinical
def link(request: HttpRequest, asker: Asker, copy: UUID) -> HttpResponse:
    known = known_link(asker, copy)
    context = {
        **record_context(open_record(asker, known.patient)),
        "link": known,
        "standing": STANDINGS[known.standing],
    }
    return render(request, "exporting/link.html", context)


def keep_link(request: HttpRequest, made: MadeLink) -> None:
    """Link and passcode wait in the sealed session for the one page that shows them."""
    request.session[MADE] = {
        "id": str(made.id),
        "link": made.link,
        "passcode": made.passcode,
        "expires_at": made.expires_at.isoformat(),
    }


@require_safe
@clinical
def shown_once(request: HttpRequest, asker: Asker, copy: UUID) -> HttpResponse:
    """Whoever comes back later makes a new link: what is kept here cannot be turned into it."""
    known = known_link(asker, copy)
    kept: dict[str, str] | None = (
        request.session.pop(MADE, None) if request.method == "GET" else None
    )
    is_this = kept is not None and kept["id"] == str(copy)
    context = {
        **record_context(open_record(asker, known.patient)),
        "link": known,
        "made": _shown(kept) if kept and is_this else None,
    }
    return render(request, "exporting/once.html", context)


def _shown(kept: dict[str, str]) -> dict[str, Any]:
    code = qr_svg(kept["link"], label=_("QR code of the link"))
    passcode = kept["passcode"]
    return {
        "qr": mark_safe(code),  # noqa: S308 - our own drawing, its label escaped
        "link": kept["link"],
        "passcode": [passcode[at : at + GROUP] for at in range(0, len(passcode), GROUP)],
        "expires_at": datetime.fromisoformat(kept["expires_at"]),
    }


@require_POST
@clinical
def asked_to_delete(request: HttpRequest, asker: Asker, copy: UUID) -> HttpResponse:
    known_link(asker, copy)
    note_deletion_asked(asker, copy)
    messages.success(request, _("Written down."))
    return redirect("exporting:link", copy)


@require_POST
@clinical
def take_back(request: HttpRequest, asker: Asker, copy: UUID) -> HttpResponse:
    known = known_link(asker, copy)
    revoke(asker, copy)
    if known.left_copy:
        messages.success(request, _("Revoked. Now ask them to delete what they fetched."))
    else:
        messages.success(request, _("Revoked. Nothing was fetched by it."))
    return redirect("exporting:link", copy)
