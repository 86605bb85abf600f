"""Who holds a copy: what every holder keeps to, and what the worker makes of it."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.chasing import ASKED, a_copy_that_left
from tests.exporting import agreed_to_a_copy, made, receiver_of
from tests.taking import take_labelled

from safelight.recall.holders import AskedByPeople, HealthLinkReceiver
from safelight.recall.models import Consequence
from safelight.recall.ports import (
    Answer,
    Asking,
    CopyHolder,
    CopyLine,
    HolderNotReachedError,
    wiring,
)
from safelight.recall.services.asking import ask_holders
from safelight.recall.services.chasing import note_asked
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, WhyNotRetractable

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@dataclass
class OtherRecord(AskedByPeople):
    """Another record system that can be asked by machine, as far as this room sees one."""

    said: Answer | None = None
    is_down: bool = False
    asked: list[UUID] = field(default_factory=list)

    def ask(self, line: CopyLine) -> Asking:
        if self.is_down:
            raise HolderNotReachedError
        self.asked.append(line.id)
        return Asking(was_sent=True)

    def answer(self, line: CopyLine) -> Answer | None:
        return self.said


HOLDERS = {
    "people": AskedByPeople,
    "receiver of a link": HealthLinkReceiver,
    "another record": OtherRecord,
}


@pytest.mark.parametrize("name", HOLDERS)
def test_every_holder_keeps_to_the_port(cast: Cast, name: str) -> None:
    row, holder = a_copy_that_left(cast), HOLDERS[name]()
    line = CopyLine(row.id, row.target)
    assert holder.ask(line) == holder.ask(line), "asking again says the same"
    holder.was_asked(line, cast.priya.staff)
    holder.was_asked(line, cast.priya.staff)
    assert holder.answer(line) is None, "nobody has answered"
    row.refresh_from_db()
    assert row.state == ConsequenceState.TO_ASK, "a holder changes no line"


def test_a_link_is_shut_before_anybody_is_asked(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    link = made(cast.alice, agreed_to_a_copy(cast.alice, cast.petra, [picture]), [picture])
    assert receiver_of(link).ask(link.passcode).status == 200
    assert not HealthLinkReceiver().ask(CopyLine(link.id, link.id)).was_sent
    assert receiver_of(link).ask(link.passcode).status == 404


def held_by(holder: CopyHolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "holders", {ConsequenceKind.COPY: holder})


def test_a_holder_that_a_machine_can_ask_is_asked_and_answers(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, holder = a_copy_that_left(cast), OtherRecord()
    held_by(holder, monkeypatch)
    assert (ask_holders(), ask_holders()) == (1, 0)
    line.refresh_from_db()
    assert (line.state, line.times_asked, holder.asked) == ("chased", 1, [line.id])
    holder.said = Answer()
    assert ask_holders() == 1
    line.refresh_from_db()
    line.withdrawal.refresh_from_db()
    assert line.state == ConsequenceState.ACKNOWLEDGED
    assert line.withdrawal.closed_at is not None


def test_a_holder_that_keeps_it_says_why(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    line = a_copy_that_left(cast)
    note_asked(cast.priya, line.id, ASKED)
    held_by(OtherRecord(said=Answer(WhyNotRetractable.KEPT_BY_RECIPIENT)), monkeypatch)
    assert ask_holders() == 1
    line.refresh_from_db()
    assert (line.state, line.reason) == ("not-retractable", "kept-by-recipient")


def test_a_holder_that_is_down_is_tried_again_and_keeps_no_other_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, holder = a_copy_that_left(cast), OtherRecord(is_down=True)
    held_by(holder, monkeypatch)
    assert ask_holders() == 0
    holder.is_down = False
    assert ask_holders() == 1
    assert Consequence.objects.get(id=line.id).state == ConsequenceState.CHASED


def test_every_kind_that_is_chased_has_its_holder() -> None:
    assert set(wiring.holders) == {ConsequenceKind.COPY, ConsequenceKind.PUBLICATION}
