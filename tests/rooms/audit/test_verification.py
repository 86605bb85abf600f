"""Whatever is done to the rows of the record afterwards is found, and said where it can be."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db.models import F
from tests.cast import Cast

from safelight.audit.findings import MOST_LISTED, ProblemKind
from safelight.audit.log import RowTiles, latest_checkpoint, leaf_hashes, sequence
from safelight.audit.models import Event, EventObject, LogState, SignedCheckpoint, Tile
from safelight.audit.services import Entry, record
from safelight.audit.verification import verify_record
from safelight.engines.transparency import append
from safelight.vocabulary.events import EventTag, Outcome

pytestmark = pytest.mark.django_db(databases="__all__")

ENTRIES_PER_CHECKPOINT = 4
SIGNED = 12
PICTURES = (uuid4(), uuid4(), uuid4())


def view_once(cast: Cast) -> UUID:
    return record(
        Entry(
            tag=EventTag.PATIENT_TIMELINE_VIEWED,
            actor=cast.alice.staff,
            subject=cast.petra,
            purpose="TREAT",
            objects=PICTURES,
            details={"page": "timeline"},
        )
    ).id


@pytest.fixture
def log(cast: Cast) -> Cast:
    """Twelve entries under three checkpoints, each of which tells of three pictures."""
    EventObject.objects.all().delete()
    Event.objects.all().delete()
    for _ in range(SIGNED):
        view_once(cast)
    while sequence(ENTRIES_PER_CHECKPOINT):
        continue
    return cast


def problems(witness: str | None = None) -> set[tuple[ProblemKind, int | None]]:
    return {(item.kind, item.entry) for item in verify_record(witness).problems}


def kinds(witness: str | None = None) -> set[ProblemKind]:
    return {kind for kind, _ in problems(witness)}


def test_an_untouched_record_is_whole(log: Cast):
    report = verify_record()
    assert report.problems == []
    assert (report.entries, report.checkpoints, report.waiting) == (SIGNED, 3, 0)


def test_an_empty_record_is_whole(db: None):
    report = verify_record()
    assert (report.problems, report.entries, report.checkpoints) == ([], 0, 0)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", uuid4()),
        ("tag", EventTag.PHOTOGRAPH_ORIGINAL_VIEWED.value),
        ("recorded_at_ms", 1_700_000_000_000),
        ("actor", None),
        ("actor", uuid4()),
        ("subject", uuid4()),
        ("purpose", ""),
        ("outcome", Outcome.DENIED.value),
    ],
)
def test_a_changed_column_is_named_with_its_entry(log: Cast, column: str, value: object):
    Event.objects.filter(leaf_index=6).update(**{column: value})
    assert problems() == {(ProblemKind.ENTRY_CHANGED, 6), (ProblemKind.ROOT_DIFFERS, 4), TAIL}


# Said once, whatever the number of later checkpoints.
TAIL = (ProblemKind.ROOT_DIFFERS, None)


@pytest.mark.parametrize("column", ["details_hash", "objects_hash"])
def test_a_changed_hash_is_named_with_what_it_stood_for(log: Cast, column: str):
    Event.objects.filter(leaf_index=11).update(**{column: bytes(32)})
    stood_for = {
        "details_hash": ProblemKind.DETAILS_CHANGED,
        "objects_hash": ProblemKind.OBJECTS_CHANGED,
    }[column]
    assert problems() == {
        (ProblemKind.ENTRY_CHANGED, 11),
        (stood_for, 11),
        (ProblemKind.ROOT_DIFFERS, 8),
    }


@pytest.mark.parametrize("sealed", [b"", b"something else"])
def test_changed_or_removed_details_are_named(log: Cast, sealed: bytes):
    Event.objects.filter(leaf_index=3).update(sealed_details=sealed)
    assert problems() == {(ProblemKind.DETAILS_CHANGED, 3)}


def of_entry(place: int) -> int:
    return Event.objects.get(leaf_index=place).number


def take_one_away() -> None:
    EventObject.objects.filter(event=of_entry(2), position=1).delete()


def put_another_in_its_place() -> None:
    EventObject.objects.filter(event=of_entry(2), position=1).update(object_id=uuid4())


def add_one() -> None:
    EventObject.objects.create(event_id=of_entry(2), object_id=uuid4(), position=3)


def turn_their_order_round() -> None:
    EventObject.objects.filter(event=of_entry(2)).update(position=2 - F("position"))


@pytest.mark.parametrize(
    "tamper", [take_one_away, put_another_in_its_place, add_one, turn_their_order_round]
)
def test_other_pictures_than_were_told_of_are_named(log: Cast, tamper: Callable[[], None]):
    tamper()
    assert problems() == {(ProblemKind.OBJECTS_CHANGED, 2)}


def erase(place: int) -> None:
    EventObject.objects.filter(event=of_entry(place)).delete()
    Event.objects.filter(leaf_index=place).delete()


def test_a_row_that_is_gone_is_named(log: Cast):
    erase(5)
    assert problems() == {(ProblemKind.ENTRIES_MISSING, 5), (ProblemKind.ROOT_DIFFERS, 4), TAIL}


def test_a_row_put_back_to_wait_is_missed(log: Cast):
    Event.objects.filter(leaf_index=5).update(leaf_index=None)
    assert (ProblemKind.ENTRIES_MISSING, 5) in problems()


def test_two_rows_that_changed_places_are_both_named(log: Cast):
    Event.objects.filter(leaf_index=1).update(leaf_index=1000)
    Event.objects.filter(leaf_index=2).update(leaf_index=1)
    Event.objects.filter(leaf_index=1000).update(leaf_index=2)
    assert {(ProblemKind.ENTRY_CHANGED, 1), (ProblemKind.ENTRY_CHANGED, 2)} < problems()


def cut_after(place: int) -> None:
    for later in range(place, SIGNED):
        erase(later)


def test_a_log_cut_short_is_found(log: Cast):
    cut_after(8)
    assert kinds() == {ProblemKind.LOG_CUT_SHORT, ProblemKind.LOG_LENGTH_DIFFERS}


def test_a_log_cut_short_with_its_checkpoints_is_found_by_the_witness(log: Cast):
    witness = latest_checkpoint()
    assert witness is not None
    cut_after(8)
    SignedCheckpoint.objects.filter(size__gt=8).delete()
    LogState.objects.update(size=8)
    assert verify_record().problems == []
    assert problems(witness.note) == {(ProblemKind.LOG_CUT_SHORT, 8)}


def test_a_checkpoint_that_was_taken_away_leaves_its_entries_unsigned(log: Cast):
    SignedCheckpoint.objects.filter(size=SIGNED).delete()
    assert problems() == {(ProblemKind.UNSIGNED, 8)}


def test_a_checkpoint_in_the_place_of_another_is_found(log: Cast):
    first = SignedCheckpoint.objects.get(size=4)
    SignedCheckpoint.objects.filter(size=8).update(note=first.note)
    assert kinds() == {ProblemKind.CHECKPOINT_INVALID}


def test_a_checkpoint_with_another_root_is_found(log: Cast):
    row = SignedCheckpoint.objects.get(size=8)
    origin, size, _, *rest = row.note.split("\n")
    _, _, other, *_ = SignedCheckpoint.objects.get(size=4).note.split("\n")
    SignedCheckpoint.objects.filter(size=8).update(note="\n".join([origin, size, other, *rest]))
    assert kinds() == {ProblemKind.CHECKPOINT_INVALID}


def test_a_row_changed_together_with_the_stored_tree_is_found(log: Cast):
    """Mallory can mend the tree, which holds no secret, but cannot sign its new root."""
    Event.objects.filter(leaf_index=9).update(outcome=Outcome.DENIED.value)
    Tile.objects.all().delete()
    append(RowTiles(), 0, list(leaf_hashes()))
    assert problems() == {(ProblemKind.ROOT_DIFFERS, 8)}


def test_a_damaged_tree_is_found_though_every_entry_is_as_it_was(log: Cast):
    tile = Tile.objects.get(level=0)
    Tile.objects.filter(level=0).update(hashes=bytes(tile.hashes)[:-32] + bytes(32))
    assert problems() == {(ProblemKind.ENTRY_CHANGED, 11), (ProblemKind.TREE_DAMAGED, None)}


def test_what_was_added_since_a_checkpoint_is_fine(log: Cast):
    witness = latest_checkpoint()
    assert witness is not None
    view_once(log)
    sequence()
    waiting = view_once(log)
    report = verify_record(witness.note)
    assert report.problems == []
    assert (report.entries, report.checkpoints, report.waiting) == (SIGNED + 1, 5, 1)
    assert Event.objects.get(id=waiting).leaf_index is None


def test_the_age_of_what_waits_is_told(log: Cast):
    Event.objects.filter(id=view_once(log)).update(recorded_at_ms=F("recorded_at_ms") - 90_000)
    assert verify_record().oldest_waiting_seconds in range(90, 100)


@pytest.mark.parametrize("witness", ["", "not a note", "safelight\n1\nAAAA\n\n— x y\n"])
def test_a_witness_that_this_log_never_signed_is_refused(log: Cast, witness: str):
    assert kinds(witness) == {ProblemKind.CHECKPOINT_INVALID}


def test_a_witness_of_another_history_is_found(log: Cast):
    witness = latest_checkpoint()
    assert witness is not None
    Event.objects.filter(leaf_index=0).update(purpose="")
    SignedCheckpoint.objects.all().delete()
    assert ProblemKind.ROOT_DIFFERS in kinds(witness.note)


def test_a_place_far_beyond_the_end_does_not_keep_us_waiting(log: Cast):
    Event.objects.filter(leaf_index=11).update(leaf_index=2**60)
    assert (ProblemKind.ENTRIES_MISSING, 11) in problems()


def test_only_so_many_problems_are_listed_and_the_rest_is_counted(log: Cast):
    for _ in range(MOST_LISTED):
        view_once(log)
    sequence()
    Event.objects.all().update(outcome=Outcome.DENIED.value)
    report = verify_record()
    assert len(report.problems) == MOST_LISTED
    assert report.unlisted > 0
