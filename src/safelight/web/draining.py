"""Hear a sender out, even one that was refused at once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, UnreadablePostError

from safelight.web.presence import asker_of

PIECE_SIZE = 256 * 1024
MOST_PIECES = 400


class DrainingMiddleware:
    """Reads, and forgets, what is left of a picture when the answer is ready before its end.

    A server that answers and hangs up while bytes are on their way resets the connection; a
    browser then tells its page of a network error and never of the answer (a locked session, a
    file too large). About 100 MB are heard; whoever sends more is cut off.

    INVARIANT: only who is signed in is heard out. Anybody could hold the server's few threads by
    sending slowly; a page that was cut off asks again without bytes.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.method == "PUT" and asker_of(request) is not None:
            _hear_out(request)
        return response


def _hear_out(request: HttpRequest) -> None:
    try:
        for _ in range(MOST_PIECES):
            if not request.read(PIECE_SIZE):
                return
    except UnreadablePostError:
        return
