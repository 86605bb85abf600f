"""The certificate: what was taken back and what became of it, in the patient's words, bound into the log.

The first is made as soon as all that needs nobody is done; another whenever a line has ended since,
and when what the law kept is erased after its time.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from safelight.audit.log import sequence_waiting
from safelight.audit.receipts import certified_objects, receipt
from safelight.audit.services import Entry, record
from safelight.consent.errors import NoFormError
from safelight.consent.rules.form import Contact
from safelight.consent.selectors.forms import current_form
from safelight.institution.selectors import current_house, current_policy
from safelight.recall import certificate_words as words
from safelight.recall.certificate_lines import kept, lines_of, not_retractable
from safelight.recall.errors import CertificateNotReadyError
from safelight.recall.models import Certificate, Consequence, Withdrawal
from safelight.recall.services.cascade import close_if_settled
from safelight.release.patient_words import speaking
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.recall import SETTLED, ConsequenceKind, ConsequenceState, WithdrawalScope

USUAL_KEYSTORE_BACKUP_DAYS: Final = 7
"""For how long backups of keys are kept, while the institution has not said otherwise."""

MOST_PROVEN: Final = 49
"""Entries that one receipt holds besides the certifying one (receipt v1, section 3)."""

_log = logging.getLogger(__name__)
_ENDED = Q(state__in=[item.value for item in SETTLED])
_ERASED = Q(state=ConsequenceState.ERASED.value)
_SEALED = Q(state=ConsequenceState.SEALED.value)


def certify_due() -> int:
    """Write every certificate that is due; how many were."""
    due = _due().order_by("at").values_list("id", flat=True)
    return sum(_tried(item) for item in list(due))


def _tried(withdrawal: UUID) -> bool:
    """One that fails, such as without its patient's key, keeps no other patient from theirs."""
    try:
        return certify(withdrawal) is not None
    except Exception as error:  # noqa: BLE001 - it stays due, and is tried again
        _log.warning("a certificate met %s and waits", type(error).__name__)
        return False


def _due() -> QuerySet[Withdrawal]:
    lines = Consequence.objects.filter(withdrawal=OuterRef("id"))
    written = Certificate.objects.filter(withdrawal=OuterRef("id")).order_by("-number")
    ended = lines.filter(_ENDED).order_by().values("withdrawal")
    ends = ended.annotate(n=Count("id") + Count("id", filter=_ERASED)).values("n")
    rows = Withdrawal.objects.exclude(planned_at=None).exclude(
        Exists(lines.filter(state=ConsequenceState.WAITING.value))
    )
    rows = rows.annotate(
        ends=Coalesce(Subquery(ends, output_field=IntegerField()), 0),
        told=Subquery(written.values("ends_told")[:1], output_field=IntegerField()),
        is_told_over=Subquery(written.values("is_final")[:1]),
    )
    is_over = Q(closed_at__isnull=False) & ~Exists(lines.filter(_SEALED))
    return rows.filter(Q(told=None) | Q(ends__gt=F("told")) | (is_over & Q(is_told_over=False)))


def certify(withdrawal: UUID) -> Certificate | None:
    """Write the next certificate if there is something new to tell; None if there is not."""
    close_if_settled(withdrawal)
    with transaction.atomic():
        row = Withdrawal.objects.select_for_update().get(id=withdrawal)
        lines = list(row.consequences.all())
        is_waiting = any(line.state == ConsequenceState.WAITING for line in lines)
        if row.planned_at is None or is_waiting:
            return None
        last = row.certificates.order_by("-number").first()
        if last is not None and not _has_news(row, lines, last):
            return None
        return _write(row, lines, last.number + 1 if last else 1)


def newest_certificate(withdrawal: UUID) -> Certificate:
    """Written now where one is due. Raises CertificateNotReadyError while there is none."""
    made = certify(withdrawal)
    row = made or Certificate.objects.filter(withdrawal=withdrawal).order_by("-number").first()
    if row is None:
        raise CertificateNotReadyError
    return row


def statement_of(row: Certificate) -> dict[str, Any]:
    """The statement as it was certified. PHI. Raises KeyMissingError with the patient's record."""
    fields = patient_fields(row.withdrawal.patient_id)
    return fields.unseal_data("certificate", row.id, row.sealed_statement)


