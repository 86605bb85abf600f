"""Screens: opened by anybody, let in by the teacher who reads their code, sent away."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.teaching.errors import ScreensFullError, ScreenUnknownError
from safelight.teaching.models import Lecture, Screen, ShownPicture
from safelight.teaching.owning import own_lecture
from safelight.teaching.pairing import (
    binding,
    code_digest,
    cookie_digest,
    new_code,
    new_name,
    new_secret,
    read_code,
)
from safelight.teaching.rules import CODE_LETTERS, CODE_MINUTES, room_for
from safelight.teaching.services.lectures import own_live_lecture
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.purposes import Purpose

CODE_LASTS = timedelta(minutes=CODE_MINUTES)


@dataclass(frozen=True)
class OpenedScreen:
    """What a browser shows while it waits. `secret` is its cookie, given once."""

    secret: str
    code: str
    name: str
    ends_at: datetime


def open_screen() -> OpenedScreen:
    """A screen that nobody has let in: it shows nothing, so it is not in the record yet.

    Those whose code has run out are forgotten on the way.
    """
    now, secret, code = timezone.now(), new_secret(), new_code()
    Screen.objects.filter(lecture=None, code_ends_at__lt=now - CODE_LASTS).delete()
    row = Screen.objects.create(
        key=cookie_digest(secret),
        code_digest=code_digest(code),
        code_ends_at=now + CODE_LASTS,
        name=new_name(),
        opened_at=now,
    )
    return OpenedScreen(secret, code, row.name, row.code_ends_at)


@dataclass(frozen=True)
class WaitingScreen:
    """A screen that shows the code that was typed. The teacher compares its name."""

    id: UUID
    name: str


def find_screen(asker: Asker, lecture: UUID, typed: str) -> WaitingScreen:
    """Which screen shows this code now. Nothing is let in yet.

    Raises ScreenUnknownError after an event that says so, ScreensFullError, LectureOverError.
    """
    with transaction.atomic():
        row = own_live_lecture(asker, lecture)
        _require_room(row)
        found = _waiting(typed)
        if found is None:
            _tell(EventTag.TEACHING_SCREEN_REFUSED, asker, row, Outcome.DENIED)
    if found is None:
        raise ScreenUnknownError
    return WaitingScreen(found.id, found.name)


def _waiting(typed: str, *, lock: bool = False) -> Screen | None:
    """The one screen of this code; None too when, by chance, there are two."""
    code = read_code(typed)
    rows = Screen.objects.select_for_update() if lock else Screen.objects.all()
    rows = rows.filter(
        lecture=None,
        ended_at=None,
        code_digest=code_digest(code),
        code_ends_at__gt=timezone.now(),
    )
    found = list(rows[:2]) if len(code) == CODE_LETTERS else []
    return found[0] if len(found) == 1 else None


def let_in(asker: Asker, lecture: UUID, screen: UUID, typed: str) -> None:
    """The teacher has seen that it is the right one: it shows this lecture, and no other ever.

    Raises ScreenUnknownError, ScreensFullError, LectureOverError.
    """
    with transaction.atomic():
        row = own_live_lecture(asker, lecture)
        _require_room(row)
        found = _waiting(typed, lock=True)
        if found is None or found.id != screen:
            raise ScreenUnknownError
        found.lecture, found.paired_at, found.code_digest = row, timezone.now(), ""
        found.binding = binding(found.key, found.id, row.id)
        found.save()
        _tell(EventTag.TEACHING_SCREEN_PAIRED, asker, row, screen=found)


def _require_room(row: Lecture) -> None:
    if viewers_of(row.id).count() >= room_for(Purpose(row.purpose), row.people):
        raise ScreensFullError


def viewers_of(lecture: UUID) -> QuerySet[Screen]:
    """Who takes a place in the audience: whoever is in, and whoever has seen a picture."""
    taken = Q(ended_at=None) | ~Q(shown_at=None)
    return Screen.objects.filter(taken, lecture=lecture).exclude(paired_at=None)


def send_away(asker: Asker, lecture: UUID, screen: UUID) -> None:
    """Let this screen show nothing more."""
    with transaction.atomic():
        row = own_lecture(asker, lecture, lock=True)
        found = row.screens.select_for_update().filter(id=screen, ended_at=None).first()
        if found is None:
            raise AccessRefusedError
        _end(Screen.objects.filter(id=found.id))
        _tell(EventTag.TEACHING_SCREEN_ENDED, asker, row, screen=found)


def _end(screens: QuerySet[Screen]) -> None:
    """INVARIANT: without its binding one that somebody revives shows nothing."""
    screens.update(ended_at=timezone.now(), binding=b"")


def send_every_screen_away() -> int:
    """After a restore of an older record, where some were sent away since; how many were let in.

    Those that nobody let in are forgotten with their codes.
    """
    Screen.objects.filter(lecture=None).delete()
    rows = list(Screen.objects.filter(ended_at=None))
    for row in rows:
        with transaction.atomic():
            _end(Screen.objects.filter(id=row.id))
            told = (row.lecture_id, row.id) if row.lecture_id else (row.id,)
            details = {"screen": row.name}
            tag = EventTag.TEACHING_SCREEN_ENDED
            record(Entry(tag=tag, actor=None, objects=told, details=details))
    return len(rows)


def take_place(screen: UUID) -> None:
    """From now on it counts as a viewer, also once it is sent away; AccessRefusedError if it was.

    INVARIANT: counted before it gets its first picture. Else it could be sent away and another be let
    in while the picture is on its way, and both would see it.
    """
    if not Screen.objects.filter(id=screen, ended_at=None).update(shown_at=timezone.now()):
        raise AccessRefusedError


def note_shown(lecture: UUID, photograph: UUID) -> None:
    """A picture was shown in this lecture; the look itself is in the record already."""
    now = timezone.now()
    with transaction.atomic():
        line, is_new = ShownPicture.objects.get_or_create(
            lecture_id=lecture, photograph_id=photograph, defaults={"shown_at": now}
        )
        if not is_new:
            ShownPicture.objects.filter(id=line.id).update(looks=F("looks") + 1)


def _tell(
    tag: EventTag,
    asker: Asker,
    row: Lecture,
    outcome: Outcome = Outcome.SUCCESS,
    *,
    screen: Screen | None = None,
) -> None:
    objects = (row.id, screen.id) if screen else (row.id,)
    details = {"screen": screen.name} if screen else {}
    record(Entry(tag=tag, actor=asker.staff, outcome=outcome, objects=objects, details=details))
