"""What the record once said of a picture is gone with it, and the log is as whole as before."""

from pathlib import Path
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.keeping import erasing_rules, sealing_rules, settled, withdrawn
from tests.restoring import copied
from tests.taking import take_labelled

from safelight.audit.findings import ProblemKind
from safelight.audit.log import sequence
from safelight.audit.models import Event
from safelight.audit.verification import verify_record
from safelight.photos.moving import MoveReason, move_photograph
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
DESCRIBING = (EventTag.PHOTOGRAPH_SEALED, EventTag.PHOTOGRAPH_LABELLED)


def said_of(photograph: UUID) -> list[Event]:
    """The events whose details describe it."""
    rows = Event.objects.filter(tag__in=DESCRIBING, objects_told__object_id=photograph)
    return list(rows.order_by("number"))


def is_said(photograph: UUID) -> list[bool]:
    return [bool(event.sealed_details) for event in said_of(photograph)]


def problems() -> list[tuple[ProblemKind, int | None]]:
    while sequence(100):
        continue
    return [(item.kind, item.entry) for item in verify_record().problems]


def test_its_labels_and_hashes_are_forgotten_and_the_log_is_whole(cast: Cast) -> None:
    erasing_rules()
    gone, other = take_labelled(cast.alice, cast.petra), take_labelled(cast.alice, cast.petra)
    settled(withdrawn(cast, gone))
    assert is_said(gone) == [False, False]
    assert is_said(other) == [True, True]
    assert problems() == []


def test_who_took_it_and_who_looked_is_told_as_before(cast: Cast) -> None:
    erasing_rules()
    gone = take_labelled(cast.alice, cast.petra)
    before = [(event.actor, event.recorded_at_ms, event.subject) for event in said_of(gone)]
    settled(withdrawn(cast, gone))
    assert before == [(event.actor, event.recorded_at_ms, event.subject) for event in said_of(gone)]


def test_what_was_said_in_the_wrong_record_is_forgotten_as_well(cast: Cast) -> None:
    erasing_rules()
    wrong = take_labelled(cast.alice, cast.pablo)
    right = move_photograph(wrong, cast.petra, actor=cast.alice.staff, reason=MoveReason.WRISTBAND)
    settled(withdrawn(cast, right))
    assert is_said(wrong) == [False, False]
    assert problems() == []


def test_what_is_kept_for_the_law_keeps_its_words(cast: Cast) -> None:
    sealing_rules()
    kept = take_labelled(cast.alice, cast.petra)
    settled(withdrawn(cast, kept))
    assert is_said(kept) == [True, True]


def test_words_that_are_taken_from_a_picture_that_is_there_are_missed(cast: Cast) -> None:
    erasing_rules()
    gone, other = take_labelled(cast.alice, cast.petra), take_labelled(cast.alice, cast.petra)
    settled(withdrawn(cast, gone))
    assert problems() == []
    event = said_of(other)[-1]
    Event.objects.filter(id=event.id).update(sealed_details=b"")
    assert problems() == [(ProblemKind.DETAILS_CHANGED, event.leaf_index)]


def test_other_words_in_the_place_of_forgotten_ones_are_found(cast: Cast) -> None:
    erasing_rules()
    gone = take_labelled(cast.alice, cast.petra)
    settled(withdrawn(cast, gone))
    assert problems() == []
    event = said_of(gone)[0]
    Event.objects.filter(id=event.id).update(sealed_details=b"something else")
    assert problems() == [(ProblemKind.DETAILS_CHANGED, event.leaf_index)]


def test_an_older_record_that_is_put_back_forgets_them_again(cast: Cast, stores: Path) -> None:
    erasing_rules()
    gone, other = take_labelled(cast.alice, cast.petra), take_labelled(cast.alice, cast.petra)
    backup = copied(stores)
    settled(withdrawn(cast, gone))
    backup.restore(record=True, keystore=False)
    assert is_said(gone) == [False, False]
    assert is_said(other) == [True, True]
    assert problems() == []
