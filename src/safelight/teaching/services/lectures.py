"""Lectures: planned, turned from slide to slide, blanked, ended."""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Detail, Entry, record
from safelight.engines.policy import ReferenceState
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.release.errors import AccessRefusedError
from safelight.teaching.bound import UNBOUND, lecture_binding, state_of_lecture
from safelight.teaching.errors import LectureOverError, LectureRefusedError
from safelight.teaching.models import Lecture
from safelight.teaching.owning import own_deck, own_lecture
from safelight.teaching.rules import LONGEST_TITLE, Plan, people_for, require_time
from safelight.teaching.words import Pen
from safelight.vocabulary.events import EventTag

_NUMBERS = 2**32
_LIVE = frozenset({ReferenceState.NOT_BEGUN, ReferenceState.IN_FORCE})


def plan_lecture(asker: Asker, deck: UUID, plan: Plan) -> UUID:
    """Put this deck before an audience. Raises LectureRefusedError.

    Pictures that were not agreed to for this audience stay dark in it; that is no reason to refuse.
    """
    policy, now = current_policy(), timezone.now()
    people = people_for(plan.purpose, plan.people, policy.small_group_people)
    require_time(plan, now, timedelta(hours=policy.lecture_hours))
    place = _checked_place(plan.place)
    with transaction.atomic():
        row = own_deck(asker, deck, lock=True)
        if people is not None:
            _require_free(asker, plan)
        made = Lecture(
            deck=row,
            given_by_id=asker.staff,
            number=secrets.randbelow(_NUMBERS),
            purpose=plan.purpose.value,
            people=people,
            starts_at=plan.starts_at,
            ends_at=plan.ends_at,
            planned_at=now,
            slide=row.slides.order_by("place", "id").first(),
        )
        made.sealed_place = Pen().seal_place(made.id, place)
        made.binding = lecture_binding(made)
        made.save(force_insert=True)
        _tell(EventTag.TEACHING_LECTURE_PLANNED, asker, made, _use_of(made))
    return made.id


def _require_free(asker: Asker, plan: Plan) -> None:
    """No other lesson of theirs at that time; in the open transaction, which holds their row.

    INVARIANT: lessons side by side are no way to show a hall what was agreed to for one learner.
    """
    StaffMember.objects.select_for_update().get(id=asker.staff)
    at_that_time = Lecture.objects.filter(
        given_by=asker.staff,
        people__isnull=False,
        ended_at=None,
        starts_at__lt=plan.ends_at,
        ends_at__gt=plan.starts_at,
    )
    if at_that_time.exists():
        raise LectureRefusedError("You have another lesson at that time.")


def _checked_place(place: str) -> str:
    said = " ".join(place.split())
    if not said or len(said) > LONGEST_TITLE:
        raise LectureRefusedError("Say where it will be.")
    return said


def _use_of(row: Lecture) -> dict[str, Detail]:
    return {
        "purpose": row.purpose,
        "people": row.people,
        "starts": row.starts_at.isoformat(),
        "ends": row.ends_at.isoformat(),
    }


def end_lecture(asker: Asker, lecture: UUID) -> None:
    """Over, or called off where it has not begun: every screen is dark from the commit on."""
    with transaction.atomic():
        row = own_lecture(asker, lecture, lock=True)
        if row.ended_at is None:
            row.ended_at, row.binding = timezone.now(), UNBOUND
            row.save(update_fields=["ended_at", "binding"])
            _tell(EventTag.TEACHING_LECTURE_ENDED, asker, row)


def turn_to(asker: Asker, lecture: UUID, slide: UUID) -> None:
    """Show this slide from now on. Raises LectureOverError."""
    with transaction.atomic():
        row = own_live_lecture(asker, lecture)
        if not row.deck.slides.filter(id=slide).exists():
            raise AccessRefusedError
        row.slide_id, row.is_blank = slide, False
        row.save(update_fields=["slide", "is_blank"])
        _tell(EventTag.TEACHING_LECTURE_TURNED, asker, row, {"slide": str(slide)})


def blank(asker: Asker, lecture: UUID, *, is_blank: bool) -> None:
    """Show nothing for a while, or the slide again. Raises LectureOverError."""
    with transaction.atomic():
        row = own_live_lecture(asker, lecture)
        row.is_blank = is_blank
        row.save(update_fields=["is_blank"])
        _tell(EventTag.TEACHING_LECTURE_TURNED, asker, row, {"blank": is_blank})


def own_live_lecture(asker: Asker, lecture: UUID) -> Lecture:
    """The asker's lecture, locked, if it is not over; LectureOverError if it is."""
    row = own_lecture(asker, lecture, lock=True)
    if state_of_lecture(row, timezone.now()) not in _LIVE:
        raise LectureOverError
    return row


def _tell(
    tag: EventTag, asker: Asker, row: Lecture, details: dict[str, Detail] | None = None
) -> None:
    objects = (row.id, row.deck_id)
    record(Entry(tag=tag, actor=asker.staff, objects=objects, details=details or {}))
