"""What each side reads of a question, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from safelight.audit.services import Entry, record_durably
from safelight.consent.services.ending import records_of
from safelight.consulting.looking import is_listed, may_look
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.rules import QuestionState, state_at
from safelight.consulting.seals import (
    entry_text,
    is_unaltered,
    question_text,
    times_of,
)
from safelight.consulting.standing import asked_of, asked_question, treated_question
from safelight.engines.envelope import EnvelopeError
from safelight.patients.selectors import KnownPatient, known_patient, surviving_patient
from safelight.people.asker import Asker
from safelight.people.searching import show_patients
from safelight.photos.selectors import GONE, PhotographView, photographs_in_order
from safelight.release.access import OpenRecord, can_open_record
from safelight.release.errors import AccessRefusedError
from safelight.vault.errors import KeyMissingError
from safelight.vault.fields import SealedFields, fields_of_patients, patient_fields
from safelight.vocabulary.age_bands import AgeBand, age_band
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One line of a list. It says nothing of the patient."""

    id: UUID
    state: QuestionState
    purpose: Purpose
    asked_by: str
    asked_by_id: UUID
    asked_at: datetime
    ends_at: datetime
    colleague: str
    colleague_id: UUID | None
    department: str
    picture_count: int
    taken_at: datetime | None

    @property
    def is_untaken(self) -> bool:
        return self.colleague_id is None


