"""The gate for the patient, or who signs for them: see it, then sign it.

Facts, decision, event, unseal, in this order, as in `gate`. What is sent of a picture that is put
before the signer is hashed, and the hash is kept: it is what their signature covers.
"""

import hashlib
from typing import Final
from uuid import UUID

from safelight.audit.services import Entry, record_durably
from safelight.consent.selectors.pictures import is_in_proposal
from safelight.consent.services.deciding import note_shown
from safelight.consent.visits import Reader, Visit
from safelight.engines.policy import (
    Decision,
    PatientFacts,
    PatientState,
    PhotographFacts,
    Request,
    SessionState,
    decide_for_patient,
)
from safelight.patients.selectors import surviving_patient
from safelight.photos.forms import form_for_use
from safelight.photos.models import Photograph, RenditionRow
from safelight.release.errors import AccessRefusedError
from safelight.release.gate import KINDS, holder_of
from safelight.release.opened import Opened
from safelight.release.written_requests import is_present
from safelight.vault.unseal import open_object
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import AS_TAKEN, PhotographState, Rendition, Sensitivity
from safelight.vocabulary.purposes import Purpose

_TAGS: Final = {
    Rendition.DISPLAY: EventTag.PHOTOGRAPH_SHOWN_TO_SIGNER,
    Rendition.THUMBNAIL: EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED,
    Rendition.REDACTED: EventTag.PHOTOGRAPH_SHOWN_TO_SIGNER,
    Rendition.REDACTED_THUMBNAIL: EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED,
}


def show_to_signer(visit: Visit, photograph: UUID, rendition: Rendition) -> Opened:
    """The bytes of one rendition for the signer's screen; recorded either way.

    Of a picture that they are asked about they see the very form that would be used, if it was
    covered, in the place of the one as taken. Raises AccessRefusedError, KeyMissingError,
    BlobMissingError or an EnvelopeError.
    """
    shown = _form_of(visit, photograph, rendition)
    decision = decide_to_signer(visit, photograph, shown)
    row = RenditionRow.objects.filter(photograph=photograph, rendition=shown.value).first()
    if decision.ground is None or row is None:
        _record(visit, photograph, EventTag.PHOTOGRAPH_REFUSED, decision)
        raise AccessRefusedError(decision)
    _record(visit, photograph, _TAGS[shown], decision)
    owner = Photograph.objects.values_list("patient", flat=True).get(id=photograph)
    content = open_object(row.id, KINDS[shown], holder_of(decision.ground, owner))
    if shown is form_for_use(photograph).large:
        note_shown(visit, photograph, row.id, shown, hashlib.sha256(content).hexdigest())
    return Opened(content, row.media_type)


def size_shown(visit: Visit, photograph: UUID) -> tuple[int, int] | None:
    """Width and height, in pixels, of the form that `show_to_signer` gives where a picture is to be
    large. It was cropped, perhaps, so it need not have the shape of the picture as taken.
    """
    shown = _form_of(visit, photograph, Rendition.DISPLAY)
    rows = RenditionRow.objects.filter(photograph=photograph, rendition=shown.value)
    return rows.values_list("width", "height").first()


def _form_of(visit: Visit, photograph: UUID, rendition: Rendition) -> Rendition:
    """INVARIANT: who is asked about a picture sees what would be used, and never more of it."""
    if not is_in_proposal(visit.proposal, photograph):
        return rendition
    form = form_for_use(photograph)
    return {AS_TAKEN.large: form.large, AS_TAKEN.small: form.small}.get(rendition, rendition)


def decide_to_signer(reader: Reader, photograph: UUID, rendition: Rendition) -> Decision:
    """Whether this signer may see this rendition now."""
    request = Request(Purpose.PATIENT_REQUEST, Audience.PATIENT, rendition)
    return decide_for_patient(request, _facts(reader, photograph))


def open_for_copy(reader: Reader, photograph: UUID, rendition: Rendition) -> Opened:
    """The bytes of one form for the copy of everything, whose own event names the picture already.

    A refusal is recorded. Nothing is noted as seen: this is no look at a screen before a signature.
    Raises as `show_to_signer` does.
    """
    decision = decide_to_signer(reader, photograph, rendition)
    row = RenditionRow.objects.filter(photograph=photograph, rendition=rendition.value).first()
    if decision.ground is None or row is None:
        _record(reader, photograph, EventTag.PHOTOGRAPH_REFUSED, decision)
        raise AccessRefusedError(decision)
    owner = Photograph.objects.values_list("patient", flat=True).get(id=photograph)
    content = open_object(row.id, KINDS[rendition], holder_of(decision.ground, owner))
    return Opened(content, row.media_type)


def _facts(reader: Reader, photograph: UUID) -> PatientFacts:
    row = Photograph.objects.filter(id=photograph).first()
    is_theirs = row is not None and (
        surviving_patient(row.patient_id) == surviving_patient(reader.patient)
    )
    alive = is_present(reader)
    return PatientFacts(
        session=SessionState.USABLE if alive else SessionState.ABSENT,
        capacity=reader.signer_role,
        patient=PatientState.CURRENT,
        photograph=_photograph_facts(row) if row is not None and is_theirs else None,
        is_in_proposal=is_in_proposal(reader.proposal, photograph),
        is_identified=alive,
    )


def _photograph_facts(row: Photograph) -> PhotographFacts:
    return PhotographFacts(
        PhotographState(row.state), Sensitivity(row.sensitivity), taken_by_asker=False
    )


def _record(reader: Reader, photograph: UUID, tag: EventTag, decision: Decision) -> None:
    record_durably(
        Entry(
            tag=tag,
            actor=reader.access,
            subject=reader.patient,
            purpose=Purpose.PATIENT_REQUEST.act_reason or "",
            outcome=Outcome.SUCCESS if decision else Outcome.DENIED,
            objects=(photograph, reader.proposal),
            details={} if decision else {"reasons": [item.value for item in decision.reasons]},
        )
    )
