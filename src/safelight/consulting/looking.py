"""A colleague looks at a picture that they were asked about: what the question says, at that moment."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format

from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.rules import as_reference
from safelight.consulting.seals import is_unaltered, times_of
from safelight.engines.policy import Decision, ReferenceFacts
from safelight.patients.errors import PatientNotFoundError
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.photos.selectors import patient_of
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use
from safelight.release.marking import Mark
from safelight.release.opened import Opened
from safelight.release.references import Look, may_show, show_by_reference
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose

_NUMBERS: Final = 2**32


def show_picture(asker: Asker, question: UUID, photograph: UUID, *, small: bool) -> Opened:
    """The bytes of one picture of a question, through the gate.

    Raises AccessRefusedError, and what `show_by_reference` raises.
    """
    row = ColleagueQuestion.objects.filter(id=question).first()
    if row is None:
        raise AccessRefusedError
    return show_by_reference(look(asker, row, photograph, timezone.now()), small=small)


def may_look(asker: Asker, row: ColleagueQuestion, photograph: UUID) -> Decision:
    """What the gate would say now."""
    return may_show(look(asker, row, photograph, timezone.now()))


def look(asker: Asker, row: ColleagueQuestion, photograph: UUID, now: datetime) -> Look:
    """Taken anew from the rows for each picture; what was altered since admits nobody."""
    is_whole = is_unaltered(row)
    facts = ReferenceFacts(
        reference_id=str(row.id),
        state=as_reference(times_of(row), now) if is_whole else None,
        lists_photograph=is_whole and is_listed(row, photograph),
        is_admitted=is_whole and row.colleague_id == asker.staff,
        reason_stated=bool(row.opening_reason),
    )
    return Look(
        use=use_for(Purpose(row.purpose)),
        facts=facts,
        photograph=photograph,
        viewer=asker.staff,
        staff=asker.facts,
        mark=_mark(asker, row, now),
    )


def is_listed(row: ColleagueQuestion, photograph: UUID) -> bool:
    """Whether it was asked about, and is still a picture of this patient."""
    return row.pictures.filter(photograph=photograph).exists() and is_of(photograph, row.patient_id)


def is_of(photograph: UUID, patient: UUID) -> bool:
    """Whether the picture is in the record that holds this patient now, also after a merge."""
    owner = patient_of(photograph)
    try:
        return owner is not None and surviving_patient(owner) == surviving_patient(patient)
    except PatientNotFoundError:
        return False


def use_for(purpose: Purpose) -> Use:
    return Use(purpose, USUAL_AUDIENCE.get(purpose, Audience.CARE_TEAM))


def _mark(asker: Asker, row: ColleagueQuestion, now: datetime) -> Mark:
    """Who looks and when; the number leads back to the question."""
    moment = date_format(timezone.localtime(now), "DATETIME_FORMAT")
    return Mark(f"{asker.display_name}, {moment}", row.id.int % _NUMBERS)
