"""Headers that every page carries."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

STATIC_PREFIX = "/static/"


class FreshPagesMiddleware:
    """No page of this site is kept by a browser, a proxy or a history entry.

    INVARIANT: only static files may be cached; they hold nothing of any patient.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if not request.path.startswith(STATIC_PREFIX):
            response["Cache-Control"] = "no-store"
            response["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
            response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response
