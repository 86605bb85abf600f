"""Access to a patient's record around the pictures: timelines, labels, reasons, who looked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from safelight.audit.services import Entry, record_durably
from safelight.engines.policy import BreakGlass, Decision, may_view_timeline
from safelight.patients.errors import PatientNotFoundError
from safelight.patients.selectors import KnownPatient, known_patient, surviving_patient
from safelight.people.asker import Asker, care_facts
from safelight.people.refusing import record_refused_access
from safelight.people.relationships import open_break_glass
from safelight.photos.errors import PhotographNotFoundError
from safelight.photos.selectors import (
    PhotographView,
    photograph,
    timeline_photographs,
    unlabelled_by,
)
from safelight.release.errors import AccessRefusedError
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState
from safelight.vocabulary.purposes import Purpose


@dataclass(frozen=True)
class OpenRecord:
    """A patient's record that this asker may work in, and on what ground. PHI: the identity."""

    patient: KnownPatient
    decision: Decision
    break_glass_ends_at: datetime | None

    @property
    def purpose(self) -> str:
        return self.decision.act_reason(Purpose.TREATMENT) or Purpose.TREATMENT.value


def open_record(asker: Asker, patient: UUID) -> OpenRecord:
    """The record, if the asker treats the patient or broke glass; AccessRefusedError otherwise.

    A record that was merged opens where it is kept now.
    """
    try:
        current = surviving_patient(patient)
    except PatientNotFoundError as error:
        raise AccessRefusedError from error
    decision = may_view_timeline(asker.facts, care_facts(asker, current))
    if not decision:
        record_refused_access(asker, current, decision)
        raise AccessRefusedError(decision)
    try:
        known = known_patient(current)
    except KeyMissingError as error:
        raise AccessRefusedError from error
    glass = open_break_glass(asker.staff, current) if _is_glass(decision) else None
    return OpenRecord(known, decision, glass.ends_at if glass else None)


def _is_glass(decision: Decision) -> bool:
    return isinstance(decision.ground, BreakGlass)


def can_open_record(asker: Asker, patient: UUID) -> bool:
    """Whether `open_record` would open; for lists that leave out what it would refuse."""
    return bool(may_view_timeline(asker.facts, care_facts(asker, surviving_patient(patient))))


def waiting_by_patient(asker: Asker) -> dict[UUID, list[PhotographView]]:
    """What the asker took and has not labelled, by the record that keeps it now.

    Patients whom the asker treats no more are left out; a colleague's timeline still nags.
    """
    waiting: dict[UUID, list[PhotographView]] = {}
    for item in unlabelled_by(asker.staff):
        waiting.setdefault(surviving_patient(item.patient), []).append(item)
    return {patient: found for patient, found in waiting.items() if can_open_record(asker, patient)}


@dataclass(frozen=True)
class Timeline:
    """A patient's pictures, and the event that names those whose thumbnails the page shows."""

    record: OpenRecord
    photographs: Sequence[PhotographView]
    shown: Sequence[PhotographView]
    gallery: UUID


Choice = Callable[[Sequence[PhotographView]], Sequence[PhotographView]]


def everything(photographs: Sequence[PhotographView]) -> Sequence[PhotographView]:
    return photographs


def nothing(photographs: Sequence[PhotographView]) -> Sequence[PhotographView]:
    return ()


def view_timeline(asker: Asker, patient: UUID, shows: Choice = everything) -> Timeline:
    """The record's pictures, newest first; one event names those that the page `shows` small.

    Protected pictures are never shown small, so the event does not name them.
    """
    opened = open_record(asker, patient)
    listed = timeline_photographs(opened.patient.id, asker.staff)
    shown = shows(listed)
    entry = record_durably(
        Entry(
            tag=EventTag.PATIENT_TIMELINE_VIEWED,
            actor=asker.staff,
            subject=opened.patient.id,
            purpose=opened.purpose,
            objects=tuple(item.id for item in shown if not item.is_hidden),
        )
    )
    return Timeline(opened, listed, shown, entry.id)


def open_photograph_record(asker: Asker, photograph_id: UUID) -> tuple[OpenRecord, PhotographView]:
    """One picture's record (not its bytes) with its patient's, if the asker may see it listed."""
    try:
        found = photograph(photograph_id)
    except PhotographNotFoundError as error:
        raise AccessRefusedError from error
    opened = open_record(asker, found.patient)
    is_listed = found.state is PhotographState.VERIFIED or (
        found.taken_by == asker.staff and found.state is not PhotographState.ENTERED_IN_ERROR
    )
    if not is_listed:
        raise AccessRefusedError
    return opened, found
