"""The patient asks their team for a copy of everything that is kept of them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from safelight.consent.selectors.proposals import language_of
from safelight.people.asker import Asker
from safelight.release.access import open_record
from safelight.web.clinic.cards import record_context
from safelight.web.clinic.forms import refusal
from safelight.web.doors import clinical
from safelight.web.own_copy.written import answer, form_context


@require_safe
@clinical
def everything(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponseBase:
    return _page(request, asker, patient)


@require_POST
@clinical
def everything_archive(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponseBase:
    record = open_record(asker, patient)
    found = answer(request, asker, record.patient.id)
    return _page(request, asker, patient, found) if isinstance(found, str) else found


def _page(request: HttpRequest, asker: Asker, patient: UUID, wrong: str = "") -> HttpResponseBase:
    record = open_record(asker, patient)
    context = {
        **record_context(record),
        **form_context(request, language_of(record.patient.id)),
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/everything.html", context, status=422 if wrong else 200)
