"""Two people, or more, who do something at the very same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from safelight.vocabulary.errors import SafelightError


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Run them in threads of their own, begun together; what each returned or why it was refused."""
    meet = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            meet.wait(60)
            return call()
        except SafelightError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
