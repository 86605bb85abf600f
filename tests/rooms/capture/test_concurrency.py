"""Many at once: connections, workers, pictures in memory."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from django.db import connections
from tests.cast import Cast
from tests.pictures import Sending, jpeg

from safelight.audit.models import Event
from safelight.capture import verification
from safelight.capture.errors import CaptureError
from safelight.capture.models import Upload
from safelight.capture.selectors import Answer, AnswerState
from safelight.capture.services import intake
from safelight.capture.services.receiving import receive
from safelight.capture.verification import claim_next, verify
from safelight.engines.imaging import scrub
from safelight.photos.models import Photograph, RenditionRow
from safelight.vault.errors import VaultError
from safelight.vault.models import SealedObject
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Run them in threads of their own and return what each returned or raised."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (CaptureError, VaultError) as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_connections_with_one_upload_make_one_picture(cast: Cast):
    sending = Sending(jpeg(size=(1200, 900)), cast.petra)
    meet = threading.Barrier(2)

    def connection() -> Answer:
        def pieces():
            with suppress(threading.BrokenBarrierError):  # the other was refused before it began
                meet.wait(60)
            yield from sending.pieces()

        try:
            return receive(cast.alice, sending.promise, 0, pieces())
        finally:
            meet.abort()

    outcomes = at_once([connection, connection])
    if not any(isinstance(item, Answer) for item in outcomes):  # each took it from the other
        outcomes = [receive(cast.alice, sending.promise, 0, sending.pieces())]
    answers = {item for item in outcomes if isinstance(item, Answer)}
    assert {item.state for item in answers} == {AnswerState.SEALED}
    assert len({item.photograph for item in answers}) == 1
    assert Photograph.objects.count() == SealedObject.objects.count() == 1
    assert Event.objects.filter(tag=EventTag.PHOTOGRAPH_SEALED).count() == 1


def test_of_two_equal_pictures_at_once_one_is_stored(cast: Cast):
    data = jpeg()
    sendings = [Sending(data, cast.petra) for _ in range(4)]
    answers = at_once(
        [
            lambda sending=sending: receive(  # type: ignore[misc] # bound in the loop
                cast.alice, sending.promise, 0, sending.pieces()
            )
            for sending in sendings
        ]
    )
    states = sorted(answer.state for answer in answers)
    assert states == [AnswerState.DUPLICATE] * 3 + [AnswerState.SEALED]
    assert len({answer.photograph for answer in answers}) == 1
    assert Photograph.objects.count() == SealedObject.objects.count() == 1


def test_no_more_pictures_lie_open_than_the_house_allows(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    open_now, most, lock = 0, 0, threading.Lock()

    def counting(*args: Any) -> Any:
        nonlocal open_now, most
        with lock:
            open_now += 1
            most = max(most, open_now)
        try:
            threading.Event().wait(0.05)
            return scrub(*args)
        finally:
            with lock:
                open_now -= 1

    monkeypatch.setattr("safelight.capture.services.intake.scrub", counting)
    sendings = [Sending(jpeg(seed), cast.petra) for seed in range(8)]
    answers = at_once(
        [
            lambda sending=sending: receive(  # type: ignore[misc] # bound in the loop
                cast.alice, sending.promise, 0, sending.pieces()
            )
            for sending in sendings
        ]
    )
    assert {answer.state for answer in answers} == {AnswerState.SEALED}
    assert 1 < most <= intake.OPEN_AT_ONCE


def test_several_workers_share_the_work_and_do_each_picture_once(cast: Cast):
    for seed in range(6):
        sending = Sending(jpeg(seed), cast.petra)
        receive(cast.alice, sending.promise, 0, sending.pieces())
    decided = at_once([verification.verify_waiting] * 3)
    assert sum(decided) == 6
    assert set(Photograph.objects.values_list("state", flat=True)) == {PhotographState.VERIFIED}
    assert RenditionRow.objects.count() == SealedObject.objects.count() == 18
    assert Event.objects.filter(tag=EventTag.PHOTOGRAPH_VERIFIED).count() == 6


def test_two_workers_on_one_picture_verify_it_once(cast: Cast):
    """The claim of the first ran out while it still worked."""
    sending = Sending(jpeg(), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces())
    assert claim_next() == sending.upload
    outcomes = at_once([lambda: verify(sending.upload)] * 2)
    assert None in outcomes, "at least one goes through"
    assert Photograph.objects.get().state == PhotographState.VERIFIED
    assert RenditionRow.objects.count() == SealedObject.objects.count() == 3
    assert Upload.objects.get().photograph_id == Photograph.objects.get().id
