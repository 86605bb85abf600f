"""What comes out of the policy: a ground to open by, or the reasons not to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from safelight.engines.policy.errors import ContradictoryDecisionError
from safelight.engines.policy.reasons import Reason
from safelight.vocabulary.purposes import BREAK_GLASS_ACT_REASON, Purpose
from safelight.vocabulary.relationships import Relationship


class Obligation(StrEnum):
    """What whoever acts on a permit must do besides."""

    NO_STORE = "no-store"
    """Send it so that nothing on the way or at the end keeps a copy."""
    RECORD_REASON = "record-reason"
    """Write the stated reason into the event of this opening."""
    VISIBLE_MARK = "visible-mark"
    """Burn into it, for everybody to read, who looks and when."""
    INVISIBLE_MARK = "invisible-mark"
    """Burn into it, for the institution to read, by which reference it was shown, or to whom."""


@dataclass(frozen=True, slots=True)
class CareRelationship:
    """The asker treats the patient. Opens with the custodian *care of patient*."""

    relationship: Relationship

    def __post_init__(self) -> None:
        """Refuse a relationship that is none."""
        if self.relationship is Relationship.NONE:
            raise ContradictoryDecisionError


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """The asker broke glass for the patient. Opens with the custodian *care of patient*."""


@dataclass(frozen=True, slots=True)
class CitedAgreement:
    """The patient agreed to exactly this. Opens with this agreement's custodian and no other."""

    agreement_id: str


@dataclass(frozen=True, slots=True)
class SubjectOfCare:
    """The patient looks, or who signs for them. Opens with the custodian *care of patient*."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """A treating colleague asked. Opens with the custodian *care of patient*."""

    reference_id: str


@dataclass(frozen=True, slots=True)
class LegalOpening:
    """Two persons open what is in legal custody. Opens with the custodian *legal custody*."""

    request_id: str


Ground: TypeAlias = (
    CareRelationship | BreakGlass | CitedAgreement | SubjectOfCare | Consultation | LegalOpening
)


@dataclass(frozen=True, slots=True)
class Decision:
    """A permit with its ground, or a denial with every reason found, in the order of `Reason`.

    Raises `ContradictoryDecisionError` when built as anything else.
    """

    # INVARIANT: to permit is to have a ground; there is no other way to say it.
    ground: Ground | None
    reasons: tuple[Reason, ...] = ()
    obligations: frozenset[Obligation] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a permit with reasons against it, and a denial without any or with duties."""
        if (self.ground is None) is not bool(self.reasons):
            raise ContradictoryDecisionError
        if self.ground is None and self.obligations:
            raise ContradictoryDecisionError

    @property
    def permitted(self) -> bool:
        """Whether there is a ground."""
        return self.ground is not None

    def __bool__(self) -> bool:
        """A denial is false, so that a careless ``if decide(...)`` still fails closed."""
        return self.ground is not None

    def act_reason(self, purpose: Purpose) -> str | None:
        """The HL7 v3 ActReason code to record.

        BTG when glass was broken, PATRQT when the patient looks, else the purpose's.
        """
        if isinstance(self.ground, BreakGlass):
            return BREAK_GLASS_ACT_REASON
        if isinstance(self.ground, SubjectOfCare):
            return Purpose.PATIENT_REQUEST.act_reason
        return purpose.act_reason


CARE_GROUNDS: Final = {
    relationship: CareRelationship(relationship)
    for relationship in Relationship
    if relationship is not Relationship.NONE
}
BREAK_GLASS: Final = BreakGlass()
SUBJECT_OF_CARE: Final = SubjectOfCare()

_IN_ORDER: Final = tuple(Reason)


def conclude(
    ground: Ground | None, objections: Iterable[Reason], obligations: frozenset[Obligation]
) -> Decision:
    """Permit by `ground` if nothing objects; else deny with each objection once, in order.

    `ground` None without an objection denies as `fact-unknown`: default deny.
    """
    found = frozenset(objections)
    if ground is not None and not found:
        return Decision(ground, (), obligations)
    return Decision(None, tuple(filter(found.__contains__, _IN_ORDER)) or (Reason.FACT_UNKNOWN,))
