"""The signer wants more of a picture covered before they decide about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.errors import PictureGoneError, WishRefusedError
from safelight.consent.models import ProposalState, ProposedPicture
from safelight.consent.services.deciding import open_proposal_row, read_answers, save_answers
from safelight.consent.visits import Visit
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState

SHORTEST_WISH: Final = 3
LONGEST_WISH: Final = 500


@dataclass(frozen=True)
class Wish:
    """What a signer wants covered, in their own words. PHI."""

    photograph: UUID
    patient: UUID
    text: str
    wished_at: datetime


def wish_for_covering(visit: Visit, photograph: UUID, words: str) -> None:
    """Ask for more to be covered; the picture is not used until they saw it covered.

    Raises WishRefusedError for words that say nothing, PictureGoneError, AlreadySignedError.
    """
    text = " ".join(words.split())
    if not SHORTEST_WISH <= len(text) <= LONGEST_WISH:
        raise WishRefusedError
    with transaction.atomic():
        row = open_proposal_row(visit)
        listed = row.pictures.select_for_update().filter(photograph=photograph, removed_at=None)
        picture = listed.first()
        if picture is None:
            raise PictureGoneError
        picture.wished_at, picture.wish_met_at = timezone.now(), None
        picture.sealed_wish = patient_fields(row.patient_id).seal(
            "covering-wish", _bound_to(picture), text
        )
        picture.save(update_fields=["wished_at", "wish_met_at", "sealed_wish"])
        save_answers(row, read_answers(row).without_picture(photograph))
        record(
            Entry(
                tag=EventTag.CONSENT_COVERING_WISHED,
                actor=visit.access,
                subject=row.patient_id,
                objects=(row.id, photograph),
            )
        )


def open_wishes(photograph: UUID) -> list[Wish]:
    """What signers asked for about this picture and have not been shown yet, oldest first."""
    return [_read(row) for row in _open().filter(photograph=photograph)]


def wishes_where(may_be_told: Callable[[UUID], bool]) -> list[Wish]:
    """The open wishes of every patient about whom the caller may be told."""
    return [_read(row) for row in _open() if may_be_told(row.proposal.patient_id)]


def open_wish_count(records: Iterable[UUID]) -> int:
    """How many wishes about these patients' pictures are open; none is read for that."""
    return _open().filter(proposal__patient__in=list(records)).count()


def _open() -> QuerySet[ProposedPicture]:
    rows = ProposedPicture.objects.select_related("proposal").filter(
        removed_at=None,
        wished_at__isnull=False,
        wish_met_at=None,
        proposal__state=ProposalState.PROPOSED,
        photograph__state=PhotographState.VERIFIED.value,  # one that was moved away is prepared anew
    )
    return rows.order_by("wished_at")


def _read(row: ProposedPicture) -> Wish:
    patient = row.proposal.patient_id
    text = patient_fields(patient).unseal("covering-wish", _bound_to(row), row.sealed_wish)
    assert row.wished_at is not None
    return Wish(row.photograph_id, patient, text, row.wished_at)


def _bound_to(row: ProposedPicture) -> UUID:
    """Both the request and the picture, so that no wish can be put beside another picture."""
    return UUID(int=row.proposal_id.int ^ row.photograph_id.int)
