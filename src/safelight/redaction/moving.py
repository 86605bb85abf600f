"""Wrong patient: what was prepared in the wrong record stays there, and nothing opens it any more."""

from collections.abc import Sequence
from uuid import UUID

from safelight.people.asker import Asker
from safelight.photos.moving import MoveReason
from safelight.redaction.keeping import objects_of
from safelight.redaction.models import Redaction
from safelight.release import changes
from safelight.vault.custodians import drop_grants, opened_by
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.photograph import PhotographState


def move(asker: Asker, photographs: Sequence[UUID], target: UUID, reason: MoveReason) -> list[UUID]:
    """Move pictures to the right patient; their new ids. They are prepared anew there.

    Raises AccessRefusedError, MoveRefusedError.
    """
    try:
        return changes.move(asker, photographs, target, reason)
    finally:  # of several, some may have been moved before one could not be
        darken_moved()


def darken_moved() -> int:
    """Take the keys of every version of pictures that were moved away; of how many objects.

    The move itself takes those of the forms in use. Drafts and earlier versions are this room's.
    """
    rows = Redaction.objects.filter(photograph__state=PhotographState.ENTERED_IN_ERROR.value)
    objects = [item for row in rows.exclude(display=None) for item in objects_of(row)]
    bright = opened_by(CustodianKind.CARE, objects)
    drop_grants(bright)
    return len(bright)
