"""What consent still holds of pictures that leave the record: hashes, wishes, small pictures in copies."""

from collections.abc import Collection
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.models import CopyDocument, Proposal, ProposalState, ProposedPicture
from safelight.vocabulary.events import EventTag

_UNDECIDED = (ProposalState.DRAFT.value, ProposalState.PROPOSED.value)


def forget_shown(photographs: Collection[UUID]) -> None:
    """What was on the signer's screen, and what they wanted covered; in the caller's transaction.

    Whoever is still to sign is asked about them no more.
    """
    rows = ProposedPicture.objects.filter(photograph__in=photographs)
    rows.update(sealed_shown=b"", sealed_wish=b"")
    waiting = rows.filter(removed_at=None, proposal__state__in=_UNDECIDED)
    for row in list(waiting.select_related("proposal")):
        rows.filter(id=row.id).update(removed_at=timezone.now())
        Proposal.objects.filter(id=row.proposal_id).update(draft_version=F("draft_version") + 1)
        record(
            Entry(
                tag=EventTag.CONSENT_PICTURES_CHANGED,
                actor=None,
                subject=row.proposal.patient_id,
                objects=(row.proposal_id, row.photograph_id),
            )
        )


def copies_with(photographs: Collection[UUID]) -> list[UUID]:
    """The patient's copies that show one of these pictures, or say what it shows."""
    rows = CopyDocument.objects.filter(proposal__pictures__photograph__in=photographs)
    return list(rows.distinct().values_list("id", flat=True))


def forget_copies(documents: list[UUID]) -> None:
    """In the caller's transaction; a copy is made anew, without the picture, when it is asked for."""
    CopyDocument.objects.filter(id__in=documents).delete()


def signed_papers(photographs: list[UUID]) -> set[UUID]:
    """Which of these are no pictures of a body but of a form that was signed on paper."""
    rows = Proposal.objects.filter(paper__in=photographs)
    return {row.paper_id for row in rows if row.paper_id is not None}
