"""A sender is heard out, so that it hears the answer."""

from io import BytesIO
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from safelight.web.draining import MOST_PIECES, PIECE_SIZE, DrainingMiddleware

REFUSED = HttpResponse(status=423)


class Endless:
    """A sender that never stops; counts what was heard."""

    heard = 0

    def read(self, size: int) -> bytes:
        self.heard += size
        return bytes(size)


class Broken:
    def read(self, _size: int) -> bytes:
        raise ConnectionResetError


def answer(stream: Any, method: str = "PUT", asker: object = "alice") -> HttpResponse:
    request: HttpRequest = RequestFactory().generic(method, "/", b"x")
    request._stream = stream
    request.asker = asker  # type: ignore[attr-defined] # as the presence middleware sets it
    return DrainingMiddleware(lambda _request: REFUSED)(request)


def test_a_picture_that_is_refused_at_once_is_heard_to_its_end():
    body = BytesIO(bytes(3 * PIECE_SIZE + 5))
    assert answer(body) is REFUSED
    assert body.read() == b""


def test_whoever_sends_without_end_is_cut_off():
    sender = Endless()
    assert answer(sender) is REFUSED
    assert sender.heard == MOST_PIECES * PIECE_SIZE


def test_a_sender_who_left_is_no_error():
    assert answer(Broken()) is REFUSED


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_only_pictures_are_heard_out(method: str):
    body = BytesIO(b"left alone")
    answer(body, method)
    assert body.read() == b"left alone"


def test_a_stranger_is_not_heard_out():
    sender = Endless()
    assert answer(sender, asker=None) is REFUSED
    assert sender.heard == 0
