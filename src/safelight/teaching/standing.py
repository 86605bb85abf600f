"""Where a screen stands at this moment: one query, written by hand, since each asks every second.

What it does not find is nothing: a screen without a standing is shown nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from safelight.engines.policy import ReferenceFacts, ReferenceState
from safelight.people.relationships import as_id, as_uuid
from safelight.release.facts import Use
from safelight.teaching.bound import state_of_lecture
from safelight.teaching.models import Lecture
from safelight.teaching.pairing import cookie_digest, is_bound
from safelight.teaching.rules import TAUGHT, room_for
from safelight.teaching.words import states_why
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.vocabulary.roles import AGREEMENT_ROLES

_SCREEN_SQL: Final = """
SELECT s.id, s.name, s.binding, s.code_ends_at, s.paired_at, s.ended_at, s.last_seen_at,
       l.id, l.deck_id, l.given_by_id, l.number, l.purpose, l.people, l.starts_at, l.ends_at,
       l.ended_at, l.binding, l.slide_id, l.is_blank, d.version, m.is_active, m.role,
       (
           SELECT COUNT(*) FROM teaching_screen o
           WHERE o.lecture_id = l.id AND (o.ended_at IS NULL OR o.shown_at IS NOT NULL)
           AND o.paired_at < s.paired_at
       ), s.shown_at
FROM teaching_screen s
LEFT JOIN teaching_lecture l ON l.id = s.lecture_id
LEFT JOIN teaching_deck d ON d.id = l.deck_id
LEFT JOIN people_staffmember m ON m.id = l.given_by_id
WHERE s.key = %s
"""
_PICTURES_SQL: Final = """
SELECT id, photograph_id, sealed_reason, taken_back_at FROM teaching_slidepicture
WHERE slide_id = %s ORDER BY place, id
"""


@dataclass(frozen=True, slots=True)
class Referred:
    """A picture on a slide, and whether it was stated why a protected one is taught with."""

    photograph: UUID
    reason_stated: bool
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Showing:
    """A lecture as it is at this moment, for whoever looks at its screens."""

    lecture: UUID
    deck: UUID
    number: int
    use: Use
    state: ReferenceState
    starts_at: datetime
    ends_at: datetime
    slide: UUID | None
    is_blank: bool
    version: int

    def facts(
        self, picture: Referred | None, *, is_admitted: bool, has_room: bool
    ) -> ReferenceFacts:
        """What the lecture says of one picture; None for one that is not on its slide now."""
        return ReferenceFacts(
            str(self.lecture),
            self.state,
            lists_photograph=picture is not None and not picture.is_taken_back,
            is_admitted=is_admitted,
            has_room=has_room,
            reason_stated=picture is not None and picture.reason_stated,
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """One screen. `showing` is None while nobody has let it in."""

    screen: UUID
    name: str
    code_ends_at: datetime
    last_seen_at: datetime | None
    is_admitted: bool
    has_room: bool
    is_counted: bool
    """Whether it got a picture before, and so is a viewer for good."""
    showing: Showing | None


def standing_of(cookie: str, now: datetime) -> Standing | None:
    """The screen of this cookie; None for one that was never opened, or was forgotten."""
    if not cookie:
        return None
    key = cookie_digest(cookie)
    with connection.cursor() as cursor:
        cursor.execute(_SCREEN_SQL, [key])
        row = cursor.fetchone()
    return _standing(row, key, now) if row else None


def _standing(row: Sequence[Any], key: str, now: datetime) -> Standing:
    screen, name, stored, code_ends_at, paired_at, ended_at, last_seen_at, lecture = row[:8]
    showing = _showing(row[7:22], now) if lecture else None
    is_bound_here = (
        showing is not None
        and paired_at is not None
        and is_bound(stored, key, as_uuid(screen), showing.lecture)
    )
    room = room_for(showing.use.purpose, showing.use.people) if showing else 0
    return Standing(
        screen=as_uuid(screen),
        name=name,
        code_ends_at=_in_zone(code_ends_at),
        last_seen_at=last_seen_at and _in_zone(last_seen_at),
        is_admitted=is_bound_here and ended_at is None,
        has_room=row[22] < room,
        is_counted=row[23] is not None,
        showing=showing,
    )


def _showing(row: Sequence[Any], now: datetime) -> Showing:
    lecture = _lecture(row)
    slide, is_blank, version, is_active, role = row[10:]
    state = state_of_lecture(lecture, now)
    # INVARIANT: whoever left, or teaches no more, shows nothing, whatever was planned before.
    if not is_active or role not in AGREEMENT_ROLES:
        state = ReferenceState.REVOKED
    return Showing(
        lecture=lecture.id,
        deck=lecture.deck_id,
        number=lecture.number,
        use=use_of(lecture.purpose, lecture.people),
        state=state,
        starts_at=lecture.starts_at,
        ends_at=lecture.ends_at,
        slide=as_uuid(slide) if slide else None,
        is_blank=bool(is_blank),
        version=version,
    )


def _lecture(row: Sequence[Any]) -> Lecture:
    lecture, deck, given_by, number, purpose, people, starts_at, ends_at, ended_at, binding = row[
        :10
    ]
    return Lecture(
        id=as_uuid(lecture),
        deck_id=as_uuid(deck),
        given_by_id=as_uuid(given_by),
        number=number,
        purpose=purpose,
        people=people,
        starts_at=_in_zone(starts_at),
        ends_at=_in_zone(ends_at),
        ended_at=ended_at and _in_zone(ended_at),
        binding=binding,
    )


def use_of(purpose: str, people: int | None) -> Use:
    """For whom a deck or a lecture is, as its row says it.

    INVARIANT: what is no teaching, since somebody wrote it there, is a use that opens nothing.
    """
    known = next((item for item in TAUGHT if item.value == purpose), None)
    if known is None:
        return Use(Purpose.PRIVACY_OVERSIGHT, Audience.CARE_TEAM)
    return Use(known, USUAL_AUDIENCE[known], people=people)


def pictures_on(slide: UUID) -> list[Referred]:
    """What the slide refers to at this moment, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(_PICTURES_SQL, [as_id(slide)])
        rows = cursor.fetchall()
    return [_referred(*row) for row in rows]


def _referred(
    item: Any,  # noqa: ANN401 - what the driver gave
    photograph: Any,  # noqa: ANN401
    sealed_reason: bytes | memoryview,
    taken_back_at: object,
) -> Referred:
    item, photograph = as_uuid(item), as_uuid(photograph)
    is_stated = states_why(item, photograph, sealed_reason)
    return Referred(photograph, is_stated, is_taken_back=taken_back_at is not None)


def _in_zone(value: datetime) -> datetime:
    """What the driver gave for a time: SQLite keeps times in UTC and leaves the zone unsaid."""
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
