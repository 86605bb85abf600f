"""What was given to others of a patient's pictures, as the patient reads it: who, why, until when.

Each room that keeps references tells its own in these words; the page puts them together.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from safelight.engines.policy import ReferenceState
from safelight.release.facts import Use
from safelight.vocabulary.coded import Coded


class GivenAs(Coded):
    """By what kind of reference."""

    QUESTION = "question", "A colleague was asked"
    SHARE = "share", "Shown to somebody outside"
    HEALTH_LINK = "health-link", "A copy for another record system"
    LECTURE = "lecture", "A lecture or a lesson"
    PUBLICATION = "publication", "A publication"


@dataclass(frozen=True, kw_only=True)
class Given:
    """One of them. PHI: `who`, and for whom it was.

    `who` is the person, the lecture or the publication by name. `ends_at` None: it has no end of
    its own. `left_copy` is whether something left that cannot be called back. `opened` counts the
    looks.
    """

    id: UUID
    kind: GivenAs
    who: str
    given_by: str
    use: Use
    state: ReferenceState
    starts_at: datetime
    ends_at: datetime | None
    photographs: tuple[UUID, ...]
    opened: int = 0
    left_copy: bool = False
