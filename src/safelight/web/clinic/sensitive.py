"""Doors that ask why: breaking glass, and opening an intimate or forensic picture."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from safelight.institution.selectors import current_policy
from safelight.patients.errors import PatientNotFoundError
from safelight.people.asker import Asker
from safelight.people.errors import BreakGlassRefusedError
from safelight.people.relationships import relationship
from safelight.people.searching import show_identity
from safelight.people.services import break_glass as break_the_glass
from safelight.people.services import end_break_glass
from safelight.release.access import open_photograph_record
from safelight.release.errors import AccessRefusedError
from safelight.release.reasons import state_reason
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.photograph import BreakGlassReason, OpeningReason
from safelight.vocabulary.relationships import Relationship
from safelight.web.clinic.cards import choices, patient_card, photograph_card, record_context
from safelight.web.clinic.forms import one_of, refusal
from safelight.web.doors import clinical


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def break_glass(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """For a clinician without a care relationship; whoever has one goes straight in."""
    try:
        known = show_identity(asker, patient)
    except (PatientNotFoundError, KeyMissingError) as error:
        raise AccessRefusedError from error
    if relationship(asker.staff, known.id) is not Relationship.NONE:
        return redirect("clinic:patient", known.id)
    context = {
        "patient": patient_card(known),
        "reasons": choices(BreakGlassReason),
        "minutes": current_policy().break_glass_minutes,
    }
    if request.method == "POST":
        chosen, text = request.POST.get("reason", ""), request.POST.get("text", "")
        try:
            break_the_glass(asker, known.id, one_of(BreakGlassReason, chosen), text)
        except BreakGlassRefusedError as error:
            form = refusal(error.sentence, reason=chosen, text=text)
            return render(request, "clinic/break_glass.html", {**context, "form": form}, status=422)
        return redirect("clinic:patient", known.id)
    return render(request, "clinic/break_glass.html", context)


@require_POST
@clinical
def leave_break_glass(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    end_break_glass(asker, patient)
    return redirect("clinic:today")


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def reveal(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """A protected picture opens for a stated reason, for a few minutes, in this session."""
    record, found = open_photograph_record(asker, photograph)
    context = {
        **record_context(record),
        "photograph": photograph_card(found),
        "reasons": choices(OpeningReason),
    }
    if request.method == "POST":
        reason = one_of(OpeningReason, request.POST.get("reason", ""))
        if reason is not None:
            state_reason(asker, photograph, reason)
            return redirect("clinic:photograph", photograph)
        context["form"] = refusal(_("Choose a reason."))
        return render(request, "clinic/reveal.html", context, status=422)
    return render(request, "clinic/reveal.html", context)
