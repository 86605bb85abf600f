"""What the slide on a screen says, and which screens show a lecture."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from safelight.people.asker import Asker
from safelight.teaching.models import Slide, SlidePicture
from safelight.teaching.owning import own_lecture
from safelight.teaching.rules import Block, blocks
from safelight.teaching.showing import ScreenState, pictures_now, state_of
from safelight.teaching.standing import standing_of
from safelight.teaching.words import Pen

# A screen asks every second and a half; its row is written every fifteen.
LOST_AFTER: Final = timedelta(seconds=40)


@dataclass(frozen=True)
class ShownSlide:
    """A slide as its audience reads it. PHI: all of it."""

    slide: UUID
    version: int
    title: str
    text: tuple[Block, ...]
    pictures: tuple[tuple[UUID, str], ...]
    """Each with its caption; "" for one that this screen may not show now."""
    number: int
    of: int


def slide_on_screen(cookie: str) -> ShownSlide | None:
    """The words of the slide that this screen shows now; None for a screen that shows none."""
    now = timezone.now()
    standing = standing_of(cookie, now)
    if state_of(standing, now) is not ScreenState.SHOWING:
        return None
    showing = standing.showing if standing else None
    if standing is None or showing is None or showing.slide is None:
        return None
    now_shown = pictures_now(standing, showing, showing.slide)
    permitted = frozenset(photograph for photograph, may in now_shown if may)
    return _shown_slide(showing.slide, showing.version, permitted)


def _shown_slide(slide: UUID, version: int, permitted: frozenset[UUID]) -> ShownSlide | None:
    row = Slide.objects.filter(id=slide).prefetch_related("pictures").first()
    if row is None:
        return None
    pen = Pen()
    words = pen.words(row)
    return ShownSlide(
        slide=row.id,
        version=version,
        title=words.title,
        text=tuple(blocks(words.text)),
        pictures=tuple(_captioned(item, permitted, pen) for item in row.pictures.all()),
        number=row.place + 1,
        of=Slide.objects.filter(deck=row.deck_id).count(),
    )


def _captioned(item: SlidePicture, permitted: frozenset[UUID], pen: Pen) -> tuple[UUID, str]:
    # INVARIANT: what is said of a picture is shown to nobody who may not see the picture.
    is_permitted = item.photograph_id in permitted
    return item.photograph_id, pen.caption(item) if is_permitted else ""


@dataclass(frozen=True)
class KnownScreen:
    """A screen as the teacher is told of it."""

    id: UUID
    name: str
    paired_at: datetime
    is_there: bool
    is_new: bool
    """Let in, and not heard of since: it asks again in a moment."""


def screens_of(asker: Asker, lecture: UUID) -> list[KnownScreen]:
    """Those that are let in now, in the order in which they came."""
    now = timezone.now()
    rows = own_lecture(asker, lecture).screens.filter(ended_at=None).exclude(paired_at=None)
    return [
        KnownScreen(
            row.id,
            row.name,
            row.paired_at,
            is_there=bool(row.last_seen_at and now - row.last_seen_at < LOST_AFTER),
            is_new=row.last_seen_at is None and now - row.paired_at < LOST_AFTER,
        )
        for row in rows.order_by("paired_at", "id")
        if row.paired_at
    ]


def screen_state(cookie: str) -> ScreenState:
    """What the screen of this cookie is at, for the page that is opened on it."""
    now = timezone.now()
    return state_of(standing_of(cookie, now), now)
