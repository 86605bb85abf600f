"""Opening what is in legal custody: ask, confirm as somebody else, look, close."""

import logging
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.people.asker import Asker
from safelight.recall.errors import (
    CustodyRequestNotFoundError,
    CustodyRequestRefusedError,
    SamePersonError,
)
from safelight.recall.kept import (
    Opening,
    find_opening,
    labels_for,
    openings_to_confirm,
    pictures_kept_of,
)
from safelight.recall.labels import SealedLabel
from safelight.recall.services.opening_custody import (
    LEAST_MINUTES,
    LONGEST_WORDS,
    MOST_MINUTES,
    USUAL_MINUTES,
    NewRequest,
    confirm_opening,
    end_opening,
    look_into_custody,
    request_opening,
)
from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.recall import CustodyGround
from safelight.web.clinic.byte_path import HEADERS
from safelight.web.clinic.cards import SIDES, patient_card
from safelight.web.clinic.forms import Refusal, as_uuids, one_of, refusal
from safelight.web.doors import form_reader, privacy_officer
from safelight.web.presence import asker_of
from safelight.web.privacy.keeping import current_record, whose

SHOWN_BY_BROWSERS: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
logger = logging.getLogger("safelight.bytes")


@require_safe
@form_reader
def to_confirm(request: HttpRequest, asker: Asker) -> HttpResponse:
    """What waits for a second person."""
    context = {"to_confirm": openings_to_confirm(asker)}
    return render(request, "privacy/to_confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@privacy_officer
def ask(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    patient = current_record(patient)
    if request.method != "POST":
        return _ask_form(request, asker, patient)
    try:
        made = request_opening(asker, _typed(request, patient))
    except CustodyRequestRefusedError as error:
        typed = {name: request.POST.get(name, "") for name in ("ground", "words", "minutes")}
        return _ask_form(request, asker, patient, refusal(error.sentence, **typed))
    messages.success(request, _("Asked. Nothing opens until a second person confirms it."))
    return redirect("privacy:opening", made)


def _typed(request: HttpRequest, patient: UUID) -> NewRequest:
    ground = one_of(CustodyGround, request.POST.get("ground", ""))
    minutes = request.POST.get("minutes", "")
    if ground is None or not (minutes.isascii() and minutes.isdigit() and len(minutes) <= 3):  # noqa: PLR2004 - digits
        raise CustodyRequestRefusedError
    chosen = as_uuids(request.POST.getlist("photograph"))
    return NewRequest(patient, chosen, ground, request.POST.get("words", ""), int(minutes))


def _ask_form(
    request: HttpRequest, asker: Asker, patient: UUID, form: Refusal | None = None
) -> HttpResponse:
    known = whose(asker, patient)
    context = {
        "patient": patient_card(known),
        "pictures": pictures_kept_of(asker, known.id),
        "chosen": request.POST.getlist("photograph"),
        "grounds": list(CustodyGround),
        "form": form,
        "usual": USUAL_MINUTES,
        "least": LEAST_MINUTES,
        "most": MOST_MINUTES,
        "longest": LONGEST_WORDS,
    }
    return render(request, "privacy/ask_to_open.html", context)


@dataclass(frozen=True)
class Line:
    """One picture of an opening, as its page lists it. PHI: the label."""

    photograph: UUID
    label: SealedLabel

    @property
    def words(self) -> str:
        site, side = self.label.body_site_display, SIDES.get(self.label.laterality, "")
        return ", ".join(filter(None, [site, str(side)])) or _("Picture without a label")

    @property
    def is_shown(self) -> bool:
        """Whether a browser can show the original as it came."""
        return self.label.media_type in SHOWN_BY_BROWSERS


@require_safe
@form_reader
def one(request: HttpRequest, asker: Asker, opening: UUID) -> HttpResponse:
    """What was asked, and what this person can do about it now."""
    found = _found(asker, opening)
    context = {
        "opening": found,
        "patient": patient_card(whose(asker, found.patient)),
        "lines": _lines(asker, found) if found.is_open and found.is_mine else [],
        "may_confirm": found.is_waiting and not found.is_mine,
    }
    return render(request, "privacy/opening.html", context)


def _found(asker: Asker, opening: UUID) -> Opening:
    try:
        return find_opening(asker, opening)
    except CustodyRequestNotFoundError as error:
        raise AccessRefusedError from error


def _lines(asker: Asker, found: Opening) -> list[Line]:
    return [Line(*item) for item in labels_for(asker, found.id).items()]


@require_POST
@form_reader
def confirm(request: HttpRequest, asker: Asker, opening: UUID) -> HttpResponse:
    try:
        confirm_opening(asker, opening)
        said = _("Confirmed. Who asked can look now; the time runs, and the patient is told.")
        messages.success(request, said)
    except SamePersonError as error:
        messages.error(request, error.sentence)
    except CustodyRequestNotFoundError as error:
        _found(asker, opening)
        messages.error(request, error.sentence)
    return redirect("privacy:opening", opening)


@require_POST
@form_reader
def end(request: HttpRequest, asker: Asker, opening: UUID) -> HttpResponse:
    try:
        end_opening(asker, opening)
        messages.success(request, _("It is closed. Nobody can look by it any more."))
    except CustodyRequestNotFoundError as error:
        _found(asker, opening)
        messages.error(request, error.sentence)
    return redirect("privacy:opening", opening)


@require_safe
@privacy_officer
def look(request: HttpRequest, asker: Asker, opening: UUID, photograph: UUID) -> HttpResponse:
    """One picture with its label. The bytes come by an address of their own, through the gate."""
    found = _found(asker, opening)
    if not (found.is_open and found.is_mine):
        return redirect("privacy:opening", opening)
    line = next((item for item in _lines(asker, found) if item.photograph == photograph), None)
    if line is None:
        raise AccessRefusedError
    context = {"opening": found, "line": line, "patient": patient_card(whose(asker, found.patient))}
    return render(request, "privacy/look.html", context)


@login_not_required
def kept_bytes(request: HttpRequest, opening: UUID, photograph: UUID) -> HttpResponse:
    """The original, through the gate. Whatever goes wrong is the same empty 404."""
    opened = _open(request, opening, photograph)
    response = HttpResponse(status=404)
    if opened is not None:
        response = HttpResponse(opened.content, content_type=opened.media_type)
    else:
        del response["Content-Type"]
    for name, value in HEADERS:
        response[name] = value
    return response


def _open(request: HttpRequest, opening: UUID, photograph: UUID) -> Opened | None:
    """Anybody who is signed in and tries is recorded; who is not leaves no trace and sees nothing."""
    asker = asker_of(request) if request.method == "GET" else None
    if asker is None:
        return None
    try:
        return look_into_custody(asker, opening, photograph)
    except AccessRefusedError:
        return None
    except SafelightError as error:
        logger.error("a picture could not be opened: %s", error.code)
        return None