def receipt_of(row: Certificate) -> str:
    """The receipt, under the newest checkpoint; the log is signed over it first.

    Of many lines the first are proven one by one; all stand in the statement. Raises as
    `audit.receipts.receipt`.
    """
    sequence_waiting()
    statement = statement_of(row)
    proofs = (item["proof"] for item in statement["lines"])
    named = [UUID(item) for item in dict.fromkeys(proofs) if item]
    return receipt(statement, row.event, named[:MOST_PROVEN])


def _has_news(row: Withdrawal, lines: Sequence[Consequence], last: Certificate) -> bool:
    is_over_now = _is_over(row, lines) and not last.is_final
    return is_over_now or _ends(lines) > last.ends_told


def _ends(lines: Sequence[Consequence]) -> int:
    """Grows with each line that ends, and once more when what was kept under lock is erased."""
    ended = [line for line in lines if line.state in SETTLED]
    return len(ended) + sum(line.state == ConsequenceState.ERASED for line in ended)


def _is_over(row: Withdrawal, lines: Sequence[Consequence]) -> bool:
    is_locked = any(line.state == ConsequenceState.SEALED for line in lines)
    return row.closed_at is not None and not is_locked


def _write(row: Withdrawal, lines: Sequence[Consequence], number: int) -> Certificate:
    certificate, now = uuid4(), timezone.now()
    with speaking(row.language), timezone.override(current_house().zone):
        said = _statement(row, lines, number, now)
    entry = Entry(
        tag=EventTag.RECALL_CERTIFIED,
        actor=None,
        subject=row.patient_id,
        objects=certified_objects(row.patient_id, said),
        details={"withdrawal": str(row.id), "number": number},
    )
    record(entry)
    sealed = patient_fields(row.patient_id).seal_data("certificate", certificate, said)
    return Certificate.objects.create(
        id=certificate,
        withdrawal=row,
        number=number,
        event=entry.id,
        sealed_statement=sealed,
        made_at=now,
        ends_told=_ends(lines),
        is_final=_is_over(row, lines),
    )


def _statement(
    row: Withdrawal, lines: Sequence[Consequence], number: int, now: datetime
) -> dict[str, Any]:
    scope, contact = WithdrawalScope(row.scope), _contact()
    return {
        "hospital": current_house().name,
        "contact": contact.name,
        "phone": contact.phone,
        "language": row.language,
        "number": number,
        "withdrawal": str(row.id),
        "scope": scope.value,
        "scope_words": str(words.SCOPES[scope]),
        "effective_at": _moment(row.at),
        "issued_at": _moment(now),
        "lines": [_first(row, scope), *lines_of(lines)],
        "counts": list(_counts(lines)),
        "cannot_be_called_back": not_retractable(lines),
        "kept_by_law": kept(lines),
        "keystore_backup_days": _backup_days(),
        "is_final": _is_over(row, lines),
    }


def _first(row: Withdrawal, scope: WithdrawalScope) -> dict[str, str]:
    return {"line": words.taken_back(scope), "state": "withdrawn", "proof": str(row.event)}


def _counts(lines: Sequence[Consequence]) -> Iterator[Mapping[str, str | int]]:
    """Agreements apart: an erased key of one is not taken for an erased picture."""
    ended = [line for line in lines if _is_ended_agreement(line)]
    if ended:
        apart = words.agreements_ended(len(ended))
        yield {"state": ConsequenceState.ERASED.value, "words": apart, "count": len(ended)}
    found = Counter(line.state for line in lines if not _is_ended_agreement(line))
    for state, said in words.STATES.items():
        if found[state.value]:
            yield {"state": state.value, "words": str(said), "count": found[state.value]}


def _is_ended_agreement(line: Consequence) -> bool:
    is_agreement = line.kind == ConsequenceKind.AGREEMENT
    return is_agreement and line.state == ConsequenceState.ERASED


def _moment(at: datetime) -> str:
    """To the second, with the offset of the institution's zone."""
    return timezone.localtime(at).replace(microsecond=0).isoformat()


def _contact() -> Contact:
    """Whom the consent form in force tells patients to call."""
    try:
        return current_form().form.contact
    except NoFormError:
        return Contact()


def _backup_days() -> int:
    return int(getattr(current_policy(), "keystore_backup_days", USUAL_KEYSTORE_BACKUP_DAYS))
