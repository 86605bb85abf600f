"""What a screen shows: its code, then the slides of the lecture into which it was let."""

from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Any, Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from safelight.teaching.rules import CODE_MINUTES
from safelight.teaching.selectors.screens import ShownSlide, screen_state, slide_on_screen
from safelight.teaching.services.screens import open_screen
from safelight.teaching.showing import ScreenState, show_on_screen
from safelight.web.display.door import cookie_of, give_cookie
from safelight.web.display.lease_path import lease_bytes
from safelight.web.display.pictures import picture_response
from safelight.web.limits import RateLimitedError, allow_screen, too_many

AT_ONCE: Final = 4
"""Pictures that one process marks for screens at the same time; it answers 16 requests in all."""
_under_way = BoundedSemaphore(AT_ONCE)
_LET_IN = frozenset({ScreenState.NOT_BEGUN, ScreenState.SHOWING, ScreenState.BLANK})


@login_not_required
@require_GET
def screen(request: HttpRequest) -> HttpResponse:
    """The page that stays open. A screen that is not let in gets a fresh code each time."""
    if screen_state(cookie_of(request)) in _LET_IN:
        return render(request, "display/screen.html", {"opened": None})
    try:
        allow_screen(request)
    except RateLimitedError as error:
        return too_many(request, error)
    opened = open_screen()
    context = {"opened": opened, "code": _spaced(opened.code), "minutes": CODE_MINUTES}
    response = render(request, "display/screen.html", context)
    give_cookie(response, opened.secret)
    return response


def _spaced(code: str) -> tuple[str, str]:
    """Two halves are read across a room more surely than one word."""
    middle = len(code) // 2
    return code[:middle], code[middle:]


@login_not_required
@require_GET
def lease(request: HttpRequest) -> HttpResponse:
    """As `lease_path` answers; here for where the site runs without it."""
    return HttpResponse(lease_bytes(cookie_of(request)), content_type="application/json")


@login_not_required
@require_GET
def slide(request: HttpRequest) -> HttpResponse:
    """The words of the slide that is shown now."""
    shown = slide_on_screen(cookie_of(request))
    if shown is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    return JsonResponse(slide_words(shown))


def slide_words(shown: ShownSlide) -> dict[str, Any]:
    """As stage.js reads it. PHI: all of it."""
    return {
        "slide": str(shown.slide),
        "version": shown.version,
        "title": shown.title,
        "text": [{"list": block.is_list, "lines": block.lines} for block in shown.text],
        "pictures": [
            {"id": str(photograph), "caption": caption} for photograph, caption in shown.pictures
        ],
        "number": shown.number,
        "of": shown.of,
    }


@login_not_required
@require_GET
def picture(request: HttpRequest, photograph: UUID) -> HttpResponse:
    """A picture of the slide that is shown now; 503 while too many are on their way.

    A whole hall asks at the moment at which a slide turns. Leases go first: a screen that waits a
    second for its picture is better than one that turns dark.
    """
    if not _under_way.acquire(blocking=False):
        response = HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = "1"
        return response
    try:
        return picture_response(lambda: show_on_screen(cookie_of(request), photograph))
    finally:
        _under_way.release()
