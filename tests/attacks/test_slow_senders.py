"""Senders who take their time, on purpose or because the network is weak."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from safelight.project.serving import THREADS
from safelight.web.listening import LISTENERS, with_bounded_listening

PATIENCE = 10


class Site:
    """Answers when the body has arrived, and that is when somebody says so."""

    def __init__(self) -> None:
        self.listening = threading.Semaphore(0)
        self.arrived = threading.Event()
        self.application = with_bounded_listening(self._answer)

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING"):
            self.listening.release()
            assert self.arrived.wait(PATIENCE)
        if environ.get("IS_BROKEN"):
            raise ConnectionResetError
        start_response("200 OK", [])
        return [b""]

    def ask(self, **environ: Any) -> str:
        told: list[str] = []
        try:
            self.application(environ, lambda status, _headers: told.append(status))
        except ConnectionResetError:
            return "broken"
        return told[0][:3]


@contextmanager
def slow_senders(site: Site, **environ: Any) -> Iterator[None]:
    with ThreadPoolExecutor(LISTENERS) as pool:
        sent = [pool.submit(site.ask, CONTENT_LENGTH="9", **environ) for _ in range(LISTENERS)]
        for _ in sent:
            assert site.listening.acquire(timeout=PATIENCE)
        try:
            yield
        finally:
            site.arrived.set()
    assert {item.result() for item in sent} <= {"200", "broken"}


def test_some_threads_are_always_left_for_seeing() -> None:
    assert LISTENERS <= THREADS - 4


def test_slow_senders_keep_nobody_from_seeing() -> None:
    site = Site()
    with slow_senders(site):
        assert site.ask() == "200"
        assert site.ask(CONTENT_LENGTH="") == "200"


def test_one_sender_too_many_is_told_at_once_to_come_again() -> None:
    site = Site()
    with slow_senders(site):
        assert site.ask(CONTENT_LENGTH="1") == "503"
        assert site.ask(HTTP_TRANSFER_ENCODING="chunked") == "503"
    assert site.ask(CONTENT_LENGTH="1") == "200"


def test_senders_who_break_off_leave_their_places() -> None:
    site = Site()
    with slow_senders(site, IS_BROKEN=True):
        pass
    with slow_senders(site):
        assert site.ask() == "200"
