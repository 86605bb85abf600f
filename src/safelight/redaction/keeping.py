"""The sealed parts of a version: what was found, what is covered, what is left, and why."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from safelight.engines.imaging import RedactionPlan
from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.redaction.models import Redaction, RedactionState
from safelight.redaction.rules import Draft, Finding, Leftover, Sought
from safelight.release.errors import AccessRefusedError
from safelight.vault.fields import SealedFields, patient_fields
from safelight.vocabulary.photograph import PhotographState

_FINDINGS: Final = "redaction-findings"
_DRAFT: Final = "redaction-draft"
_CHECK: Final = "redaction-check"
_NOTE: Final = "redaction-sent-back"


def open_draft(asker: Asker, photograph: Photograph) -> Redaction:
    """The version that is being prepared, begun where there is none. Raises AccessRefusedError."""
    with transaction.atomic():
        lock_picture(photograph.id)
        known = draft_row(photograph.id)
        if known is not None:
            return known
        last = Redaction.objects.filter(photograph=photograph).aggregate(
            Max("number"), Max("version")
        )
        return Redaction.objects.create(
            photograph=photograph,
            number=(last["number__max"] or 0) + 1,
            # INVARIANT: counted on, so that what stands on a screen never fits a later version.
            version=(last["version__max"] or 0) + 1,
            begun_by_id=asker.staff,
            begun_at=timezone.now(),
        )


def lock_picture(photograph: UUID) -> None:
    """The picture's row first, so that of two who act at once the second sees what the first did.

    Raises AccessRefusedError if the picture was moved to another record meanwhile.
    """
    # Without the key: who signs for this picture need not wait, since they change nothing in it.
    row = Photograph.objects.select_for_update(no_key=True).get(id=photograph)
    if row.state != PhotographState.VERIFIED:
        raise AccessRefusedError


def draft_row(photograph: UUID) -> Redaction | None:
    return _row(photograph, RedactionState.DRAFT)


def in_use(photograph: UUID) -> Redaction | None:
    """The approved version, if the picture has one."""
    return _row(photograph, RedactionState.APPROVED)


def _row(photograph: UUID, state: RedactionState) -> Redaction | None:
    rows = Redaction.objects.select_related("photograph", "approved_by", "saved_by")
    return rows.filter(photograph=photograph, state=state.value).first()


def objects_of(row: Redaction) -> list[UUID]:
    """The sealed objects of a version, in both sizes."""
    return [item for item in (row.display, row.thumbnail) if item]


def fields_of(row: Redaction) -> SealedFields:
    return patient_fields(row.photograph.patient_id)


def seal_findings(row: Redaction, sought: Sought) -> None:
    data = {"findings": [item.to_data() for item in sought.findings], "is_done": sought.is_done}
    row.sealed_findings = fields_of(row).seal_data(_FINDINGS, row.id, data)


def findings_kept(row: Redaction) -> Sought | None:
    """None until somebody looked; without findings when nothing was found."""
    if not row.sealed_findings:
        return None
    data = fields_of(row).unseal_data(_FINDINGS, row.id, row.sealed_findings)
    findings = tuple(Finding.from_data(item) for item in data["findings"])
    # Lists that were kept before looks came in two steps are of one look at everything.
    return Sought(findings, is_done=data.get("is_done", True) is True)


def seal_draft(row: Redaction, draft: Draft) -> None:
    row.sealed_draft = fields_of(row).seal_data(_DRAFT, row.id, draft.to_data())


def draft_of(row: Redaction) -> Draft:
    if not row.sealed_draft:
        return Draft()
    return Draft.from_data(fields_of(row).unseal_data(_DRAFT, row.id, row.sealed_draft))


def plan_of(row: Redaction) -> RedactionPlan:
    return draft_of(row).plan


def seal_leftovers(row: Redaction, left: Sequence[Leftover]) -> None:
    data = {"left": [item.to_data() for item in left]}
    row.sealed_check = fields_of(row).seal_data(_CHECK, row.id, data)


def leftovers_kept(row: Redaction) -> tuple[Leftover, ...]:
    if not row.sealed_check:
        return ()
    data = fields_of(row).unseal_data(_CHECK, row.id, row.sealed_check)
    return tuple(Leftover.from_data(item) for item in data["left"])


def seal_note(row: Redaction, note: str) -> None:
    row.sealed_sent_back = fields_of(row).seal(_NOTE, row.id, note)


def note_of(row: Redaction) -> str:
    sealed = bytes(row.sealed_sent_back)
    return fields_of(row).unseal(_NOTE, row.id, sealed) if sealed else ""
