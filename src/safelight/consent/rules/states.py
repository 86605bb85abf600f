"""What may become of an agreement, as data. docs/reference/agreement-states.md is drawn from it."""

from collections.abc import Mapping
from typing import Final

from safelight.consent.errors import TransitionRefusedError
from safelight.engines.policy import AgreementStatus

# FHIR R4 Consent.status, http://hl7.org/fhir/consent-state-codes
TRANSITIONS: Final[Mapping[tuple[AgreementStatus, AgreementStatus], str]] = {
    (AgreementStatus.DRAFT, AgreementStatus.PROPOSED): "the pictures are put before the signer",
    (AgreementStatus.PROPOSED, AgreementStatus.ACTIVE): "signed with yes",
    (AgreementStatus.PROPOSED, AgreementStatus.REJECTED): "signed with no",
    (
        AgreementStatus.ACTIVE,
        AgreementStatus.INACTIVE,
    ): "withdrawn, expired or superseded, or without a key after a restore",
    (AgreementStatus.DRAFT, AgreementStatus.INACTIVE): "closed before the pictures were there",
    (AgreementStatus.PROPOSED, AgreementStatus.INACTIVE): "closed before it was answered",
    (AgreementStatus.DRAFT, AgreementStatus.ENTERED_IN_ERROR): "a mistake",
    (AgreementStatus.PROPOSED, AgreementStatus.ENTERED_IN_ERROR): "a mistake",
    (AgreementStatus.ACTIVE, AgreementStatus.ENTERED_IN_ERROR): "a mistake",
    (AgreementStatus.REJECTED, AgreementStatus.ENTERED_IN_ERROR): "a mistake",
    (AgreementStatus.INACTIVE, AgreementStatus.ENTERED_IN_ERROR): "a mistake",
}


def require_transition(before: AgreementStatus, after: AgreementStatus) -> None:
    """Raises TransitionRefusedError for a step that the table does not know."""
    if (before, after) not in TRANSITIONS:
        raise TransitionRefusedError


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", "    [*] --> draft"]
    lines += [
        f"    {_name(before)} --> {_name(after)}: {why}"
        for (before, after), why in TRANSITIONS.items()
    ]
    return "\n".join(lines)


def _name(status: AgreementStatus) -> str:
    return status.value.replace("-", "_")
