"""Changes to the record that only the treating team may make: labels, and moving a picture."""

from collections.abc import Sequence
from uuid import UUID

from safelight.people.asker import Asker
from safelight.photos.errors import LabelRefusedError, MoveRefusedError
from safelight.photos.labels import label_photographs
from safelight.photos.moving import MoveReason, move_photograph
from safelight.photos.rules import Label
from safelight.photos.selectors import PhotographView
from safelight.release.access import open_photograph_record, open_record
from safelight.release.errors import AccessRefusedError
from safelight.release.reasons import has_stated_reason
from safelight.vocabulary.photograph import REASON_REQUIRED, PhotographState


def label(asker: Asker, photographs: Sequence[UUID], label: Label) -> int:
    """Label pictures of patients that the asker treats; how many.

    Raises AccessRefusedError for any that is not theirs to see, LabelRefusedError for a bad label.
    """
    for photograph in photographs:
        _, found = open_photograph_record(asker, photograph)
        _refuse_uncovering(asker, found, label)
    return label_photographs(asker.staff, photographs, label)


def _refuse_uncovering(asker: Asker, found: PhotographView, label: Label) -> None:
    """Whoever takes the protection from a picture needs the reason that opening it needs."""
    is_uncovered = found.is_hidden and label.sensitivity not in REASON_REQUIRED
    if is_uncovered and not has_stated_reason(asker, found.id):
        raise LabelRefusedError(
            "This would show a protected picture without asking why. Open the picture and give a "
            "reason first, then label it."
        )


def move(asker: Asker, photographs: Sequence[UUID], target: UUID, reason: MoveReason) -> list[UUID]:
    """Move pictures to the right patient, whom the asker must treat as well; their new ids."""
    for photograph in photographs:
        _refuse_unverified(asker, photograph)
    try:
        right = open_record(asker, target).patient.id
    except AccessRefusedError as error:
        raise MoveRefusedError(
            "You have no care relationship with the patient you chose. Break glass there first."
        ) from error
    return _move_each(asker, photographs, right, reason)


def _refuse_unverified(asker: Asker, photograph: UUID) -> None:
    _, found = open_photograph_record(asker, photograph)
    if found.state is not PhotographState.VERIFIED:
        raise MoveRefusedError("A picture can be moved as soon as it is verified.")


def _move_each(
    asker: Asker, photographs: Sequence[UUID], target: UUID, reason: MoveReason
) -> list[UUID]:
    """Each picture is moved whole or not at all; if one cannot be, it is said how many were."""
    moved: list[UUID] = []
    for photograph in photographs:
        try:
            moved.append(move_photograph(photograph, target, actor=asker.staff, reason=reason))
        except MoveRefusedError as error:
            if not moved:
                raise
            raise MoveRefusedError(
                f"{len(moved)} of {len(photographs)} pictures were moved; the others could not be."
            ) from error
    return moved
