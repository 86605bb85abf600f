"""Breaking glass, and what ties staff to patients."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record, record_durably
from safelight.engines.policy import decide_break_glass
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker, care_facts
from safelight.people.errors import BreakGlassRefusedError
from safelight.people.models import BreakGlassSession, CareAssignment
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import BreakGlassReason
from safelight.vocabulary.purposes import BREAK_GLASS_ACT_REASON


def break_glass(
    asker: Asker, patient: UUID, reason: BreakGlassReason | None, text: str
) -> BreakGlassSession:
    """Open a time-limited session for one patient; the privacy officer will see it.

    Raises BreakGlassRefusedError, with the event of the refusal recorded.
    """
    decision = decide_break_glass(asker.facts, care_facts(asker, patient).patient, reason, text)
    if not decision or reason is None:
        _refuse(asker, patient, [item.value for item in decision.reasons])
        raise BreakGlassRefusedError(" ".join(item.mend for item in decision.reasons))
    return _open_session(asker, patient, reason, text.strip())


def _refuse(asker: Asker, patient: UUID, reasons: list[str]) -> None:
    record_durably(
        Entry(
            tag=EventTag.PEOPLE_BREAK_GLASS_REFUSED,
            actor=asker.staff,
            subject=patient,
            purpose=BREAK_GLASS_ACT_REASON,
            outcome=Outcome.DENIED,
            details={"reasons": reasons},
        )
    )


def _open_session(
    asker: Asker, patient: UUID, reason: BreakGlassReason, text: str
) -> BreakGlassSession:
    session, now = uuid4(), timezone.now()
    with transaction.atomic():
        row = BreakGlassSession.objects.create(
            id=session,
            staff_id=asker.staff,
            patient_id=patient,
            reason=reason.value,
            sealed_text=patient_fields(patient).seal("break-glass", session, text),
            started_at=now,
            ends_at=now + timedelta(minutes=current_policy().break_glass_minutes),
        )
        record(
            Entry(
                tag=EventTag.PEOPLE_BREAK_GLASS_STARTED,
                actor=asker.staff,
                subject=patient,
                purpose=BREAK_GLASS_ACT_REASON,
                objects=(session,),
                details={"reason": reason.value, "text": text},
            )
        )
    return row


def end_break_glass(asker: Asker, patient: UUID) -> None:
    """Leave before the time is over; no error if there is nothing to leave."""
    now = timezone.now()
    with transaction.atomic():
        ended = BreakGlassSession.objects.filter(
            staff=asker.staff, patient=patient, ends_at__gt=now
        ).update(ends_at=now)
        if ended:
            record(
                Entry(
                    tag=EventTag.PEOPLE_BREAK_GLASS_ENDED,
                    actor=asker.staff,
                    subject=patient,
                    purpose=BREAK_GLASS_ACT_REASON,
                )
            )


def assign(
    staff: UUID,
    patient: UUID,
    *,
    actor: UUID | None,
    starts_at: datetime,
    encounter: UUID | None = None,
    ends_at: datetime | None = None,
) -> None:
    """Tie a member of staff to a patient by name, or to one of their encounters."""
    with transaction.atomic():
        CareAssignment.objects.create(
            staff_id=staff,
            patient_id=patient,
            encounter_id=encounter,
            starts_at=starts_at,
            ends_at=ends_at,
        )
        record(
            Entry(
                tag=EventTag.PEOPLE_ASSIGNMENT_MADE,
                actor=actor,
                subject=patient,
                details={"staff": str(staff), "encounter": str(encounter or "")},
            )
        )
