"""When more of a picture is covered: what was agreed to goes on with that form, and no other.

An agreement to a form covers a form that shows less of the same picture. It never works the other
way round: what was covered when the patient signed stays covered.
"""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.models import AgreementImage, Proposal, ProposalState, ProposedPicture
from safelight.consent.services.ending import tidy_keys
from safelight.engines.policy import AgreementStatus
from safelight.photos.forms import form_for_use, rendition_objects
from safelight.vault.custodians import Holder, hand_over
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import AS_TAKEN, COVERED, Rendition

_SAME_SIZE = {
    Rendition.REDACTED: (AS_TAKEN.large.value, COVERED.large.value),
    Rendition.REDACTED_THUMBNAIL: (AS_TAKEN.small.value, COVERED.small.value),
}


def follow_form(photograph: UUID, *, owner: UUID, actor: UUID) -> None:
    """Let agreements and open requests go on with the picture's new form, in the open transaction.

    INVARIANT: the caller has made sure that the new form shows no pixel which the one before hid.
    Whoever is being asked looks again before they sign; a wish for more covering is met.
    """
    for agreement in _agreements_to(photograph):
        _grow(agreement, photograph, owner, actor)
    pictures = ProposedPicture.objects.filter(photograph=photograph)
    pictures.filter(wished_at__isnull=False, wish_met_at=None).update(wish_met_at=timezone.now())
    asked = pictures.filter(removed_at=None, proposal__state=ProposalState.PROPOSED)
    Proposal.objects.filter(id__in=asked.values("proposal")).update(
        draft_version=F("draft_version") + 1
    )


def _agreements_to(photograph: UUID) -> list[UUID]:
    listed = AgreementImage.objects.filter(
        photograph=photograph, ended_at=None, agreement__status=AgreementStatus.ACTIVE.value
    )
    return sorted(set(listed.values_list("agreement", flat=True)))


def _grow(agreement: UUID, photograph: UUID, owner: UUID, actor: UUID) -> None:
    form = form_for_use(photograph)
    objects = rendition_objects(photograph, (form.large, form.small))
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
    transaction.on_commit(partial(tidy_keys, agreement), robust=True)
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
