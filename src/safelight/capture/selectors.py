"""What can be said of an upload to whoever sends it, and to nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from safelight.capture.errors import UploadNotFoundError
from safelight.capture.models import Upload, UploadState
from safelight.people.asker import Asker
from safelight.vault import quarantine
from safelight.vault.fields import patient_fields
from safelight.vocabulary.photograph import PhotographState

DUPLICATE_SENTENCE = "This picture is in the patient's record already; it was not stored again."
UNREADABLE_SENTENCE = (
    "This picture is kept, but cannot be shown: it will not decode. Take it again if you can."
)
ABANDONED_SENTENCE = "This upload waited too long and was let go. Send the picture again."


class AnswerState(StrEnum):
    RECEIVING = "receiving"
    SEALED = "sealed"
    VERIFIED = "verified"
    UNREADABLE = "unreadable"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """Where an upload stands. `offset` is where the next byte belongs."""

    state: AnswerState
    offset: int = 0
    photograph: UUID | None = None
    sha256: str = ""
    code: str = ""
    sentence: str = ""


def answer(row: Upload) -> Answer:
    """What the row says, with the offset left out: only a receiving upload has one."""
    match UploadState(row.state):
        case UploadState.RECEIVING:
            return Answer(AnswerState.RECEIVING)
        case UploadState.ABANDONED:
            return Answer(AnswerState.RECEIVING, sentence=ABANDONED_SENTENCE)
        case UploadState.REFUSED:
            return Answer(AnswerState.REFUSED, code=row.refusal_code, sentence=row.refusal_sentence)
        case UploadState.DUPLICATE:
            return Answer(
                AnswerState.DUPLICATE, photograph=row.photograph_id, sentence=DUPLICATE_SENTENCE
            )
        case UploadState.SEALED:
            return Answer(
                AnswerState.SEALED, photograph=row.photograph_id, sha256=promised_sha256(row)
            )


def promised_sha256(row: Upload) -> str:
    return patient_fields(row.patient_id).unseal("promise", row.id, row.sealed_promise)


def safe_offset(asker: Asker, patient: UUID, upload: UUID) -> int:
    """How much of the upload is durably here; raises UploadNotFoundError."""
    row = Upload.objects.filter(id=upload, staff=asker.staff, patient=patient).first()
    if row is None:
        raise UploadNotFoundError
    under_way = row.state in {UploadState.RECEIVING, UploadState.ABANDONED}
    return quarantine.received(upload) if under_way else row.promised_size


def upload_states(asker: Asker, uploads: Sequence[UUID]) -> dict[UUID, Answer]:
    """Where the asker's own uploads stand; others are left out."""
    rows = Upload.objects.filter(id__in=uploads, staff=asker.staff).select_related("photograph")
    return {row.id: _state(row) for row in rows}


def _state(row: Upload) -> Answer:
    """How far the picture has come since: a sealed one may be verified by now."""
    photograph = row.photograph
    if photograph is None:
        under_way = row.state == UploadState.RECEIVING
        return (
            Answer(AnswerState.RECEIVING, quarantine.received(row.id)) if under_way else answer(row)
        )
    match PhotographState(photograph.state):
        case PhotographState.SEALED:
            return Answer(AnswerState.SEALED, photograph=photograph.id)
        case PhotographState.UNREADABLE:
            return Answer(
                AnswerState.UNREADABLE, photograph=photograph.id, sentence=UNREADABLE_SENTENCE
            )
        # Moved to the right patient means that it was verified before; so is what was taken back
        # safe from the sender's point of view: there is nothing left to send.
        case _:
            return Answer(AnswerState.VERIFIED, photograph=photograph.id)
