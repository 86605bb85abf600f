"""Asking a colleague about pictures of a patient whom the asker treats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consulting.errors import AskingRefusedError
from safelight.consulting.looking import is_of, use_for
from safelight.consulting.models import ColleagueQuestion, QuestionPicture
from safelight.consulting.rules import ASKED_FOR, MOST_PICTURES, end_after, written
from safelight.consulting.seals import seal_question, seal_terms
from safelight.engines.policy import ReferenceFacts, ReferenceState
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.people.colleagues import can_be_asked, teams
from safelight.photos.selectors import PhotographView, photographs
from safelight.release.access import OpenRecord, open_record
from safelight.release.references import Look, may_show
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import OpeningReason, PhotographState
from safelight.vocabulary.purposes import Purpose


@dataclass(frozen=True, kw_only=True)
class NewQuestion:
    """What is asked, of one colleague or of one department. PHI: the text.

    `days` None: as long as the institution's shares last. `reason` is needed for an intimate or
    forensic picture, and kept.
    """

    patient: UUID
    photographs: Sequence[UUID]
    text: str
    colleague: UUID | None = None
    department: UUID | None = None
    purpose: Purpose = Purpose.TREATMENT
    days: int | None = None
    reason: OpeningReason | None = None


def ask_colleague(asker: Asker, new: NewQuestion) -> UUID:
    """Raises AccessRefusedError unless the asker may open the record now, and AskingRefusedError,
    NothingWrittenError or TooMuchWrittenError, each with what would mend it.
    """
    opened = open_record(asker, new.patient)
    text = written(new.text)
    _require_somebody(asker, new)
    pictures = _pictures(asker, opened, new)
    needs_reason = any(item.is_hidden for item in pictures)
    now, policy = timezone.now(), current_policy()
    days = policy.share_days if new.days is None else new.days
    row = ColleagueQuestion(
        id=uuid4(),
        patient_id=opened.patient.id,
        purpose=new.purpose.value,
        asked_by_id=asker.staff,
        asked_at=now,
        ends_at=end_after(now, now, days, policy.longest_share_days),
        colleague_id=new.colleague,
        department_id=new.department,
        opening_reason=new.reason.value if needs_reason and new.reason else "",
    )
    row.sealed_question = seal_question(row.patient_id, row.id, text)
    _keep(row, [item.id for item in pictures], opened)
    return row.id


def _require_somebody(asker: Asker, new: NewQuestion) -> None:
    if (new.colleague is None) is (new.department is None):
        raise AskingRefusedError("Choose one colleague, or one department.")
    if new.colleague == asker.staff:
        raise AskingRefusedError("Choose somebody else than yourself.")
    if new.colleague is not None and not can_be_asked(new.colleague):
        raise AskingRefusedError("This colleague cannot be asked. Choose a clinician.")
    known = {team.id for team in teams(besides=asker.staff)}
    if new.department is not None and new.department not in known:
        raise AskingRefusedError("Nobody of this department can answer. Choose another.")
    if new.purpose not in ASKED_FOR:
        raise AskingRefusedError("A colleague is not asked for this purpose.")


def _pictures(asker: Asker, opened: OpenRecord, new: NewQuestion) -> list[PhotographView]:
    """In the order of the choice: each verified, of this patient, and open to the question."""
    known = {item.id: item for item in photographs(new.photographs)}
    wanted = list(dict.fromkeys(new.photographs))
    found = [known[item] for item in wanted if item in known]
    if not found or len(found) != len(wanted):
        raise AskingRefusedError("Choose the pictures to ask about.")
    if len(found) > MOST_PICTURES:
        raise AskingRefusedError(f"Ask about at most {MOST_PICTURES} pictures at once.")
    for item in found:
        if not is_of(item.id, opened.patient.id) or item.state is not PhotographState.VERIFIED:
            raise AskingRefusedError("Choose pictures of this patient that are verified.")
        _require_open(asker, item, new)
    return found


def _require_open(asker: Asker, item: PhotographView, new: NewQuestion) -> None:
    """What the gate would say to the colleague is said to the asker, before anything is sent."""
    facts = ReferenceFacts(
        reference_id=str(uuid4()),
        state=ReferenceState.IN_FORCE,
        lists_photograph=True,
        is_admitted=True,
        reason_stated=new.reason is not None,
    )
    look = Look(
        use=use_for(new.purpose),
        facts=facts,
        photograph=item.id,
        viewer=asker.staff,
        staff=asker.facts,
    )
    decision = may_show(look)
    if item.is_hidden and new.reason is None:
        raise AskingRefusedError("Say why an intimate or forensic picture is shown.")
    if not decision:
        raise AskingRefusedError(" ".join(reason.sentence for reason in decision.reasons))


def _keep(row: ColleagueQuestion, pictures: Sequence[UUID], opened: OpenRecord) -> None:
    with transaction.atomic():
        row.sealed_terms = b""
        row.save(force_insert=True)
        QuestionPicture.objects.bulk_create(
            QuestionPicture(question=row, photograph_id=item, position=position)
            for position, item in enumerate(pictures)
        )
        row.sealed_terms = seal_terms(row)
        row.save(update_fields=["sealed_terms"])
        record(
            Entry(
                tag=EventTag.CONSULTING_QUESTION_ASKED,
                actor=row.asked_by_id,
                subject=row.patient_id,
                purpose=_told_purpose(row, opened),
                objects=(row.id, *pictures),
                details={
                    "use": row.purpose,
                    "colleague": str(row.colleague_id or ""),
                    "department": str(row.department_id or ""),
                    "days": (row.ends_at - row.asked_at) // timedelta(days=1),
                    "reason": row.opening_reason,
                },
            )
        )


def _told_purpose(row: ColleagueQuestion, opened: OpenRecord) -> str:
    """For treatment as the record was opened: BTG where glass was broken."""
    purpose = Purpose(row.purpose)
    if purpose is Purpose.TREATMENT:
        return opened.purpose
    return purpose.act_reason or purpose.value
