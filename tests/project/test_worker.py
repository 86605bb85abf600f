"""The worker: works until it is told to stop, whatever it meets on the way."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connections
from tests.cast import Cast
from tests.taking import seal

from safelight.audit.models import Event
from safelight.photos.models import Photograph
from safelight.project import worker
from safelight.project.worker import Chore, run_worker
from safelight.vault.ports import wiring
from safelight.vocabulary.photograph import PhotographState

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@contextmanager
def working() -> Iterator[threading.Thread]:
    stop = threading.Event()

    def work() -> None:
        try:
            run_worker(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < until, "waited for too long"
        time.sleep(0.02)


def all_verified() -> bool:
    return set(Photograph.objects.values_list("state", flat=True)) == {PhotographState.VERIFIED}


def test_what_is_sealed_is_soon_verified_and_in_the_log(cast: Cast):
    with working():
        for _ in range(3):
            seal(cast.alice, cast.petra)
        wait_for(all_verified)
        wait_for(lambda: not Event.objects.filter(leaf_index=None).exists())


def test_a_worker_outlives_what_it_meets_and_names_only_its_class(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(worker, "BACKOFF_SECONDS", 0.05)
    seal(cast.alice, cast.petra)
    root = wiring.root
    monkeypatch.setattr(wiring, "root", None)
    with caplog.at_level(logging.WARNING), working() as thread:
        wait_for(lambda: "VaultLockedError" in caplog.text)
        assert thread.is_alive()
        monkeypatch.setattr(wiring, "root", root)
        Photograph.objects.get().uploads.update(verification_claimed_at=None)
        wait_for(all_verified)
    assert "passphrase" not in caplog.text
    assert "Traceback" not in caplog.text


def test_an_idle_worker_stops_at_once():
    with working():
        started = time.monotonic()
    assert time.monotonic() - started < 2


def test_a_chore_is_done_when_it_is_due_and_not_before():
    done: list[bool] = []
    rare = Chore(lambda: done.append(True), every_seconds=3600)
    for _ in range(3):
        rare.run_if_due()
    assert done == [True]
