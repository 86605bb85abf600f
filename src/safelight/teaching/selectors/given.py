"""What a patient is told of lectures: which were planned with their pictures, and which showed them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from safelight.consent.models import AgreementImage
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader
from safelight.engines.policy import ReferenceState
from safelight.patients.selectors import surviving_patient
from safelight.photos.models import Photograph
from safelight.release.given import Given, GivenAs
from safelight.teaching.bound import state_of_lecture
from safelight.teaching.models import Lecture, ShownPicture, SlidePicture
from safelight.teaching.permitted import allowed_for
from safelight.teaching.standing import use_of
from safelight.teaching.words import Pen


@dataclass
class _Told:
    photographs: dict[UUID, None] = field(default_factory=dict)
    looks: int = 0


def given_of(reader: Reader) -> list[Given]:
    """The newest first: lectures that showed pictures of theirs, and those that are to.

    The patient in person is told of all their pictures; anybody else of what they signed for. A
    planned lecture counts for what its audience may see: what is blocked was given to nobody.
    """
    theirs = _pictures_of(reader)
    told: defaultdict[UUID, _Told] = defaultdict(_Told)
    for line in ShownPicture.objects.filter(photograph__in=theirs).order_by("id"):
        told[line.lecture_id].photographs[line.photograph_id] = None
        told[line.lecture_id].looks += line.looks
    for lecture, photograph in _planned(theirs):
        told[lecture].photographs[photograph] = None
    rows = Lecture.objects.filter(id__in=list(told)).select_related("deck", "given_by")
    pen = Pen()
    return [_given(row, told[row.id], pen) for row in rows.order_by("-starts_at", "id")]


def _pictures_of(reader: Reader) -> QuerySet[Photograph]:
    if reader.is_patient:
        return Photograph.objects.filter(patient__in=records_of(surviving_patient(reader.patient)))
    signed = AgreementImage.objects.filter(agreement__proposal=reader.proposal)
    return Photograph.objects.filter(id__in=signed.values("photograph"))


def _planned(theirs: QuerySet[Photograph]) -> Iterable[tuple[UUID, UUID]]:
    """Each lecture that is not over, with each of these pictures that it may show."""
    live = Lecture.objects.filter(
        Q(ends_at__gt=timezone.now()), ended_at=None, deck__slides__pictures__photograph__in=theirs
    )
    for row in live.distinct():
        use = use_of(row.purpose, row.people)
        items = SlidePicture.objects.filter(slide__deck=row.deck_id, photograph__in=theirs)
        for item in items:
            if allowed_for(row.id, use, item).is_allowed:
                yield row.id, item.photograph_id


def _given(row: Lecture, told: _Told, pen: Pen) -> Given:
    state = state_of_lecture(row, timezone.now())
    is_early = row.ended_at is not None and state is ReferenceState.OVER
    return Given(
        id=row.id,
        kind=GivenAs.LECTURE,
        who=_who(row, pen),
        given_by=row.given_by.display_name,
        use=use_of(row.purpose, row.people),
        state=state,
        starts_at=row.starts_at,
        ends_at=row.ended_at if is_early else row.ends_at,
        photographs=tuple(told.photographs),
        opened=told.looks,
    )


def names_of_lectures(lectures: Collection[UUID]) -> dict[UUID, str]:
    """What each is called, as the patient reads it."""
    pen = Pen()
    rows = Lecture.objects.filter(id__in=lectures).select_related("deck")
    return {row.id: _who(row, pen) for row in rows}


def _who(row: Lecture, pen: Pen) -> str:
    return f"{pen.title(row.deck)}, {pen.place(row)}"
