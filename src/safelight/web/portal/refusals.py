"""What a patient reads where a page is missing or a form was too old: in their language, not the staff's."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from safelight.release.patient_words import speaking
from safelight.web.portal.door import language_of, said_in, visit_of

PREFIXES = ("/portal/", "/p/", "/shared/", "/s/", "/verify/")


def is_patients(request: HttpRequest) -> bool:
    """Whether this address is one of the patient's pages, of a guest's, or of whoever checks."""
    return request.path.startswith(PREFIXES)


def missing_page(request: HttpRequest) -> HttpResponse:
    return _say(request, "portal/missing.html", HTTPStatus.NOT_FOUND)


def too_old(request: HttpRequest) -> HttpResponse:
    """A form without the token of this browser: nothing was done."""
    return _say(request, "portal/too_old.html", HTTPStatus.FORBIDDEN)


def _say(request: HttpRequest, template: str, status: HTTPStatus) -> HttpResponse:
    visit = visit_of(request)
    language = visit.language if visit else language_of(request)
    with speaking(language):
        return said_in(render(request, template, status=status), language)
