"""What a lecture shows now: the lease that a screen lives by, and the picture itself.

INVARIANT: every lease asks the gate what it would say now, and every byte goes through it. Nothing
of an answer is kept for the next one.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils import timezone

from safelight.engines.policy import ReferenceState
from safelight.institution.selectors import current_policy
from safelight.release.errors import AccessRefusedError
from safelight.release.marking import Mark
from safelight.release.opened import Opened
from safelight.release.references import Look, may_show, show_by_reference
from safelight.teaching.models import Lecture, Screen
from safelight.teaching.services.screens import note_shown, take_place
from safelight.teaching.standing import Referred, Showing, Standing, pictures_on, standing_of
from safelight.teaching.words import Pen

WRITE_EVERY: Final = timedelta(seconds=15)


class ScreenState(StrEnum):
    """What a screen is told of itself."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    """It shows its code."""
    NOT_BEGUN = "not-begun"
    SHOWING = "showing"
    BLANK = "blank"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Lease:
    """What a screen may show, and for how long from the moment at which it asked.

    `pictures` are those of the slide, each with whether it may be shown. `version` tells it that
    the slide's words may have changed.
    """

    state: ScreenState
    milliseconds: int = 0
    slide: UUID | None = None
    version: int = 0
    pictures: tuple[tuple[UUID, bool], ...] = ()


_STATES: Final = {
    ReferenceState.NOT_BEGUN: ScreenState.NOT_BEGUN,
    ReferenceState.IN_FORCE: ScreenState.SHOWING,
}


def lease_for(cookie: str) -> Lease:
    """The screen's lease at this moment."""
    now = timezone.now()
    standing = standing_of(cookie, now)
    state = state_of(standing, now)
    if standing is None or standing.showing is None:
        return Lease(state)
    _note_seen(standing, now)
    showing = standing.showing
    if state is not ScreenState.SHOWING or showing.slide is None:
        return Lease(state, version=showing.version)
    shown = pictures_now(standing, showing, showing.slide)
    return Lease(state, lasting(showing, now), showing.slide, showing.version, shown)


def pictures_now(
    standing: Standing, showing: Showing, slide: UUID
) -> tuple[tuple[UUID, bool], ...]:
    """Each picture of the slide, and whether this screen may show it at this moment."""
    return tuple(
        (item.photograph, bool(may_show(_look(standing, showing, item.photograph, item))))
        for item in pictures_on(slide)
    )


def state_of(standing: Standing | None, now: datetime) -> ScreenState:
    if standing is None:
        return ScreenState.UNKNOWN
    if standing.showing is None:
        is_waiting = now < standing.code_ends_at
        return ScreenState.WAITING if is_waiting else ScreenState.UNKNOWN
    if not standing.is_admitted:
        return ScreenState.OVER
    if standing.showing.is_blank and standing.showing.state is ReferenceState.IN_FORCE:
        return ScreenState.BLANK
    return _STATES.get(standing.showing.state, ScreenState.OVER)


def lasting(showing: Showing, now: datetime) -> int:
    """Milliseconds: as long as the institution says, and no longer than the lecture."""
    left = (showing.ends_at - now).total_seconds()
    return max(0, int(min(current_policy().lease_seconds, left) * 1000))


def _note_seen(standing: Standing, now: datetime) -> None:
    """For the teacher's list of screens; no event, as the row alone says nothing of anybody."""
    if standing.last_seen_at is None or now - standing.last_seen_at >= WRITE_EVERY:
        Screen.objects.filter(id=standing.screen).update(last_seen_at=now)


def _look(standing: Standing, showing: Showing, photograph: UUID, item: Referred | None) -> Look:
    facts = showing.facts(item, is_admitted=standing.is_admitted, has_room=standing.has_room)
    return Look(
        use=showing.use,
        facts=facts,
        photograph=photograph,
        viewer=standing.screen if standing.is_admitted else None,
        mark=Mark("", showing.number),
    )


def show_on_screen(cookie: str, photograph: UUID) -> Opened:
    """The bytes of a picture of the slide that is shown now, for one screen.

    Raises as `show_by_reference`.
    """
    now = timezone.now()
    standing = standing_of(cookie, now)
    if standing is None or standing.showing is None:
        raise AccessRefusedError
    showing = standing.showing
    item = item_shown(showing, photograph)
    look = _look(standing, showing, photograph, item)
    if not standing.is_counted and may_show(look):
        take_place(standing.screen)
    opened = show_by_reference(replace(look, named=named(showing.lecture)))
    note_shown(showing.lecture, photograph)
    return opened


def item_shown(showing: Showing, photograph: UUID) -> Referred | None:
    """The picture if the slide that is shown now refers to it, and is not blanked."""
    if showing.slide is None or showing.is_blank:
        return None
    on_slide = pictures_on(showing.slide)
    return next((item for item in on_slide if item.photograph == photograph), None)


def named(lecture: UUID) -> str:
    """How the record names this audience. PHI: title and place."""
    row = Lecture.objects.select_related("deck").get(id=lecture)
    pen = Pen()
    return f"Lecture: {pen.title(row.deck)}, {pen.place(row)}"
