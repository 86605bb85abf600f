"""Whether the pictures of a deck may be shown to an audience: asked of the gate, never guessed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from safelight.engines.policy import Decision, Reason, ReferenceFacts, ReferenceState
from safelight.people.asker import Asker
from safelight.release.facts import Use
from safelight.release.opened import Opened
from safelight.release.references import Look, may_show, show_by_reference
from safelight.release.staff_marks import mark_of_staff
from safelight.teaching.models import SlidePicture
from safelight.teaching.words import is_reason_stated


@dataclass(frozen=True)
class Allowed:
    """What the gate would say of one picture before one audience."""

    is_allowed: bool
    sentence: str = ""
    mend: str = ""
    can_be_asked: bool = False
    """Whether asking the patient would mend it."""
    needs_reason: bool = False


_ASKING_MENDS: Final = frozenset(
    {
        Reason.NO_AGREEMENT,
        Reason.AGREEMENT_ENDED,
        Reason.AGREEMENT_OUT_OF_PERIOD,
        Reason.AUTHORITY_ENDED,
        Reason.OTHER_AUDIENCE,
        Reason.AUDIENCE_TOO_LARGE,
        Reason.PICTURE_NOT_LISTED,
    }
)


_TAKEN_BACK: Final = Allowed(
    is_allowed=False,
    sentence=Reason.PICTURE_TAKEN_BACK.sentence,
    mend="Take the card out, and look through your words: they may speak of this patient.",
)


def planned(reference: UUID, use: Use, item: SlidePicture) -> Look:
    """How a screen will look at this picture once its lecture is on and it is let in."""
    return Look(
        use=use, facts=_as_planned(reference, item), photograph=item.photograph_id, viewer=None
    )


def _as_planned(reference: UUID, item: SlidePicture) -> ReferenceFacts:
    return ReferenceFacts(
        str(reference),
        ReferenceState.IN_FORCE,
        lists_photograph=item.taken_back_at is None,
        is_admitted=True,
        has_room=True,
        reason_stated=is_reason_stated(item),
    )


def allowed_for(
    reference: UUID, use: Use, item: SlidePicture, at: datetime | None = None
) -> Allowed:
    """Whether this audience may see it, at that time; and if not, why and what would mend it."""
    if item.taken_back_at is not None:
        return _TAKEN_BACK
    return told(may_show(planned(reference, use, item), at))


def told(decision: Decision) -> Allowed:
    if decision:
        return Allowed(is_allowed=True)
    reason = plainest(decision)
    return Allowed(
        is_allowed=False,
        sentence=reason.sentence,
        mend=reason.mend,
        can_be_asked=reason in _ASKING_MENDS,
        needs_reason=Reason.REASON_NOT_STATED in decision.reasons,
    )


# What a teacher has to know before anything else: a no is a no, whatever else stands in the way.
_FIRST: Final = (
    Reason.AGREEMENT_DENIES,
    Reason.AGREEMENT_REJECTED,
    Reason.AGREEMENT_ENDED,
    Reason.AUDIENCE_TOO_LARGE,
    Reason.OTHER_AUDIENCE,
)


def plainest(decision: Decision) -> Reason:
    """What became of an agreement tells more than that there is none."""
    first = [item for item in _FIRST if item in decision.reasons]
    others = [item for item in decision.reasons if item is not Reason.NO_AGREEMENT]
    return [*first, *others, *decision.reasons][0]


def preview(asker: Asker, reference: UUID, use: Use, item: SlidePicture, *, small: bool) -> Opened:
    """What the teacher sees while they prepare: the form that the audience would see, or nothing.

    Each look is recorded. Raises as `show_by_reference`.
    """
    look = Look(
        use=use,
        facts=_as_planned(reference, item),
        photograph=item.photograph_id,
        viewer=asker.staff,
        staff=asker.facts,
        mark=mark_of_staff(asker.staff),  # there is no lecture yet; the teacher alone looks
    )
    return show_by_reference(look, small=small)
