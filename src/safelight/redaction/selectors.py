"""What the pages of a preparation show, as plain values. Who may not see it sees *missing*."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from safelight.consent.selectors.tasks import records_of_treated
from safelight.consent.services.wishing import Wish, open_wishes, wishes_where
from safelight.engines.imaging import RedactionPlan
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.photos.models import RenditionRow
from safelight.photos.selectors import PhotographView
from safelight.redaction.errors import NothingPreparedError
from safelight.redaction.keeping import (
    draft_of,
    draft_row,
    findings_kept,
    in_use,
    leftovers_kept,
    note_of,
    plan_of,
)
from safelight.redaction.looking import require_preparable
from safelight.redaction.models import Redaction, RedactionState
from safelight.redaction.rules import Answered, Draft, Finding, Leftover, Sought, is_covered
from safelight.release.access import OpenRecord, can_open_record, open_photograph_record
from safelight.vocabulary.identifiability import Overlooked, Region
from safelight.vocabulary.photograph import PhotographState, Rendition
from safelight.vocabulary.purposes import BY_AGREEMENT, Purpose


@dataclass(frozen=True)
class Preparation:
    """One picture on its way to a covered form. PHI: the wishes, the note, the identity.

    `sought` is None until somebody looked. `draft` is where the page begins: what was saved, or
    the version in use. `floor` is what that version hides and every later one hides as well.
    """

    record: OpenRecord
    photograph: PhotographView
    sought: Sought | None
    draft: Draft | None
    floor: RedactionPlan
    wishes: Sequence[Wish]
    sent_back: str


@dataclass(frozen=True)
class DecidedFinding:
    """What became of something that was found. PHI: the reason."""

    finding: Finding
    is_covered: bool
    reason: str


@dataclass(frozen=True)
class Checked:
    """A result to look at before it is approved, or confirmed. PHI: the reasons.

    `width` and `height` are its own, `seen` is the part of the upright original that it shows,
    but for a few pixels along the sides that were cut.
    """

    record: OpenRecord
    photograph: PhotographView
    rendition: Rendition
    width: int
    height: int
    decided: tuple[DecidedFinding, ...]
    answers: Mapping[Overlooked, Answered]
    leftovers: tuple[Leftover, ...]
    masks: int
    is_cropped: bool
    seen: Region
    prepared_by: str
    approved_by: str
    approved_at: datetime | None
    needs_second_for: tuple[Purpose, ...]
    version: int


def preparation(asker: Asker, photograph: UUID) -> Preparation:
    """Where the page begins. Raises AccessRefusedError."""
    require_preparable(asker, photograph)
    record, found = open_photograph_record(asker, photograph)
    draft, used = draft_row(photograph), in_use(photograph)
    floor = plan_of(used) if used else RedactionPlan()
    return Preparation(
        record=record,
        photograph=found,
        sought=findings_kept(draft) if draft else None,
        draft=_begin_with(draft, used),
        floor=floor,
        wishes=open_wishes(photograph),
        sent_back=note_of(used) if used else "",
    )


def _begin_with(draft: Redaction | None, used: Redaction | None) -> Draft | None:
    if draft is not None and draft.sealed_draft:
        return draft_of(draft)
    if used is None:
        return None
    before = draft_of(used)
    # What was said of findings belongs to the looks of then; findings are made anew.
    return Draft(before.plan, (), before.answers)


def checked(asker: Asker, photograph: UUID) -> Checked:
    """The result of what was saved last. Raises NothingPreparedError, AccessRefusedError."""
    require_preparable(asker, photograph)
    return _checked(asker, draft_row(photograph), Rendition.REDACTED_DRAFT)


def second_view(asker: Asker, photograph: UUID) -> Checked:
    """The form in use, for whoever is to confirm it. Raises as `checked`."""
    require_preparable(asker, photograph)
    return _checked(asker, in_use(photograph), Rendition.REDACTED)


def _checked(asker: Asker, row: Redaction | None, rendition: Rendition) -> Checked:
    if row is None or row.display is None:
        raise NothingPreparedError
    record, found = open_photograph_record(asker, row.photograph_id)
    size = RenditionRow.objects.get(photograph=row.photograph_id, rendition=rendition.value)
    draft, sought = draft_of(row), findings_kept(row) or Sought()
    return Checked(
        record=record,
        photograph=found,
        rendition=rendition,
        width=size.width,
        height=size.height,
        decided=tuple(_decided(item, draft) for item in sought.findings),
        answers=draft.answers,
        leftovers=leftovers_kept(row),
        masks=len(draft.plan.masks),
        is_cropped=draft.plan.crop is not None,
        seen=draft.plan.crop or Region(0, 0, found.width, found.height),
        prepared_by=row.saved_by.display_name if row.saved_by else "",
        approved_by=row.approved_by.display_name if row.approved_by else "",
        approved_at=row.approved_at,
        needs_second_for=purposes_with_second_person(),
        version=row.version,
    )


def _decided(finding: Finding, draft: Draft) -> DecidedFinding:
    covered = is_covered(finding.region, draft.plan)
    return DecidedFinding(finding, covered, "" if covered else draft.reason_for(finding.id))


def purposes_with_second_person() -> tuple[Purpose, ...]:
    policy = current_policy()
    wanted = (item for item in Purpose if item in BY_AGREEMENT)
    return tuple(item for item in wanted if policy.reviewers_for(item) > 1)


@dataclass(frozen=True)
class ToConfirm:
    """An approved form that waits for a second person."""

    photograph: UUID
    patient: UUID
    approved_by: str
    approved_at: datetime | None


def waiting_for_second(asker: Asker) -> list[ToConfirm]:
    """What others approved in records that the asker may open, oldest first.

    What was prepared of a picture that was moved away waits for nobody.
    """
    rows = _to_confirm(asker).select_related("photograph", "approved_by").order_by("approved_at")
    return [
        ToConfirm(
            row.photograph_id,
            row.photograph.patient_id,
            row.approved_by.display_name if row.approved_by else "",
            row.approved_at,
        )
        for row in rows
        if can_open_record(asker, row.photograph.patient_id)
    ]


def second_look_count(asker: Asker) -> int:
    """How many of them are of patients whom the asker treats, for a badge on every page."""
    return _to_confirm(asker).filter(photograph__patient__in=records_of_treated(asker)).count()


def _to_confirm(asker: Asker) -> QuerySet[Redaction]:
    """Approved by others and looked at by no second person, where any use asks for one."""
    if not purposes_with_second_person():
        return Redaction.objects.none()
    rows = Redaction.objects.filter(
        state=RedactionState.APPROVED.value,
        photograph__state=PhotographState.VERIFIED.value,
        confirmed_at=None,
        sent_back_at=None,
    )
    return rows.exclude(approved_by=asker.staff).exclude(saved_by=asker.staff)


def wishes_at_hand(asker: Asker) -> list[Wish]:
    """What patients whose record the asker may open want covered, oldest first."""
    return wishes_where(lambda patient: can_open_record(asker, patient))


@dataclass(frozen=True)
class FormInUse:
    """What a picture's page says of its covered form."""

    approved_by: str
    approved_at: datetime | None
    is_confirmed: bool
    is_sent_back: bool


def form_in_use(photograph: UUID) -> FormInUse | None:
    """None where the picture is used as it was taken. The caller may open the record."""
    row = in_use(photograph)
    if row is None:
        return None
    name = row.approved_by.display_name if row.approved_by else ""
    return FormInUse(
        name, row.approved_at, row.confirmed_at is not None, row.sent_back_at is not None
    )
