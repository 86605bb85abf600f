"""What pages show of questions to colleagues, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from safelight.consulting.rules import QuestionState
from safelight.consulting.selectors import Listed, Thread
from safelight.people.asker import Asker
from safelight.vocabulary.purposes import Purpose


@dataclass(frozen=True, kw_only=True)
class QuestionCard:
    """One question in a list. It says nothing of the patient."""

    id: UUID
    state: str
    state_label: str
    is_under_way: bool
    is_untaken: bool
    is_mine: bool
    waits: bool
    asked_by: str
    whom: str
    purpose: str
    asked_at: datetime
    ends_at: datetime
    picture_count: int


@dataclass(frozen=True)
class EntryCard:
    """The question, or what was written after it. PHI: the text."""

    name: str
    at: datetime
    text: str
    is_mine: bool
    is_askers: bool


@dataclass(frozen=True)
class ThreadCard:
    """A question with its thread. PHI."""

    question: QuestionCard
    entries: Sequence[EntryCard]


def question_card(line: Listed, asker: Asker) -> QuestionCard:
    """`waits` is whether it is the asker of this page who has to do something next."""
    is_asker = line.asked_by_id == asker.staff
    is_theirs = line.is_untaken or line.colleague_id == asker.staff
    turn = QuestionState.ANSWERED if is_asker else QuestionState.OPEN
    return QuestionCard(
        id=line.id,
        state=line.state.value,
        state_label=_state_words(line),
        is_under_way=line.state.is_under_way,
        is_untaken=line.is_untaken,
        is_mine=line.colleague_id == asker.staff,
        waits=line.state is turn and (is_asker or is_theirs),
        asked_by=line.asked_by,
        whom=whom(line),
        purpose="" if line.purpose is Purpose.TREATMENT else _(line.purpose.display),
        asked_at=line.asked_at,
        ends_at=line.ends_at,
        picture_count=line.picture_count,
    )


def whom(line: Listed) -> str:
    """The colleague, with the department that was asked."""
    return ", ".join(word for word in (line.colleague, line.department) if word)


def _state_words(line: Listed) -> str:
    if line.state is QuestionState.OPEN and line.is_untaken:
        return _("Nobody has taken it yet")
    return _(line.state.display)


def thread_card(thread: Thread, asker: Asker) -> ThreadCard:
    line = thread.line
    entries = [
        EntryCard(
            item.name, item.at, item.text, item.by == asker.staff, item.by != line.colleague_id
        )
        for item in thread.entries
    ]
    return ThreadCard(question_card(line, asker), entries)


def thread_cards(threads: Sequence[Thread], asker: Asker) -> list[ThreadCard]:
    return [thread_card(item, asker) for item in threads]
