"""Sweeping: what an approval or a move that was cut short left in the keystore. Safe at any time."""

from uuid import UUID

from django.db import transaction

from safelight.photos.models import Photograph
from safelight.redaction.keeping import draft_row, objects_of
from safelight.redaction.models import Redaction, RedactionState
from safelight.redaction.moving import darken_moved
from safelight.vault.custodians import drop_agreement_grants, opened_by
from safelight.vault.kinds import CustodianKind


def sweep_prepared() -> int:
    """No agreement opens a draft, and nobody what was prepared of a picture that was moved away.

    Returns how many objects it took keys of.
    """
    return _take_back_drafts() + darken_moved()


def _take_back_drafts() -> int:
    """An approval hands out keys before it commits; one that failed leaves them with the draft."""
    drafts = {
        item: row.photograph_id
        for row in Redaction.objects.filter(state=RedactionState.DRAFT).exclude(display=None)
        for item in objects_of(row)
    }
    stray = opened_by(CustodianKind.AGREEMENT, drafts)
    for photograph in {drafts[item] for item in stray}:
        _take_back(photograph)
    return len(stray)


def _take_back(photograph: UUID) -> None:
    with transaction.atomic():
        # INVARIANT: whoever approves holds the picture's row until the draft is none any more.
        Photograph.objects.select_for_update(no_key=True).get(id=photograph)
        row = draft_row(photograph)
        if row is not None:
            drop_agreement_grants(objects_of(row))
