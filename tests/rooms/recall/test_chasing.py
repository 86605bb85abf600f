"""Chasing: who may, how often, what ends a line, and what is written down of it."""

import pytest
from tests.at_once import at_once
from tests.cast import Cast
from tests.chasing import (
    ASKED,
    a_copy_that_left,
    a_publication_that_left,
    the_day_to_answer_passes,
)

from safelight.audit.models import Event, EventObject
from safelight.exporting.models import CopyLink
from safelight.institution.services import PolicyRefusedError, decide_policy
from safelight.recall.errors import (
    NoteMissingError,
    NotYetGivenUpError,
    StepRefusedError,
    WithdrawalNotFoundError,
)
from safelight.recall.models import ChaseNote, Consequence
from safelight.recall.rules import is_escalated, is_overdue
from safelight.recall.services.chasing import (
    LONGEST_NOTE,
    note_acknowledged,
    note_asked,
    note_not_retractable,
    today,
)
from safelight.vault.fields import patient_fields
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.recall import ConsequenceState, WhyNotRetractable

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

GONE = "They write that it is deleted, backups included."


def escalated(line: Consequence) -> bool:
    line.refresh_from_db()
    state = ConsequenceState(line.state)
    return is_escalated(state, line.due_on, line.times_asked, today())


def test_whoever_was_asked_has_the_days_of_the_policy(cast: Cast) -> None:
    line = a_copy_that_left(cast)
    decide_policy({"recall_answer_days": 5}, actor=None)
    due = note_asked(cast.priya, line.id, ASKED)
    line.refresh_from_db()
    assert (due - today()).days == 5
    assert (line.state, line.times_asked, line.due_on) == ("chased", 1, due)
    assert not is_overdue(ConsequenceState.CHASED, due, due), "the last day is theirs"
    with pytest.raises(PolicyRefusedError):
        decide_policy({"recall_answer_days": 0}, actor=None)


def test_asking_again_counts_and_the_words_are_sealed(cast: Cast) -> None:
    line = a_copy_that_left(cast)
    for words in (ASKED, "Called them."):
        note_asked(cast.priya, line.id, words)
    line.refresh_from_db()
    assert line.times_asked == 2
    notes = ChaseNote.objects.filter(consequence=line).order_by("written_at")
    fields = patient_fields(cast.petra)
    said = [fields.unseal("recall-note", note.id, note.sealed_text) for note in notes]
    assert said == [ASKED, "Called them."]
    assert ASKED.encode() not in bytes(notes[0].sealed_text)
    asked = Event.objects.filter(tag=EventTag.RECALL_ASKED.value)
    assert asked.count() == 2
    told = EventObject.objects.filter(event__in=asked, object_id__in=[note.id for note in notes])
    assert told.count() == 2, "each event commits to its note"


def test_asking_for_a_copy_is_noted_at_its_link(cast: Cast) -> None:
    line = a_copy_that_left(cast)
    note_asked(cast.alice, line.id, ASKED)
    assert CopyLink.objects.get(id=line.target).deletion_asked_at is not None


def test_an_answer_ends_the_line_and_the_last_line_the_withdrawal(cast: Cast) -> None:
    line = a_publication_that_left(cast)
    note_asked(cast.priya, line.id, ASKED)
    note_acknowledged(cast.priya, line.id, GONE)
    line.refresh_from_db()
    line.withdrawal.refresh_from_db()
    assert line.state == ConsequenceState.ACKNOWLEDGED
    assert line.withdrawal.closed_at is not None
    assert line.event is not None
    event = Event.objects.get(id=line.event)
    assert (event.tag, event.actor) == (EventTag.RECALL_SETTLED.value, cast.priya.staff)


def test_a_line_that_has_ended_goes_nowhere(cast: Cast) -> None:
    line = a_publication_that_left(cast)
    note_acknowledged(cast.priya, line.id, GONE)
    with pytest.raises(StepRefusedError):
        note_asked(cast.priya, line.id, ASKED)
    with pytest.raises(StepRefusedError):
        note_not_retractable(cast.priya, line.id, WhyNotRetractable.PRINTED, "It is on paper.")
    assert ChaseNote.objects.count() == 1


def test_of_two_who_end_it_at_once_one_does(cast: Cast) -> None:
    line = a_publication_that_left(cast)

    def end() -> str:
        try:
            note_acknowledged(cast.priya, line.id, GONE)
        except SafelightError as error:
            return error.code
        return "ended"

    assert sorted(at_once(end, end)) == ["ended", StepRefusedError.code]
    assert ChaseNote.objects.count() == 1


def test_what_is_printed_stays_printed_and_a_copy_never_was(cast: Cast) -> None:
    line = a_publication_that_left(cast)
    with pytest.raises(NotYetGivenUpError):
        note_not_retractable(cast.priya, line.id, WhyNotRetractable.KEPT_BY_RECIPIENT, "They do.")
    note_not_retractable(cast.priya, line.id, WhyNotRetractable.PRINTED, "It appeared in March.")
    line.refresh_from_db()
    assert (line.state, line.reason) == ("not-retractable", "printed")


@pytest.mark.parametrize("reason", [WhyNotRetractable.PRINTED, WhyNotRetractable.OPEN_INTERNET])
def test_a_copy_is_neither_printed_nor_on_the_internet(
    cast: Cast, reason: WhyNotRetractable
) -> None:
    line = a_copy_that_left(cast)
    with pytest.raises(NotYetGivenUpError):
        note_not_retractable(cast.priya, line.id, reason, "So they say.")


def test_silence_counts_once_they_were_asked_twice_and_are_late(cast: Cast) -> None:
    line = a_copy_that_left(cast)

    def give_up() -> None:
        note_not_retractable(cast.priya, line.id, WhyNotRetractable.NO_ANSWER, "Nothing came.")

    note_asked(cast.priya, line.id, ASKED)
    the_day_to_answer_passes(line.id)
    assert not escalated(line)
    with pytest.raises(NotYetGivenUpError):
        give_up()
    note_asked(cast.priya, line.id, ASKED)
    with pytest.raises(NotYetGivenUpError):
        give_up()
    the_day_to_answer_passes(line.id)
    assert escalated(line)
    give_up()
    line.refresh_from_db()
    assert line.state == ConsequenceState.NOT_RETRACTABLE


def test_who_neither_guards_privacy_nor_treats_the_patient_finds_no_line(cast: Cast) -> None:
    line = a_copy_that_left(cast)
    for asker in (cast.bob, cast.theo, cast.ada):
        with pytest.raises(WithdrawalNotFoundError):
            note_asked(asker, line.id, ASKED)
    assert ChaseNote.objects.count() == 0


@pytest.mark.parametrize("words", ["", "  ", "x" * (LONGEST_NOTE + 1)])
def test_without_a_sentence_nothing_is_noted(cast: Cast, words: str) -> None:
    line = a_copy_that_left(cast)
    with pytest.raises(NoteMissingError):
        note_asked(cast.priya, line.id, words)
    assert ChaseNote.objects.count() == 0
