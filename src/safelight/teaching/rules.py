"""Pure rules of slides, lectures and screens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from safelight.engines.policy import ReferenceState
from safelight.teaching.errors import LectureRefusedError, SlideRefusedError
from safelight.vocabulary.purposes import Purpose

TAUGHT: Final = (
    Purpose.ONE_TO_ONE_TEACHING,
    Purpose.SMALL_GROUP_TEACHING,
    Purpose.LECTURE,
    Purpose.CONFERENCE,
)
ONE_LEARNER: Final = 1
LONGEST_TITLE: Final = 120
LONGEST_CAPTION: Final = 160
LONGEST_TEXT: Final = 2_000
LONGEST_NOTES: Final = 6_000
SHORTEST_REASON: Final = 10
MOST_PICTURES: Final = 4
MOST_SLIDES: Final = 200
MOST_SCREENS: Final = 60
"""Screens of a hall or a conference, where nobody counts learners."""
FURTHEST: Final = timedelta(days=366)

CODE_LETTERS: Final = 6
CODE_MINUTES: Final = 5
_BULLET: Final = re.compile(r"\s*[-•*]\s+")

Item = TypeVar("Item")


@dataclass(frozen=True)
class Words:
    """What is written on a slide, and what only the speaker reads. PHI."""

    title: str = ""
    text: str = ""
    notes: str = ""

    def checked(self) -> "Words":
        """Raises SlideRefusedError when something is longer than a slide can hold."""
        told = Words(self.title.strip(), tidy(self.text), tidy(self.notes))
        if len(told.title) > LONGEST_TITLE:
            raise SlideRefusedError(f"A title has at most {LONGEST_TITLE} letters.")
        if len(told.text) > LONGEST_TEXT:
            raise SlideRefusedError(f"The text of a slide has at most {LONGEST_TEXT:,} letters.")
        if len(told.notes) > LONGEST_NOTES:
            raise SlideRefusedError(f"Notes have at most {LONGEST_NOTES:,} letters.")
        return told


def tidy(text: str) -> str:
    """Lines as they were typed, without blanks around them."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()


@dataclass(frozen=True)
class Block:
    """A paragraph, or a list where each line began with a dash."""

    is_list: bool
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The text of a slide as it is set: dashes make a list, an empty line a new paragraph."""
    found: list[Block] = []
    for line in text.split("\n"):
        is_item = bool(_BULLET.match(line))
        said = _BULLET.sub("", line, count=1) if is_item else line.strip()
        goes_on = bool(found) and found[-1].is_list == is_item and bool(found[-1].lines)
        if not said:
            found.append(Block(is_list=False, lines=()))
        elif goes_on:
            found[-1] = Block(is_item, (*found[-1].lines, said))
        else:
            found.append(Block(is_item, (said,)))
    return [block for block in found if block.lines]


@dataclass(frozen=True)
class Plan:
    """A lecture as it is wished for: for whom, when, and where (PHI: the place)."""

    purpose: Purpose
    people: int | None
    starts_at: datetime
    ends_at: datetime
    place: str


def people_for(purpose: Purpose, people: int | None, most: int) -> int | None:
    """How many will see it, as the policy counts them; LectureRefusedError if that cannot be.

    One learner, or the number of a small group up to `most`; a hall and a conference have none.
    """
    if purpose not in TAUGHT:
        raise LectureRefusedError("Choose for whom it is.")
    if purpose is Purpose.ONE_TO_ONE_TEACHING:
        return ONE_LEARNER
    if purpose is not Purpose.SMALL_GROUP_TEACHING:
        return None
    if people is None or people < ONE_LEARNER:
        raise LectureRefusedError("Say how many learners there will be.")
    if people > most:
        raise LectureRefusedError(f"A small group has at most {most} learners here.")
    return people


def require_time(plan: Plan, now: datetime, longest: timedelta) -> None:
    """Raises LectureRefusedError for a time that is over, too long or too far away."""
    if plan.ends_at <= plan.starts_at:
        raise LectureRefusedError("It has to end after it begins.")
    if plan.ends_at <= now:
        raise LectureRefusedError("That time is over.")
    if plan.ends_at - plan.starts_at > longest:
        hours = int(longest.total_seconds() // 3600)
        raise LectureRefusedError(f"A lecture lasts at most {hours} hours here.")
    if plan.starts_at - now > FURTHEST:
        raise LectureRefusedError("Plan it within the next year.")


def state_at(
    now: datetime, starts_at: datetime, ends_at: datetime, ended_at: datetime | None
) -> ReferenceState:
    """Whether a lecture is on. One that was ended before it began was called off."""
    if ended_at is not None:
        return ReferenceState.REVOKED if ended_at < starts_at else ReferenceState.OVER
    if now >= ends_at:
        return ReferenceState.OVER
    return ReferenceState.IN_FORCE if now >= starts_at else ReferenceState.NOT_BEGUN


def room_for(purpose: Purpose, people: int | None) -> int:
    """How many screens are let in: each may be one learner's own."""
    if purpose is Purpose.ONE_TO_ONE_TEACHING:
        return ONE_LEARNER
    if purpose is Purpose.SMALL_GROUP_TEACHING:
        return people or 0
    return MOST_SCREENS


def moved(order: Sequence[Item], place: int, by: int) -> list[Item]:
    """The same items with the one at `place` moved by so many places, as far as there are any."""
    items = list(order)
    item = items.pop(place)
    items.insert(max(0, min(len(items), place + by)), item)
    return items
