"""Break-glass review: who opened a record they had no relationship to, why, and what they saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from safelight.audit.models import EventObject
from safelight.audit.services import Entry, record, record_durably
from safelight.people.asker import Asker
from safelight.people.models import BreakGlassSession, DepartmentMembership
from safelight.vault.fields import SealedFields, fields_of_patients, patient_fields
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import BreakGlassReason
from safelight.vocabulary.purposes import BREAK_GLASS_ACT_REASON, Purpose
from safelight.vocabulary.roles import Role

# Of those that are done, the page shows the latest; of those that wait, all.
LIMIT = 200
OPENINGS = (
    EventTag.PHOTOGRAPH_DISPLAY_VIEWED.value,
    EventTag.PHOTOGRAPH_ORIGINAL_VIEWED.value,
    EventTag.PHOTOGRAPH_THUMBNAIL_VIEWED.value,
)


class ReviewRefusedError(SafelightError):
    code = "review-refused"
    message = "This session cannot be reviewed: it is open still, reviewed already, or not there."


@dataclass(frozen=True)
class BreakGlassReview:
    """One break-glass session as the privacy officer reads it. PHI: text and note may hold some."""

    id: UUID
    started_at: datetime
    who: str
    department: str
    reason: str
    text: str
    pictures_opened: int
    state: str
    reviewed_by: str
    reviewed_at: datetime | None
    note: str


def break_glass_reviews(asker: Asker) -> list[BreakGlassReview]:
    """Sessions to review first, then those that are open, then those that are done."""
    if not _may_review(asker):
        return []
    sessions = BreakGlassSession.objects.select_related("staff", "reviewed_by")
    unreviewed = sessions.filter(reviewed_at=None).order_by("started_at")
    reviewed = sessions.exclude(reviewed_at=None).order_by("-reviewed_at")[:LIMIT]
    rows = [*unreviewed, *reviewed]
    record_durably(
        Entry(
            tag=EventTag.PEOPLE_BREAK_GLASS_READ,
            actor=asker.staff,
            purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
            objects=tuple(row.id for row in rows),
        )
    )
    fields = fields_of_patients({row.patient_id for row in rows})
    departments = _departments([row.staff_id for row in rows])
    reviews = [
        _review(row, fields[row.patient_id], departments.get(row.staff_id, ""))
        for row in rows
        if row.patient_id in fields
    ]
    return sorted(reviews, key=lambda item: ("waiting", "open", "reviewed").index(item.state))


def _may_review(asker: Asker) -> bool:
    return asker.role is Role.PRIVACY_OFFICER and asker.is_usable


def count_to_review() -> int:
    now = timezone.now()
    return BreakGlassSession.objects.filter(reviewed_at=None, ends_at__lte=now).count()


def _departments(staff: Sequence[UUID]) -> dict[UUID, str]:
    rows = DepartmentMembership.objects.filter(staff__in=staff, ends_at=None)
    return dict(rows.values_list("staff", "department__name"))


def _review(row: BreakGlassSession, fields: SealedFields, department: str) -> BreakGlassReview:
    note = bytes(row.sealed_review)
    return BreakGlassReview(
        id=row.id,
        started_at=row.started_at,
        who=row.staff.display_name,
        department=department,
        reason=BreakGlassReason(row.reason).display,
        text=fields.unseal("break-glass", row.id, row.sealed_text),
        pictures_opened=_opened_pictures(row),
        state=_state(row),
        reviewed_by=row.reviewed_by.display_name if row.reviewed_by else "",
        reviewed_at=row.reviewed_at,
        note=fields.unseal("break-glass-review", row.id, note) if note else "",
    )


def _state(row: BreakGlassSession) -> str:
    if row.reviewed_at:
        return "reviewed"
    return "open" if row.ends_at > timezone.now() else "waiting"


def _opened_pictures(row: BreakGlassSession) -> int:
    """Different pictures whose bytes left under this session."""
    told = EventObject.objects.filter(
        event__actor=row.staff_id,
        event__subject=row.patient_id,
        event__purpose=BREAK_GLASS_ACT_REASON,
        event__tag__in=OPENINGS,
        event__recorded_at_ms__gte=int(row.started_at.timestamp() * 1000),
        event__recorded_at_ms__lte=int(row.ends_at.timestamp() * 1000),
    )
    return told.values("object_id").distinct().count()


def review_break_glass(asker: Asker, session: UUID, note: str) -> None:
    """Note what the review found; once, after the session has ended, by a privacy officer."""
    with transaction.atomic():
        row = (
            BreakGlassSession.objects.select_for_update()
            .filter(id=session, reviewed_at=None, ends_at__lte=timezone.now())
            .first()
        )
        if row is None or not note.strip() or not _may_review(asker):
            raise ReviewRefusedError
        fields = patient_fields(row.patient_id)
        row.reviewed_by_id, row.reviewed_at = asker.staff, timezone.now()
        row.sealed_review = fields.seal("break-glass-review", row.id, note.strip())
        row.save()
        record(
            Entry(
                tag=EventTag.PEOPLE_BREAK_GLASS_REVIEWED,
                actor=asker.staff,
                subject=row.patient_id,
                purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
                objects=(row.id,),
                details={"note": note.strip()},
            )
        )
