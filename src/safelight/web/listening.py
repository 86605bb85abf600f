"""Never do all threads listen to bodies: some are always left for whoever only wants to see.

A body arrives as slowly as its sender likes, and a thread waits for it. A ward's weak network, or
somebody who means it, would otherwise keep pictures from everybody by sending a few bytes.
"""

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any, Final

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

# INVARIANT: less than the threads of a process (project/serving.py).
LISTENERS: Final = 12

_BUSY: Final = json.dumps(
    {"code": "busy", "sentence": "Too much arrives at once just now. Please try again."}
).encode()


def with_bounded_listening(site: Application, most: int = LISTENERS) -> Application:
    """`site`, which listens to at most so many bodies at a time; the next is told to come again."""
    slots = threading.BoundedSemaphore(most)

    def application(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not _has_body(environ):
            return site(environ, start_response)
        if not slots.acquire(blocking=False):
            return _busy(start_response)
        try:
            return site(environ, start_response)
        finally:
            slots.release()

    return application


def _has_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in {"", "0"} or bool(
        environ.get("HTTP_TRANSFER_ENCODING")
    )


def _busy(start_response: Callable[..., Any]) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(_BUSY))),
        ("Cache-Control", "no-store"),
        ("Retry-After", "1"),
    ]
    start_response("503 Service Unavailable", headers)
    return [_BUSY]
