"""When more of a picture is covered: what was agreed to goes on with that form, and no other.

An agreement to a form covers a form that shows less of the same picture. It never works the other
way round: what was covered when the patient signed stays covered.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.models import (
    Agreement,
    AgreementImage,
    Proposal,
    ProposalState,
    ProposedPicture,
)
from safelight.consent.services.ending import tidy_keys
from safelight.engines.policy import AgreementStatus
from safelight.patients.models import Patient
from safelight.patients.selectors import surviving_patient
from safelight.photos.forms import objects_for_use
from safelight.vault.custodians import Holder, drop_agreement_grants, hand_over
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import AS_TAKEN, COVERED, Rendition

_SAME_SIZE = {
    Rendition.REDACTED: (AS_TAKEN.large.value, COVERED.large.value),
    Rendition.REDACTED_THUMBNAIL: (AS_TAKEN.small.value, COVERED.small.value),
}


_UNSIGNED = (ProposalState.PROPOSED.value, ProposalState.TO_CHECK.value)


def follow_form(photograph: UUID, *, owner: UUID, made_at: datetime, actor: UUID) -> None:
    """Let agreements and open requests go on with the picture's new form, in the open transaction.

    INVARIANT: the caller has made sure that the new form shows no pixel which the one before hid.
    Whoever is being asked looks again before they sign. A wish for more covering is met, if it was
    there before the new form was made at `made_at`.
    """
    asking = _lock_requests(photograph)
    # As whoever signs does, and in the same order.
    Patient.objects.select_for_update(no_key=True).get(id=surviving_patient(owner))
    objects = objects_for_use(photograph)
    # Nobody has agreed to this form yet: what opens it was handed out by an approval that failed.
    drop_agreement_grants(objects.values())
    for agreement in _agreements_to(photograph):
        _grow(agreement, photograph, objects, owner, actor)
    wishes = ProposedPicture.objects.filter(photograph=photograph, wish_met_at=None)
    wishes.filter(wished_at__lte=made_at).update(wish_met_at=timezone.now())
    asked = Proposal.objects.filter(id__in=asking, state=ProposalState.PROPOSED)
    asked.update(draft_version=F("draft_version") + 1)


def _lock_requests(photograph: UUID) -> list[UUID]:
    """The requests about this picture that are not signed yet; nobody signs them from here on.

    INVARIANT: whoever signs holds their request until the agreement is in force. So either it is
    in force when agreements are looked up after this, or its signer is told to look again.
    """
    listed = ProposedPicture.objects.filter(photograph=photograph, removed_at=None)
    rows = Proposal.objects.select_for_update().filter(
        id__in=listed.values("proposal"), state__in=_UNSIGNED
    )
    return list(rows.order_by("id").values_list("id", flat=True))


def _agreements_to(photograph: UUID) -> list[UUID]:
    """Those in force that list the picture; whoever takes one back waits until this is done."""
    listed = AgreementImage.objects.filter(photograph=photograph, ended_at=None)
    rows = Agreement.objects.select_for_update().filter(
        id__in=listed.values("agreement"), status=AgreementStatus.ACTIVE.value
    )
    return list(rows.order_by("id").values_list("id", flat=True))


def _grow(
    agreement: UUID, photograph: UUID, objects: Mapping[str, UUID], owner: UUID, actor: UUID
) -> None:
    hand_over(
        list(objects.values()),
        Holder(CustodianKind.CARE, owner),
        Holder(CustodianKind.AGREEMENT, agreement),
    )
    before = list(
        AgreementImage.objects.select_for_update(of=("self",)).filter(
            agreement=agreement, photograph=photograph, ended_at=None
        )
    )
    AgreementImage.objects.filter(id__in=[row.id for row in before]).update(ended_at=timezone.now())
    AgreementImage.objects.bulk_create(
        AgreementImage(
            agreement_id=agreement,
            photograph_id=photograph,
            rendition=rendition,
            object_id=object_id,
            grown_from=_signed_for(before, Rendition(rendition)),
        )
        for rendition, object_id in objects.items()
    )
    transaction.on_commit(lambda: tidy_keys(agreement), robust=True)
    _record(before[0], photograph, actor)


def _signed_for(before: Sequence[AgreementImage], rendition: Rendition) -> UUID:
    """The object of this size that the signer saw, through however many forms it has gone."""
    row = next(item for item in before if item.rendition in _SAME_SIZE[rendition])
    return row.grown_from or row.object_id


def _record(row: AgreementImage, photograph: UUID, actor: UUID) -> None:
    record(
        Entry(
            tag=EventTag.CONSENT_AGREEMENT_FORM_FOLLOWED,
            actor=actor,
            subject=row.agreement.patient_id,
            purpose=row.agreement.purpose,
            objects=(row.agreement_id, photograph),
        )
    )
