"""Which pictures stand in which proposal."""

from uuid import UUID

from safelight.consent.models import ProposedPicture


def is_in_proposal(proposal: UUID, photograph: UUID) -> bool:
    """Whether this very picture is put before the proposal's signer now."""
    return ProposedPicture.objects.filter(
        proposal=proposal, photograph=photograph, removed_at=None
    ).exists()
