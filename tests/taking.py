"""Pictures taken by the real verbs: received, sealed, and verified when a test wants them so."""

from typing import Any
from uuid import UUID, uuid4

from tests.pictures import Sending
from tests.pictures import jpeg as camera_jpeg

from safelight.capture.services.receiving import receive
from safelight.capture.verification import verify_waiting
from safelight.people.asker import Asker
from safelight.photos.labels import label_photographs
from safelight.photos.rules import Label
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import ImageView, Sensitivity

FOREARM = "14975008"
SIZE = (96, 64)


def jpeg(seed: int) -> bytes:
    return camera_jpeg(seed, SIZE)


def seal(asker: Asker, patient: UUID, data: bytes | None = None, **details: Any) -> UUID:
    """A picture that is sealed and waits to be verified; its photograph's id."""
    sending = Sending(data or jpeg(uuid4().int % 2**32), patient).changed(**details)
    answer = receive(asker, sending.promise, 0, sending.pieces())
    assert answer.photograph is not None
    return answer.photograph


def take(asker: Asker, patient: UUID, data: bytes | None = None, **details: Any) -> UUID:
    """A picture that is sealed and verified; its photograph's id."""
    photograph = seal(asker, patient, data, **details)
    verify_waiting()
    return photograph


def forearm(sensitivity: Sensitivity = Sensitivity.ORDINARY, description: str = "") -> Label:
    return Label(
        body_site=FOREARM,
        laterality=Laterality.LEFT,
        view=ImageView.CLOSE_UP,
        sensitivity=sensitivity,
        description=description,
    )


def take_labelled(asker: Asker, patient: UUID, **details: Any) -> UUID:
    photograph = take(asker, patient, **details)
    label_photographs(asker.staff, [photograph], forearm())
    return photograph
