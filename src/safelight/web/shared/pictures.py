"""The bytes of a shared picture, and whether it may still stand on the screen."""

import logging
from datetime import timedelta
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from safelight.people.limits import allow
from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.sharing.errors import ShareOverError
from safelight.sharing.guests import Guest
from safelight.sharing.looks import show, shown_now
from safelight.vocabulary.errors import SafelightError
from safelight.web.clinic.byte_path import HEADERS
from safelight.web.shared.door import guest_of

logger = logging.getLogger("safelight.bytes")
AT_ONCE: Final = 4
"""Pictures that one process marks for recipients at the same time."""
LONGEST_WAIT: Final = 2.0
"""Seconds for which a picture waits for its turn and holds a thread; then the page asks once more."""
PICTURES: Final = 240
"""That one opening may ask for in `PER`: a large share looked through several times over."""
PER: Final = timedelta(minutes=10)
_under_way = BoundedSemaphore(AT_ONCE)


@login_not_required
def picture_bytes(request: HttpRequest, photograph: UUID) -> HttpResponse:
    """One picture through the gate, marked. Whatever goes wrong is the same empty 404.

    To who is in, 429 says that it was too often, and 503 that too many are on their way.
    """
    guest = guest_of(request) if request.method == "GET" else None
    response = _answer(guest, photograph) if guest else _nothing(HTTPStatus.NOT_FOUND)
    for name, value in HEADERS:
        response[name] = value
    return response


def _answer(guest: Guest, photograph: UUID) -> HttpResponse:
    """Marking takes a core and much memory: whoever asks without end keeps nobody else waiting."""
    if not allow("shared-bytes", str(guest.opening), rate=PICTURES, per=PER):
        return _later(HTTPStatus.TOO_MANY_REQUESTS, int(PER.total_seconds()) // PICTURES + 1)
    if not _under_way.acquire(timeout=LONGEST_WAIT):
        return _later(HTTPStatus.SERVICE_UNAVAILABLE, 1)
    try:
        opened = _open(guest, photograph)
    finally:
        _under_way.release()
    if opened is None:
        return _nothing(HTTPStatus.NOT_FOUND)
    return HttpResponse(opened.content, content_type=opened.media_type)


def _nothing(status: HTTPStatus) -> HttpResponse:
    response = HttpResponse(status=status)
    del response["Content-Type"]
    return response


def _later(status: HTTPStatus, seconds: int) -> HttpResponse:
    response = _nothing(status)
    response["Retry-After"] = str(seconds)
    return response


def _open(guest: Guest, photograph: UUID) -> Opened | None:
    try:
        return show(guest, photograph)
    except (AccessRefusedError, ShareOverError):
        return None
    except SafelightError as error:
        logger.error("a picture could not be opened: %s", error.code)
        return None


@login_not_required
@require_safe
def shown(request: HttpRequest) -> HttpResponse:
    """Which pictures may go on standing on the screen; 404 for none. It keeps nobody awake."""
    guest = guest_of(request, is_awake=False)
    try:
        pictures = shown_now(guest) if guest else ()
    except ShareOverError:
        pictures = ()
    if not pictures:
        return JsonResponse({}, status=404)
    return JsonResponse({"pictures": [str(item) for item in pictures]})
