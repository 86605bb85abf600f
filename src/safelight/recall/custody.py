"""The end of pictures in the record: erased, or locked under legal custody. Only `recall` does this.

Every step may run again after a crash: keys first, then bytes, then rows; what is gone is no error.
"""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.forgetting import forget_descriptions_of
from safelight.audit.services import Entry, record
from safelight.capture.erasing import forget_uploads
from safelight.consent.erasing import copies_with, forget_copies, forget_shown
from safelight.library.recalling import forget_descriptions
from safelight.photos.models import Photograph
from safelight.photos.tombstones import (
    forget_forms,
    forms_of,
    originals_of,
    reduce_to_tombstones,
    with_earlier,
)
from safelight.recall.models import LegalCustody
from safelight.redaction.erasing import forget_prepared, prepared_objects
from safelight.release.reasons import forget_reasons
from safelight.vault.custodians import Holder, establish, hand_over, owners_who_open
from safelight.vault.fields import legal_fields, patient_fields
from safelight.vault.kinds import CustodianKind
from safelight.vault.orphans import discard
from safelight.vault.tombstones import destroy_grants
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState


def erase(photographs: Collection[UUID]) -> None:
    """Keys and bytes of every form destroyed; the rows are left as tombstones."""
    objects = set(forms_of(photographs)) | prepared_objects(photographs)
    documents = copies_with(photographs)
    discard([*objects, *documents])
    with transaction.atomic():
        _forget(photographs, objects, documents)
        LegalCustody.objects.filter(photograph__in=photographs).delete()
        reduce_to_tombstones(photographs, PhotographState.ERASED)


def record_erasure(photographs: Collection[UUID]) -> None:
    """An entry in a record which is of before they were taken back, and has no line of a withdrawal."""
    rows = Photograph.objects.filter(id__in=photographs)
    with transaction.atomic():
        for photograph, owner in rows.values_list("id", "patient"):
            objects = tuple(with_earlier([photograph]))
            tag = EventTag.PHOTOGRAPH_ERASED
            record(Entry(tag=tag, actor=None, subject=owner, objects=objects))
            forget_descriptions_of(objects)


def take_into_custody(keep_until: Mapping[UUID, date | None]) -> None:
    """The originals' keys go to legal custody and are taken from everybody; all else is destroyed."""
    rows = Photograph.objects.filter(id__in=list(keep_until))
    waiting = list(rows.exclude(state=PhotographState.LEGAL_CUSTODY.value))
    photographs = [row.id for row in waiting]
    originals = originals_of(photographs)
    move_keys(originals)
    others = (set(forms_of(photographs)) | prepared_objects(photographs)) - set(originals)
    documents = copies_with(photographs)
    discard([*others, *documents])
    with transaction.atomic():
        for row in waiting:
            _keep_label(row, keep_until[row.id])
        _forget(photographs, others, documents)
        reduce_to_tombstones(photographs, PhotographState.LEGAL_CUSTODY)


def move_keys(originals: Mapping[UUID, UUID]) -> None:
    """From care to legal custody; each original with the record that it came with.

    INVARIANT: at every moment somebody lawful can open each, and at the end only custody. An old
    keystore may be of before a picture was moved: then the key is with the record it was in.
    """
    with transaction.atomic(using="keystore"):
        givers = owners_who_open(CustodianKind.CARE, originals)
        for owner in set(originals.values()):
            legal = Holder(CustodianKind.LEGAL, owner)
            establish(legal.kind, legal.owner)
            theirs = [item for item, its_owner in originals.items() if its_owner == owner]
            for item in theirs:
                if having := givers.get(item):
                    giver = owner if owner in having else min(having)
                    hand_over([item], Holder(CustodianKind.CARE, giver), legal)
            destroy_grants(theirs, besides=(legal.kind, legal.owner))


def _keep_label(row: Photograph, keep_until: date | None) -> None:
    care = patient_fields(row.patient_id)
    said = bytes(row.sealed_description)
    label = {
        "taken_at": row.taken_at.isoformat(),
        "body_site": row.body_site,
        "laterality": row.laterality,
        "view": row.view,
        "sensitivity": row.sensitivity,
        "media_type": row.media_type,
        "orientation": row.orientation,
        "encounter": str(row.encounter_id or ""),
        "description": care.unseal("description", row.id, said) if said else "",
        "facts": care.unseal_data("facts", row.id, row.sealed_facts),
    }
    LegalCustody.objects.update_or_create(
        photograph=row,
        defaults={
            "owner": row.patient_id,
            "sealed_label": legal_fields(row.patient_id).seal_data("custody", row.id, label),
            "since": timezone.now(),
            "keep_until": keep_until,
        },
    )


def _forget(
    photographs: Collection[UUID], objects: Collection[UUID], documents: list[UUID]
) -> None:
    forget_forms([*objects, *documents])
    forget_copies(documents)
    forget_prepared(photographs)
    forget_shown(photographs)
    forget_uploads(photographs)
    forget_reasons(photographs)
    forget_descriptions(photographs)
