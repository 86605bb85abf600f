"""Who stands where: the side that treats the patient, and the colleague who was asked.

Whoever stands nowhere gets the refusal that looks like *missing*, and the record says so.
"""

from typing import NoReturn
from uuid import UUID

from django.db.models import Q, QuerySet

from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.seals import is_unaltered
from safelight.engines.policy import Decision, Reason
from safelight.people.asker import Asker
from safelight.people.refusing import record_refused_access
from safelight.people.relationships import departments_of
from safelight.release.access import OpenRecord, open_record
from safelight.release.errors import AccessRefusedError

_NOT_ADMITTED = Decision(None, (Reason.VIEWER_NOT_ADMITTED,))


def asked_of(asker: Asker) -> QuerySet[ColleagueQuestion]:
    """Questions to the asker by name, and to the departments in which they work now."""
    if not (asker.is_clinical and asker.is_usable):
        return ColleagueQuestion.objects.none()
    theirs = Q(colleague=asker.staff) | Q(department__in=departments_of(asker.staff))
    rows = ColleagueQuestion.objects.filter(theirs).exclude(asked_by=asker.staff)
    return rows.select_related("asked_by", "colleague", "department")


def asked_question(asker: Asker, question: UUID) -> ColleagueQuestion:
    """A question that was asked of the asker, whether it is under way or over; unaltered.

    Another of the department may have taken it. Raises AccessRefusedError.
    """
    row = asked_of(asker).filter(id=question).first()
    if row is None or not is_unaltered(row):
        _refuse(asker, question)
    return row


def _refuse(asker: Asker, question: UUID) -> NoReturn:
    """Recorded about the patient when there is such a question; guesses in the dark are not kept."""
    rows = ColleagueQuestion.objects.filter(id=question)
    patient = rows.values_list("patient", flat=True).first()
    if patient is not None:
        record_refused_access(asker, patient, _NOT_ADMITTED)
    raise AccessRefusedError


def treated_question(asker: Asker, question: UUID) -> tuple[ColleagueQuestion, OpenRecord]:
    """A question about a patient whose record the asker may open. Raises AccessRefusedError."""
    rows = ColleagueQuestion.objects.select_related("asked_by", "colleague", "department")
    row = rows.filter(id=question).first()
    if row is None:
        raise AccessRefusedError
    return row, open_record(asker, row.patient_id)


def locked(question: UUID) -> ColleagueQuestion:
    """The row as it stands, nobody else's until the open transaction ends.

    INVARIANT: an altered row is never written to, so no later act makes it good.
    """
    row = ColleagueQuestion.objects.select_for_update().filter(id=question).first()
    if row is None or not is_unaltered(row):
        raise AccessRefusedError
    return row
