"""Preparing a picture that was looked at: save what is to be covered, approve, have it confirmed.

Each verb decides whether the asker may work in the patient's record, by the policy and as for
treatment; what is refused looks like *missing*. Pixels come and go in `work`.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Detail, Entry, record
from safelight.consent.services.growing import follow_form
from safelight.engines.imaging import RedactionPlan, covers_at_least, fit
from safelight.engines.imaging.renditions import THUMBNAIL_SIDE
from safelight.people.asker import Asker
from safelight.photos.forms import drop_rendition, put_rendition, set_reviewers
from safelight.photos.models import Photograph, RenditionRow
from safelight.photos.services import StoredRendition
from safelight.redaction.errors import (
    ChangedMeanwhileError,
    LeftoverError,
    MalformedDraftError,
    NothingMoreError,
    NothingPreparedError,
    SamePersonError,
    StillLookingError,
    UncoveredError,
)
from safelight.redaction.keeping import (
    draft_of,
    findings_kept,
    in_use,
    leftovers_kept,
    lock_picture,
    objects_of,
    open_draft,
    plan_of,
    seal_draft,
    seal_leftovers,
    seal_note,
)
from safelight.redaction.looking import look, require_preparable
from safelight.redaction.models import Redaction, RedactionState
from safelight.redaction.rules import (
    Draft,
    Finding,
    require_decided,
    said,
    says_something,
    with_reasons,
)
from safelight.redaction.work import RESULT_TYPE, Result, cover
from safelight.vault import orphans
from safelight.vault.models import SealedObject
from safelight.vault.sealing import save_sealed
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Rendition


def save_draft(asker: Asker, photograph: UUID, draft: Draft) -> None:
    """Keep what is to be covered, and make the result that somebody will look at.

    Raises UncoveredError, NothingMoreError, UndecidedError, MalformedDraftError,
    StillLookingError, ChangedMeanwhileError, ScanFailedError, AccessRefusedError.
    """
    row = require_preparable(asker, photograph)
    fitted = Draft(fit(draft.plan, row.width, row.height), draft.kept, draft.answers)
    require_growth(row, fitted.plan)
    redaction = open_draft(asker, row)
    findings = _whole_search(asker, photograph, redaction)
    require_decided(fitted, findings)
    if {item.finding for item in fitted.kept} - {item.id for item in findings}:
        raise MalformedDraftError
    made = cover(asker, row, fitted, findings)
    try:
        _keep(asker, redaction, fitted, made)
    except SafelightError:
        orphans.discard([made.display.id, made.thumbnail.id])
        raise


def _whole_search(asker: Asker, photograph: UUID, draft: Redaction) -> tuple[Finding, ...]:
    """INVARIANT: nothing is decided about while part of the search is still to come."""
    begun = findings_kept(draft)
    if begun is not None and not begun.is_done:
        raise StillLookingError
    return look(asker, photograph)


def require_growth(photograph: Photograph, plan: RedactionPlan) -> None:
    """INVARIANT: a version hides every pixel that the version in use hides.

    And more than one that was sent back: nobody undoes a second person's word by asking again.
    """
    used = in_use(photograph.id)
    if used is None:
        return
    before, size = plan_of(used), (photograph.width, photograph.height)
    if not covers_at_least(plan, before, *size):
        raise UncoveredError
    if used.sent_back_at and covers_at_least(before, plan, *size):
        raise NothingMoreError


def _keep(asker: Asker, begun: Redaction, draft: Draft, made: Result) -> None:
    """Name the new objects and forget those of the result before, in one transaction."""
    with transaction.atomic():
        row = _lock(begun.photograph_id, RedactionState.DRAFT)
        if row is None or row.id != begun.id:
            raise ChangedMeanwhileError
        require_growth(row.photograph, draft.plan)
        before = objects_of(row)
        save_sealed(made.sealed)
        row.display, row.thumbnail = made.display.id, made.thumbnail.id
        row.saved_by_id, row.version = asker.staff, row.version + 1
        seal_draft(row, draft)
        seal_leftovers(row, made.leftovers)
        row.save()
        put_rendition(row.photograph_id, made.display)
        SealedObject.objects.filter(id__in=before).delete()
        transaction.on_commit(lambda: orphans.discard(before), robust=True)
        _record(
            EventTag.PHOTOGRAPH_REDACTION_PREPARED,
            asker,
            row,
            {"masks": len(draft.plan.masks), "left": len(made.leftovers)},
        )


def approve(asker: Asker, photograph: UUID, version: int, reasons: Mapping[str, str]) -> None:
    """Let this result be the form in which the picture is used beyond care, from the commit on.

    `version` is that of the result on the asker's screen; `reasons` say for each thing that is
    still found why it may stay. Raises LeftoverError, ChangedMeanwhileError, NothingPreparedError,
    UncoveredError, NothingMoreError, StillLookingError, AccessRefusedError.
    """
    require_preparable(asker, photograph)
    with transaction.atomic():
        row = _locked(photograph, RedactionState.DRAFT)
        if row.display is None or row.thumbnail is None:
            raise NothingPreparedError
        if row.version != version:
            raise ChangedMeanwhileError
        require_growth(row.photograph, plan_of(row))
        found = findings_kept(row)
        if found is None or not found.is_done:
            raise StillLookingError
        left = with_reasons(leftovers_kept(row), {key: said(text) for key, text in reasons.items()})
        if not all(says_something(item.reason) for item in left):
            raise LeftoverError
        seal_leftovers(row, left)
        _put_in_use(asker, row)
        follow_form(
            photograph,
            owner=row.photograph.patient_id,
            made_at=SealedObject.objects.get(id=row.display).created_at,
            actor=asker.staff,
        )
        _record(
            EventTag.PHOTOGRAPH_REDACTION_APPROVED,
            asker,
            row,
            {
                "number": row.number,
                "masks": len(draft_of(row).plan.masks),
                "left": len(left),
                "reasons": [item.reason for item in left],
            },
        )


def _put_in_use(asker: Asker, row: Redaction) -> None:
    earlier = Redaction.objects.filter(photograph=row.photograph_id, state=RedactionState.APPROVED)
    earlier.update(state=RedactionState.REPLACED)
    row.state, row.version = RedactionState.APPROVED.value, row.version + 1
    row.approved_by_id, row.approved_at = asker.staff, timezone.now()
    row.save()
    large = RenditionRow.objects.get(
        photograph=row.photograph_id, rendition=Rendition.REDACTED_DRAFT.value
    )
    size = (large.width, large.height)
    drop_rendition(row.photograph_id, Rendition.REDACTED_DRAFT)
    _name(row.photograph_id, row.display, Rendition.REDACTED, size)
    _name(row.photograph_id, row.thumbnail, Rendition.REDACTED_THUMBNAIL, _small(size))


def _name(
    photograph: UUID, object_id: UUID | None, rendition: Rendition, size: tuple[int, int]
) -> None:
    assert object_id is not None
    stored = StoredRendition(
        id=object_id,
        rendition=rendition,
        media_type=RESULT_TYPE,
        width=size[0],
        height=size[1],
    )
    put_rendition(photograph, stored, reviewers=1)


def _small(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, THUMBNAIL_SIDE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def confirm(asker: Asker, photograph: UUID, version: int) -> None:
    """A second person has looked at the approved form and finds it good.

    Raises SamePersonError, ChangedMeanwhileError, NothingPreparedError, AccessRefusedError.
    """
    require_preparable(asker, photograph)
    with transaction.atomic():
        row = _to_confirm(asker, photograph, version)
        row.confirmed_by_id, row.confirmed_at = asker.staff, timezone.now()
        row.version += 1
        row.save()
        set_reviewers(photograph, 2)
        _record(EventTag.PHOTOGRAPH_REDACTION_CONFIRMED, asker, row, {"number": row.number})


def send_back(asker: Asker, photograph: UUID, version: int, why: str) -> None:
    """A second person wants more covered: until a newer version is approved, nobody uses it.

    Never back to the picture as taken, which shows more. Raises as `confirm`, and
    MalformedDraftError without a reason.
    """
    require_preparable(asker, photograph)
    reason = said(why)
    if not says_something(reason):
        raise MalformedDraftError("Say what is still to be covered.")
    with transaction.atomic():
        row = _to_confirm(asker, photograph, version)
        row.sent_back_by_id, row.sent_back_at = asker.staff, timezone.now()
        row.version += 1
        seal_note(row, reason)
        row.save()
        set_reviewers(photograph, 0)
        _record(EventTag.PHOTOGRAPH_REDACTION_SENT_BACK, asker, row, {"reason": reason})


def _to_confirm(asker: Asker, photograph: UUID, version: int) -> Redaction:
    row = _locked(photograph, RedactionState.APPROVED)
    if row.version != version or row.confirmed_at or row.sent_back_at:
        raise ChangedMeanwhileError
    if asker.staff in (row.approved_by_id, row.saved_by_id):
        raise SamePersonError
    return row


def _locked(photograph: UUID, state: RedactionState) -> Redaction:
    row = _lock(photograph, state)
    if row is None:
        raise NothingPreparedError
    return row


def _lock(photograph: UUID, state: RedactionState) -> Redaction | None:
    """The version in this state, nobody else's until the open transaction ends."""
    lock_picture(photograph)
    rows = Redaction.objects.select_for_update(of=("self",)).select_related("photograph")
    return rows.filter(photograph=photograph, state=state.value).first()


def _record(tag: EventTag, asker: Asker, row: Redaction, details: Mapping[str, Detail]) -> None:
    record(
        Entry(
            tag=tag,
            actor=asker.staff,
            subject=row.photograph.patient_id,
            objects=(row.photograph_id, row.id),
            details=details,
        )
    )