@dataclass(frozen=True)
class Written:
    """The question, or what somebody wrote after it. PHI: the text."""

    by: UUID
    name: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A question with everything that was written. PHI."""

    line: Listed
    entries: Sequence[Written]
    photographs: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    """What a colleague sees of a question while it is under way. PHI.

    About the patient no more than the question needs: how old, about, and which sex. `patient` is
    there only for a colleague who treats them anyway. `dark` are pictures that cannot be shown.
    """

    thread: Thread
    age: AgeBand
    sex: str
    pictures: Sequence[PhotographView]
    dark: int
    patient: KnownPatient | None


def asked_of_me(asker: Asker) -> list[Listed]:
    """Questions of others to the asker and their departments that are under way, oldest first."""
    rows = asked_of(asker).filter(_not_over()).order_by("asked_at", "id")
    return _lines(rows)


def asked_by_me(asker: Asker) -> list[Listed]:
    """What the asker asked and has not ended, oldest first; also when its time is over."""
    rows = ColleagueQuestion.objects.filter(
        asked_by=asker.staff, closed_at=None, revoked_at=None
    ).select_related("asked_by", "colleague", "department")
    return _lines(rows.order_by("asked_at", "id"))


def count_waiting(asker: Asker) -> int:
    """How many questions wait for the asker: to be taken, answered, or closed once answered."""
    if not asker.is_clinical:
        return 0
    mine = Q(colleague=asker.staff) | Q(colleague=None)
    theirs = asked_of(asker).filter(_not_over(), mine, answered_at=None).count()
    own = ColleagueQuestion.objects.filter(_not_over(), asked_by=asker.staff)
    return theirs + own.exclude(answered_at=None).count()


def _not_over() -> Q:
    return Q(closed_at=None, revoked_at=None, ends_at__gt=timezone.now())


def line_for_colleague(asker: Asker, question: UUID) -> Listed:
    """Raises AccessRefusedError for a question that was never asked of the asker."""
    return _line(asked_question(asker, question))


def question_for_colleague(asker: Asker, question: UUID) -> AskedQuestion:
    """A question that is under way and theirs; the reading is recorded.

    Raises AccessRefusedError when it is over, not taken by them yet, or not theirs.
    """
    row = asked_question(asker, question)
    if row.colleague_id != asker.staff or not _state(row).is_under_way:
        raise AccessRefusedError
    current = surviving_patient(row.patient_id)
    try:
        identity = known_patient(current).identity
        thread = _thread(row, patient_fields(row.patient_id))
    except KeyMissingError as error:
        raise AccessRefusedError from error
    _record_reading(asker, row)
    shown = [item for item in thread.photographs if may_look(asker, row, item)]
    return AskedQuestion(
        thread=thread,
        age=age_band(identity.age_on(timezone.localdate())),
        sex=identity.sex,
        pictures=photographs_in_order(shown),
        dark=len(thread.photographs) - len(shown),
        patient=_treated(asker, current),
    )


def _treated(asker: Asker, patient: UUID) -> KnownPatient | None:
    """The name is for whoever treats the patient; that it was shown is recorded."""
    if not can_open_record(asker, patient):
        return None
    return next(iter(show_patients(asker, [patient])), None)


def _record_reading(asker: Asker, row: ColleagueQuestion) -> None:
    purpose = Purpose(row.purpose)
    record_durably(
        Entry(
            tag=EventTag.CONSULTING_QUESTION_READ,
            actor=asker.staff,
            subject=row.patient_id,
            purpose=purpose.act_reason or purpose.value,
            objects=(row.id,),
        )
    )


def question_for_treating(
    asker: Asker, question: UUID
) -> tuple[OpenRecord, Thread, list[PhotographView]]:
    """A question as the treating team reads it, also after its end, and its pictures that are
    still in the record. Raises AccessRefusedError.
    """
    row, record = treated_question(asker, question)
    thread = _readable(_of(row))
    if not thread:
        raise AccessRefusedError
    kept = [item for item in thread[0].photographs if is_listed(row, item)]
    return record, thread[0], photographs_in_order(kept)


def _of(row: ColleagueQuestion) -> QuerySet[ColleagueQuestion]:
    rows = ColleagueQuestion.objects.filter(id=row.id)
    return rows.select_related("asked_by", "colleague", "department")


def questions_about(record: OpenRecord, photograph: UUID | None = None) -> list[Thread]:
    """Everything that was asked about the patient, or about one picture, the newest first.

    `record` is what the caller opened; questions of records merged into it come along.
    """
    rows = ColleagueQuestion.objects.filter(patient__in=records_of(record.patient.id))
    if photograph is not None:
        rows = rows.filter(pictures__photograph=photograph)
    rows = rows.select_related("asked_by", "colleague", "department")
    return _readable(rows.order_by("-asked_at", "id"))


def recently_asked(asker: Asker, limit: int) -> list[UUID]:
    """Whom the asker asked last, each once."""
    rows = ColleagueQuestion.objects.filter(asked_by=asker.staff).exclude(colleague=None)
    found = rows.order_by("-asked_at").values_list("colleague", flat=True)[: limit * 5]
    return list(dict.fromkeys(found))[:limit]


def _readable(rows: QuerySet[ColleagueQuestion]) -> list[Thread]:
    """Those whose rows say what was sealed; an altered one tells nobody anything.

    As many queries for many questions as for one: a timeline shows all of a patient's.
    """
    listed = list(rows.prefetch_related("pictures__photograph", "entries__written_by"))
    fields = fields_of_patients({row.patient_id for row in listed})
    return [
        _thread(row, fields[row.patient_id])
        for row in listed
        if row.patient_id in fields and is_unaltered(row, fields[row.patient_id])
    ]


def _thread(row: ColleagueQuestion, fields: SealedFields) -> Thread:
    asked = question_text(fields, row)
    entries = [Written(row.asked_by_id, row.asked_by.display_name, row.asked_at, asked)]
    for entry in row.entries.all():
        try:
            text = entry_text(fields, entry)
        except EnvelopeError:  # its row was altered; the rest of the thread stays readable
            continue
        entries.append(
            Written(entry.written_by_id, entry.written_by.display_name, entry.written_at, text)
        )
    return Thread(line=_line(row), entries=entries, photographs=_kept(row))


def _kept(row: ColleagueQuestion) -> tuple[UUID, ...]:
    """Its pictures but for those that the patient took out of the record: of them nothing is told."""
    listed = row.pictures.all()
    return tuple(item.photograph_id for item in listed if item.photograph.state not in GONE)


def _lines(rows: QuerySet[ColleagueQuestion]) -> list[Listed]:
    listed = list(
        rows.annotate(
            picture_total=Count("pictures", filter=~Q(pictures__photograph__state__in=GONE))
        )
    )
    counts = {row.id: getattr(row, "picture_total", 0) for row in listed}
    return [_line(row, counts) for row in listed]


def _line(row: ColleagueQuestion, counts: Mapping[UUID, int] | None = None) -> Listed:
    return Listed(
        id=row.id,
        state=_state(row),
        purpose=Purpose(row.purpose),
        asked_by=row.asked_by.display_name,
        asked_by_id=row.asked_by_id,
        asked_at=row.asked_at,
        ends_at=row.ends_at,
        colleague=row.colleague.display_name if row.colleague else "",
        colleague_id=row.colleague_id,
        department=row.department.name if row.department else "",
        picture_count=counts[row.id] if counts else len(_kept(row)),
        taken_at=row.taken_at,
    )


def _state(row: ColleagueQuestion) -> QuestionState:
    return state_at(times_of(row), timezone.now())
