"""What is kept: finding the patient, legal holds, and what is under lock."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.patients.errors import PatientNotFoundError
from safelight.patients.selectors import KnownPatient, encounters_of, surviving_patient
from safelight.people.asker import Asker
from safelight.people.searching import find_for_oversight, show_to_oversight
from safelight.recall.errors import HoldNotFoundError, HoldRefusedError
from safelight.recall.fates import today_here
from safelight.recall.kept import (
    Hold,
    hold_of,
    holds_ending_soon,
    holds_of,
    openings_of,
    openings_to_confirm,
    pictures_kept_of,
)
from safelight.recall.services.holding import (
    LONGEST_HOLD,
    LONGEST_REASON,
    extend_hold,
    lift_hold,
    place_hold,
)
from safelight.release.errors import AccessRefusedError
from safelight.web.clinic.cards import patient_card
from safelight.web.clinic.forms import Refusal, as_date, as_uuid, refusal
from safelight.web.doors import privacy_officer
from safelight.web.limits import RateLimitedError, allow_search


@require_safe
@privacy_officer
def kept(request: HttpRequest, asker: Asker) -> HttpResponse:
    """What ends soon, what waits for a second person, and the way to one patient's record."""
    context = {
        "ending": holds_ending_soon(asker),
        "to_confirm": openings_to_confirm(asker),
    }
    return render(request, "privacy/kept.html", context)


@require_POST
@privacy_officer
def find(request: HttpRequest, asker: Asker) -> HttpResponse:
    """By the whole number alone: oversight is no way to look through the patients."""
    try:
        allow_search(asker)
    except RateLimitedError as error:
        messages.error(request, _(error.sentence))
        return redirect("privacy:kept")
    patient = find_for_oversight(asker, request.POST.get("number", "").strip()[:60])
    if patient is None:
        messages.error(request, _("Nobody has exactly this number."))
        return redirect("privacy:kept")
    return redirect("privacy:kept_of", patient)


@require_safe
@privacy_officer
def kept_of(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    known = whose(asker, patient)
    stays = stays_of(known.id)
    context = {
        "patient": patient_card(known),
        "holds": [
            {"hold": item, "stay": stays.get(item.encounter)} for item in holds_of(asker, known.id)
        ],
        "pictures": pictures_kept_of(asker, known.id),
        "openings": openings_of(asker, known.id),
        **days(),
    }
    return render(request, "privacy/kept_of.html", context)


def whose(asker: Asker, patient: UUID) -> KnownPatient:
    """Whose record a page is about; recorded. A patient who is none looks like any other miss."""
    try:
        return show_to_oversight(asker, patient)
    except PatientNotFoundError as error:
        raise AccessRefusedError from error


def stays_of(patient: UUID) -> dict[UUID | None, str]:
    """The patient's stays in words, the newest first."""
    return {
        item.id: f"{item.department_name}, {date_format(localtime(item.started_at))}"
        for item in encounters_of(patient)
    }


def days() -> dict[str, object]:
    today = today_here()
    return {"today": today.isoformat(), "last_day": (today + LONGEST_HOLD).isoformat()}


@require_http_methods(["GET", "HEAD", "POST"])
@privacy_officer
def place(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    current = current_record(patient)
    if request.method != "POST":
        return _place_form(request, asker, current)
    typed = {name: request.POST.get(name, "") for name in ("reason", "ends_on", "encounter")}
    try:
        stay, ends_on = _typed_stay(typed["encounter"]), _typed_day(typed["ends_on"])
        place_hold(asker, current, stay, typed["reason"], ends_on)
    except HoldRefusedError as error:
        return _place_form(request, asker, current, refusal(error.sentence, **typed))
    messages.success(request, _("The hold stands. Nothing that it covers is erased from now on."))
    return redirect("privacy:kept_of", current)


def _typed_day(text: str) -> date:
    found = as_date(text)
    if found is None:
        raise HoldRefusedError
    return found


def _typed_stay(text: str) -> UUID | None:
    """None for the whole record; what is no stay at all is refused, never taken for the record."""
    found = as_uuid(text)
    if text and found is None:
        raise HoldRefusedError
    return found


def current_record(patient: UUID) -> UUID:
    """Where the record is kept now; a patient who is none looks like any other miss."""
    try:
        return surviving_patient(patient)
    except PatientNotFoundError as error:
        raise AccessRefusedError from error


def _place_form(
    request: HttpRequest, asker: Asker, patient: UUID, form: Refusal | None = None
) -> HttpResponse:
    known = whose(asker, patient)
    context = {
        "patient": patient_card(known),
        "stays": stays_of(known.id),
        "form": form,
        "longest": LONGEST_REASON,
        **days(),
    }
    return render(request, "privacy/place_hold.html", context)


@require_POST
@privacy_officer
def extend(request: HttpRequest, asker: Asker, hold: UUID) -> HttpResponse:
    found = _hold(asker, hold)
    try:
        extend_hold(asker, hold, _typed_day(request.POST.get("ends_on", "")))
        messages.success(request, _("The hold has a new last day."))
    except (HoldNotFoundError, HoldRefusedError) as error:
        messages.error(request, error.sentence)
    return redirect("privacy:kept_of", found.patient)


@require_POST
@privacy_officer
def lift(request: HttpRequest, asker: Asker, hold: UUID) -> HttpResponse:
    found = _hold(asker, hold)
    try:
        lift_hold(asker, hold)
        messages.success(
            request, _("The hold is lifted. What it alone kept goes by the rules now.")
        )
    except HoldNotFoundError as error:
        messages.error(request, error.sentence)
    return redirect("privacy:kept_of", found.patient)


def _hold(asker: Asker, hold: UUID) -> Hold:
    found = hold_of(asker, hold)
    if found is None:
        raise AccessRefusedError
    return found
