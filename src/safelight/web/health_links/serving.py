"""SMART Health Links 1.0.0, the server's side: the manifest for a POST, the file for a GET.

Receivers run in browsers of other sites, so any origin may ask (the specification's CORS). No
cookie is read or set: what lets in is the address, and the passcode in the body.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Concatenate, Final

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from safelight.engines.smart_health_link import (
    SEALED_TYPE,
    ManifestRequest,
    ManifestRequestError,
    read_request,
)
from safelight.exporting.errors import CopyNotGivenError
from safelight.exporting.services.fetching import ask, fetch
from safelight.people.limits import allow
from safelight.release.patient_words import speaking
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.errors import SafelightError
from safelight.web.clinic.byte_path import HEADERS
from safelight.web.limits import client_address
from safelight.web.portal.door import language_of
from safelight.web.shared.pages import page

ASKED: Final = 60
PER: Final = timedelta(minutes=10)
AT_ONCE: Final = 2
"""Copies that one process makes at a time: each holds whole pictures in memory."""
LONGEST_WAIT: Final = 2.0  # seconds, in which it holds a thread
_RETRY_AFTER: Final = "10"  # seconds
_REMEMBERED: Final = "600"  # seconds for which a browser need not ask again whether it may

slots = BoundedSemaphore(AT_ONCE)
logger = logging.getLogger("safelight.bytes")

Endpoint = Callable[Concatenate[HttpRequest, str, ...], HttpResponse]


def _for_any_origin(*methods: str) -> Callable[[Endpoint], Endpoint]:
    """Without cookies, from wherever; other methods are refused, and OPTIONS says which there are."""

    def decorate(endpoint: Endpoint) -> Endpoint:
        @csrf_exempt
        @login_not_required
        @wraps(endpoint)
        def view(request: HttpRequest, token: str) -> HttpResponse:
            if request.method == "OPTIONS":
                response = _preflight(methods)
            elif request.method not in methods:
                response = _empty(HTTPStatus.METHOD_NOT_ALLOWED)
                response["Allow"] = ", ".join((*methods, "OPTIONS"))
            else:
                response = endpoint(request, token)
            response["Access-Control-Allow-Origin"] = "*"
            return response

        return view

    return decorate


def _preflight(methods: tuple[str, ...]) -> HttpResponse:
    response = _empty(HTTPStatus.NO_CONTENT)
    response["Access-Control-Allow-Methods"] = ", ".join(methods)
    response["Access-Control-Allow-Headers"] = "Content-Type"
    response["Access-Control-Max-Age"] = _REMEMBERED
    return response


@_for_any_origin("GET", "HEAD", "POST")
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The manifest for software; for a person in a browser, what such an address is."""
    return _manifest(request, token) if request.method == "POST" else _told(request)


def _told(request: HttpRequest) -> HttpResponse:
    """The same page for every address, whether it leads anywhere or not."""
    language = language_of(request)
    with speaking(language):
        response = page(request, "health_link")
    response["Content-Language"] = language
    return response


def _manifest(request: HttpRequest, token: str) -> HttpResponse:
    if not _is_in_time(request):
        return _empty(HTTPStatus.TOO_MANY_REQUESTS)
    try:
        asked = read_request(request.body)
    except (ManifestRequestError, RequestDataTooBig, UnreadablePostError):
        return _empty(HTTPStatus.BAD_REQUEST)
    return _in_turn(lambda: _answered(request, token, asked))


def _answered(request: HttpRequest, token: str, asked: ManifestRequest) -> HttpResponse:
    try:
        answer = ask(token, asked, lambda location: _location(request, location))
    except CopyNotGivenError as error:
        return _refused(error)
    except SafelightError as error:
        return _broken(error)
    return JsonResponse(answer)


def _location(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("health_links:file", args=[token]))


@_for_any_origin("GET")
def file(request: HttpRequest, token: str) -> HttpResponse:
    """The sealed file at a location. Whatever goes wrong is the same empty 404."""
    if not _is_in_time(request):
        return _empty(HTTPStatus.TOO_MANY_REQUESTS)
    return _in_turn(lambda: _sealed(token))


def _sealed(token: str) -> HttpResponse:
    try:
        sealed = fetch(token)
    except CopyNotGivenError as error:
        return _refused(error)
    except SafelightError as error:
        return _broken(error)
    response = HttpResponse(sealed, content_type=SEALED_TYPE)
    for name, value in HEADERS:
        response[name] = value
    return response


def _in_turn(answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer once a slot is free; 503, before any passcode is tried, if none is for long."""
    if not slots.acquire(timeout=LONGEST_WAIT):
        response = _empty(HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = _RETRY_AFTER
        return response
    try:
        return answer()
    finally:
        slots.release()


def _is_in_time(request: HttpRequest) -> bool:
    return allow("health-link", client_address(request), rate=ASKED, per=PER)


def _refused(error: CopyNotGivenError) -> HttpResponse:
    refusal = error.refusal
    if refusal.body is None:
        return _empty(refusal.status)
    return JsonResponse(refusal.body, status=refusal.status)


def _broken(error: SafelightError) -> HttpResponse:
    """As if it were not there; the operator reads why. A key that is gone is no fault."""
    if not isinstance(error, KeyMissingError):
        logger.error("a copy could not be made: %s", error.code)
    return _empty(HTTPStatus.NOT_FOUND)


def _empty(status: HTTPStatus) -> HttpResponse:
    response = HttpResponse(status=status)
    del response["Content-Type"]
    return response
