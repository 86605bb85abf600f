"""Receipts made from the rows of the record prove what they say, here and to a stranger."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.cast import Cast

from safelight.audit.log import RowTiles, sequence
from safelight.audit.log_copies import NoCheckpointError, RecordAlteredError, write_log_copy
from safelight.audit.models import Event, LogState, SignedCheckpoint, Tile
from safelight.audit.ports import checkpoint_signer
from safelight.audit.receipts import (
    NotYetInLogError,
    OtherLogError,
    certified_objects,
    receipt,
    statement_objects,
    verify_here,
)
from safelight.audit.services import Entry, objects_hash, record
from safelight.engines.transparency import (
    MOST_ENTRIES,
    LogCopyError,
    StatementError,
    check_log_copy,
    leaf_hash,
    verify_receipt,
)
from safelight.vocabulary.events import EventTag

pytestmark = pytest.mark.django_db(databases="__all__")

MANY = 300  # more than a tile holds


def happens(cast: Cast, objects: tuple[UUID, ...] = ()) -> UUID:
    return record(
        Entry(
            tag=EventTag.CONSENT_AGREEMENT_WITHDRAWN,
            actor=cast.alice.staff,
            subject=cast.petra,
            objects=objects,
            details={"why": "sealed"},
        )
    ).id


def statement_about(withdrawal: UUID) -> dict[str, Any]:
    return {"withdrawal": str(withdrawal), "lines": [{"line": "One picture: erased."}]}


@pytest.fixture
def withdrawal(cast: Cast) -> UUID:
    return happens(cast, (uuid4(),))


@pytest.fixture
def certified(cast: Cast, withdrawal: UUID) -> UUID:
    return happens(cast, certified_objects(cast.petra, statement_about(withdrawal)))


@pytest.fixture
def text(cast: Cast, withdrawal: UUID, certified: UUID) -> str:
    """Made while the log is long enough to have more than one tile, and grew since."""
    for _ in range(MANY):
        happens(cast)
    sequence(1000)
    made = receipt(statement_about(withdrawal), certified, [withdrawal])
    happens(cast)
    sequence()
    return made


def test_a_stranger_with_the_key_learns_what_was_recorded_and_when(
    text: str, withdrawal: UUID, certified: UUID
) -> None:
    found = verify_receipt(text, checkpoint_signer().verifier())
    row = Event.objects.get(id=certified)
    assert found.statement == statement_about(withdrawal)
    assert found.certifying.leaf.event_id == certified
    assert found.certifying.leaf.recorded_at == row.recorded_at_ms
    assert [item.leaf.event_id for item in found.also] == [withdrawal]
    assert found == verify_here(text)


def test_the_leaf_commits_to_the_subject_and_the_statement(cast: Cast, certified: UUID) -> None:
    row = Event.objects.get(id=certified)
    statement = statement_about(Event.objects.exclude(id=certified).latest("number").id)
    objects = (cast.petra, *statement_objects(statement))
    assert bytes(row.objects_hash) == objects_hash(objects)


def test_a_receipt_holds_nothing_of_the_sealed_details(text: str, certified: UUID) -> None:
    sealed = bytes(Event.objects.get(id=certified).sealed_details)
    assert sealed
    assert b64encode(sealed).decode() not in text
    assert "why" not in text


def test_an_event_that_waits_is_not_vouched_for(
    withdrawal: UUID, certified: UUID, cast: Cast
) -> None:
    with pytest.raises(NotYetInLogError):
        receipt(statement_about(withdrawal), certified)
    sequence(1000)
    late = happens(cast)
    with pytest.raises(NotYetInLogError):
        receipt(statement_about(late), certified, [late])
    with pytest.raises(NotYetInLogError):
        receipt(statement_about(withdrawal), uuid4())


def test_an_event_beyond_the_newest_checkpoint_is_not_vouched_for(
    withdrawal: UUID, certified: UUID
) -> None:
    sequence(1000)
    place = Event.objects.get(id=certified).leaf_index
    assert place is not None
    SignedCheckpoint.objects.filter(size__gt=place).delete()
    with pytest.raises(NotYetInLogError):
        receipt(statement_about(withdrawal), certified)


def test_no_receipt_is_made_of_what_was_not_certified(
    cast: Cast, withdrawal: UUID, certified: UUID
) -> None:
    sequence(1000)
    with pytest.raises(StatementError):
        receipt({**statement_about(withdrawal), "more": 1}, certified)
    with pytest.raises(StatementError):
        receipt(statement_about(withdrawal), withdrawal)
    with pytest.raises(StatementError, match="does not name"):
        receipt(statement_about(withdrawal), certified, [Event.objects.earliest("number").id])


def test_many_events_are_proven_without_reading_the_log_for_each(
    cast: Cast, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    events = [happens(cast) for _ in range(MOST_ENTRIES - 1)]
    for _ in range(MANY):
        happens(cast)
    statement = {"events": [str(event) for event in events]}
    certifying = happens(cast, certified_objects(cast.petra, statement))
    sequence(1000)
    with django_assert_max_num_queries(5):
        made = receipt(statement, certifying, events)
    assert len(verify_here(made).also) == len(events)


def test_a_log_that_was_made_anew_is_not_the_receipts(text: str) -> None:
    tile = Tile.objects.get(level=0, position=0)
    tile.hashes = leaf_hash(b"other") + bytes(tile.hashes)[32:]
    Tile.objects.filter(pk=tile.pk).update(hashes=tile.hashes)
    Tile.objects.filter(level=1).delete()
    with pytest.raises(OtherLogError):
        verify_here(text)


def test_a_log_that_is_shorter_than_the_receipt_is_another(text: str) -> None:
    LogState.objects.update(size=5)
    with pytest.raises(OtherLogError):
        verify_here(text)
    LogState.objects.all().delete()
    with pytest.raises(OtherLogError):
        verify_here(text)


def copied() -> bytes:
    out = BytesIO()
    entries = write_log_copy(out)
    assert entries == LogState.objects.get().size
    return out.getvalue()


def test_a_copy_of_the_log_agrees_and_with_one_altered_byte_does_not(text: str) -> None:
    key, copy = checkpoint_signer().verifier(), copied()
    found = verify_receipt(text, key)
    own = check_log_copy(BytesIO(copy), key, found)
    assert (own.size, own.root) == checkpoint_signer().verify(
        SignedCheckpoint.objects.latest("size").note
    )
    assert own.size > found.checkpoint.size
    for place in range(0, len(copy), 997):
        altered = copy[:place] + bytes([copy[place] ^ 0x20]) + copy[place + 1 :]
        with pytest.raises(LogCopyError):
            check_log_copy(BytesIO(altered), key, found)


def test_a_copy_holds_every_leaf_and_none_that_waits(cast: Cast, text: str) -> None:
    waiting = happens(cast)
    copy = copied()
    leaves = Event.objects.exclude(id=waiting)
    assert all(event.id.bytes in copy for event in leaves)
    assert waiting.bytes not in copy
    assert RowTiles().read(0, 1) is not None


def test_a_record_that_was_altered_is_not_copied(text: str) -> None:
    Event.objects.filter(leaf_index=7).update(outcome="denied")
    with pytest.raises(RecordAlteredError):
        write_log_copy(BytesIO())
    Event.objects.filter(leaf_index=7).update(tag="no tag")
    with pytest.raises(RecordAlteredError):
        write_log_copy(BytesIO())


def test_a_log_that_nobody_signed_is_not_copied(cast: Cast) -> None:
    SignedCheckpoint.objects.all().delete()
    with pytest.raises(NoCheckpointError):
        write_log_copy(BytesIO())
