"""Lectures as whoever gives them reads them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from safelight.engines.policy import ReferenceState
from safelight.people.asker import Asker
from safelight.release.facts import Use
from safelight.release.marking import Mark
from safelight.release.opened import Opened
from safelight.release.references import Look, may_show, show_by_reference
from safelight.teaching.bound import state_of_lecture
from safelight.teaching.models import Lecture, SlidePicture
from safelight.teaching.owning import own_lecture, require_teacher
from safelight.teaching.rules import room_for
from safelight.teaching.selectors.decks import DeckView, picture_in, view_before
from safelight.teaching.selectors.screens import KnownScreen, screens_of
from safelight.teaching.services.screens import viewers_of
from safelight.teaching.showing import Lease, ScreenState, lasting
from safelight.teaching.standing import Referred, Showing, use_of
from safelight.teaching.words import Pen, is_reason_stated


@dataclass(frozen=True)
class LectureView:
    """A lecture, without its slides. PHI: title and place."""

    id: UUID
    deck: UUID
    title: str
    place: str
    use: Use
    starts_at: datetime
    ends_at: datetime
    state: ReferenceState
    slide: UUID | None
    is_blank: bool
    room: int

    @property
    def is_live(self) -> bool:
        """It is on, or still to come."""
        return self.state in {ReferenceState.NOT_BEGUN, ReferenceState.IN_FORCE}

    @property
    def is_on(self) -> bool:
        return self.state is ReferenceState.IN_FORCE


def lectures_of(asker: Asker) -> list[LectureView]:
    """What the asker has planned and what is on, the next first."""
    require_teacher(asker)
    rows = Lecture.objects.select_related("deck").filter(
        given_by=asker.staff, ended_at=None, ends_at__gt=timezone.now(), deck__removed_at=None
    )
    return _views(rows.order_by("starts_at", "id"))


def lecture_view(asker: Asker, lecture: UUID) -> LectureView:
    return _views([own_lecture(asker, lecture)])[0]


def _views(rows: Iterable[Lecture]) -> list[LectureView]:
    pen, now = Pen(), timezone.now()
    return [_view(row, pen, now) for row in rows]


def _view(row: Lecture, pen: Pen, now: datetime) -> LectureView:
    use = use_of(row.purpose, row.people)
    return LectureView(
        id=row.id,
        deck=row.deck_id,
        title=pen.title(row.deck),
        place=pen.place(row),
        use=use,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=state_of_lecture(row, now),
        slide=row.slide_id,
        is_blank=row.is_blank,
        room=room_for(use.purpose, use.people),
    )


def deck_before_audience(asker: Asker, lecture: UUID) -> DeckView:
    """The deck as this lecture's audience may see it, at the time at which it will be."""
    row = own_lecture(asker, lecture)
    at = max(row.starts_at, timezone.now())
    return view_before(asker, row.deck, use_of(row.purpose, row.people), at)


@dataclass(frozen=True)
class Now:
    """What the speaker has to know each second."""

    lease: Lease
    screens: tuple[KnownScreen, ...]
    places_left: int


def speaker_now(asker: Asker, lecture: UUID) -> Now:
    """Where the lecture stands; its lease is that of the speaker's own picture."""
    row, now = own_lecture(asker, lecture), timezone.now()
    showing = _showing(row, now)
    room = room_for(showing.use.purpose, showing.use.people)
    return Now(
        lease=_lease(asker, row, showing, now),
        screens=tuple(screens_of(asker, lecture)),
        places_left=max(0, room - viewers_of(row.id).count()),
    )


def _lease(asker: Asker, row: Lecture, showing: Showing, now: datetime) -> Lease:
    """For the slides around the one that is shown: the speaker sees them before their time."""
    if showing.state is not ReferenceState.IN_FORCE:
        return Lease(ScreenState.OVER)
    items = SlidePicture.objects.filter(slide__in=_near(row)).order_by("slide__place", "place")
    shown = {item.photograph_id: bool(may_show(_look(asker, showing, item))) for item in items}
    state = ScreenState.BLANK if showing.is_blank else ScreenState.SHOWING
    return Lease(state, lasting(showing, now), showing.slide, showing.version, tuple(shown.items()))


def _near(row: Lecture) -> list[UUID]:
    """The slide that is shown, the one before it and the one after it."""
    order = list(row.deck.slides.order_by("place", "id").values_list("id", flat=True))
    place = order.index(row.slide_id) if row.slide_id in order else 0
    return order[max(0, place - 1) : place + 2]


def _showing(row: Lecture, now: datetime) -> Showing:
    """As the speaker sees it: before it begins they rehearse alone, as if it had begun."""
    showing = _as_it_is(row, now)
    if showing.state is not ReferenceState.NOT_BEGUN:
        return showing
    return replace(showing, state=ReferenceState.IN_FORCE)


def _as_it_is(row: Lecture, now: datetime) -> Showing:
    return Showing(
        lecture=row.id,
        deck=row.deck_id,
        number=row.number,
        use=use_of(row.purpose, row.people),
        state=state_of_lecture(row, now),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        slide=row.slide_id,
        is_blank=row.is_blank,
        version=row.deck.version,
    )


def _look(asker: Asker, showing: Showing, item: SlidePicture, named: str = "") -> Look:
    referred = Referred(
        item.photograph_id,
        reason_stated=is_reason_stated(item),
        is_taken_back=item.taken_back_at is not None,
    )
    return Look(
        use=showing.use,
        facts=showing.facts(referred, is_admitted=True, has_room=True),
        photograph=item.photograph_id,
        viewer=asker.staff,
        named=named,
        staff=asker.facts,
        mark=Mark("", showing.number),
    )


def speaker_picture(asker: Asker, lecture: UUID, wanted: UUID, *, small: bool) -> Opened:
    """A picture on the speaker's own screen, until the lecture is over.

    Raises as `show_by_reference`.
    """
    row = own_lecture(asker, lecture)
    item = picture_in(row.deck, wanted)
    return show_by_reference(_look(asker, _showing(row, timezone.now()), item), small=small)
