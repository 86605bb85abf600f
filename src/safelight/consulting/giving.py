"""What a patient reads: which colleagues were asked about their pictures, why, and until when."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from safelight.audit.models import Event
from safelight.consent.models import ProposedPicture
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader
from safelight.consulting.looking import use_for
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.rules import as_reference
from safelight.consulting.seals import is_unaltered, pictures_of, times_of
from safelight.patients.selectors import surviving_patient
from safelight.release.given import Given, GivenAs
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.purposes import Purpose

_LOOKS = (
    EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE.value,
    EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED.value,
)


def given_of(reader: Reader) -> list[Given]:
    """The newest first: for the patient in person all that was asked about them, for whoever
    signs for them what was asked about the pictures that were put before them.
    """
    family = records_of(surviving_patient(reader.patient))
    rows = ColleagueQuestion.objects.filter(patient__in=family)
    shown = None if reader.is_patient else _put_before(reader)
    if shown is not None:
        rows = rows.filter(pictures__photograph__in=shown).distinct()
    rows = rows.select_related("asked_by", "colleague", "department").prefetch_related("pictures")
    listed = rows.order_by("-asked_at", "id")
    return [_given(row, shown) for row in listed if is_unaltered(row)]


def _put_before(reader: Reader) -> set[UUID]:
    rows = ProposedPicture.objects.filter(proposal=reader.proposal, removed_at=None)
    return set(rows.values_list("photograph", flat=True))


def _given(row: ColleagueQuestion, shown: set[UUID] | None) -> Given:
    ended_at = row.closed_at or row.revoked_at
    return Given(
        id=row.id,
        kind=GivenAs.QUESTION,
        who=_who(row),
        given_by=row.asked_by.display_name,
        use=use_for(Purpose(row.purpose)),
        state=as_reference(times_of(row), timezone.now()),
        starts_at=row.asked_at,
        ends_at=min(ended_at, row.ends_at) if ended_at else row.ends_at,
        photographs=tuple(item for item in pictures_of(row) if shown is None or item in shown),
        opened=_looks(row).count(),
    )


def colleagues_of_questions(questions: Collection[UUID]) -> dict[UUID, str]:
    """Who was asked, as the patient reads it, also once it is over."""
    rows = ColleagueQuestion.objects.filter(id__in=questions)
    return {row.id: _who(row) for row in rows.select_related("colleague", "department")}


def _who(row: ColleagueQuestion) -> str:
    """The person, with the department when it was asked; the department while nobody took it."""
    department = row.department.name if row.department else ""
    if row.colleague is None:
        return department
    return (
        f"{row.colleague.display_name}, {department}" if department else row.colleague.display_name
    )


def _looks(row: ColleagueQuestion) -> QuerySet[Event]:
    return Event.objects.filter(
        objects_told__object_id=row.id, tag__in=_LOOKS, outcome=Outcome.SUCCESS.value
    )
