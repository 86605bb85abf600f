"""How agreements end: withdrawn, replaced, expired, or entered in error. True from the commit on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from safelight.audit.services import Entry, record
from safelight.consent.errors import (
    ProposalNotFoundError,
    TransitionRefusedError,
)
from safelight.consent.models import (
    Agreement,
    AgreementImage,
    PatientAccess,
    PatientSession,
    Proposal,
)
from safelight.consent.rules.states import require_transition
from safelight.consent.services.standing import lock_proposal, require_proposal, require_treating
from safelight.consent.terms import seal_end_of_authority
from safelight.consent.visits import Visit, is_alive
from safelight.engines.policy import AgreementStatus, Provision
from safelight.institution.selectors import current_house
from safelight.patients.models import Patient
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.vault.custodians import agreements_with_keys, granted_objects, shred_agreement
from safelight.vault.kinds import CustodianKind
from safelight.vault.tombstones import destroy_grants, destroyed_agreement_grants
from safelight.vocabulary.agreements import EndReason
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.signers import SignerRole

SHORTEST_NOTE, LONGEST_NOTE = 5, 500
_TAGS = {
    EndReason.WITHDRAWN: EventTag.CONSENT_AGREEMENT_WITHDRAWN,
    EndReason.EXPIRED: EventTag.CONSENT_AGREEMENT_EXPIRED,
    EndReason.SUPERSEDED: EventTag.CONSENT_AGREEMENT_SUPERSEDED,
    EndReason.RESTORED: EventTag.CONSENT_AGREEMENT_KEY_LOST,
}


def withdraw(visit: Visit, agreement: UUID) -> None:
    """The signer takes an agreement back. Taking back what is over already is no error."""
    with transaction.atomic():
        row = _locked(agreement)
        if row is None or not may_withdraw(visit, row) or not is_alive(visit):
            raise ProposalNotFoundError
        if row.status == AgreementStatus.ACTIVE:
            _end(row, EndReason.WITHDRAWN, actor=visit.access)


def end_agreements(
    agreements: Iterable[UUID], actor: UUID, details: Mapping[str, str] | None = None
) -> list[UUID]:
    """Take back those of these that are in force, in the open transaction; which they were.

    Who may is decided by the caller, who holds the patient's lock.
    """
    rows = Agreement.objects.select_for_update(of=("self",)).filter(
        id__in=list(agreements), status=AgreementStatus.ACTIVE.value
    )
    ended = list(rows.order_by("id"))
    for row in ended:
        _end(row, EndReason.WITHDRAWN, actor=actor, details=details)
    return [row.id for row in ended]


def end_pictures(
    photographs: Sequence[UUID],
    among: Iterable[UUID],
    actor: UUID,
    details: Mapping[str, str] | None = None,
) -> list[UUID]:
    """Take these pictures out of those agreements in force; which agreements listed one.

    An agreement that is left with none is over. In the open transaction, as `end_agreements`.
    """
    now = timezone.now()
    rows = Agreement.objects.select_for_update(of=("self",)).filter(
        id__in=list(among),
        status=AgreementStatus.ACTIVE.value,
        images__photograph__in=photographs,
        images__ended_at=None,
    )
    touched = {row.id: row for row in rows.order_by("id")}
    for row in touched.values():
        listed = AgreementImage.objects.filter(agreement=row, ended_at=None)
        listed.filter(photograph__in=photographs).update(ended_at=now)
        _record(EventTag.CONSENT_PICTURE_WITHDRAWN, row, actor, photographs, details)
        if listed.exists():
            _tidy_after_commit(row.id)
        else:
            _end(row, EndReason.WITHDRAWN, actor=actor, details=details)
    return list(touched)


def may_withdraw(visit: Visit, row: Agreement) -> bool:
    """Whoever signed, what they signed; the patient in person, everything that is theirs."""
    if row.proposal_id == visit.proposal:
        return True
    is_theirs = surviving_patient(row.patient_id) == surviving_patient(visit.patient)
    return visit.is_patient and is_theirs


def enter_in_error(asker: Asker, agreement: UUID) -> None:
    """Staff made a mistake (wrong patient, wrong signer): as if it had never been, and never deleted."""
    proposal = Agreement.objects.filter(id=agreement).values_list("proposal", flat=True).first()
    if proposal is None:
        raise ProposalNotFoundError
    require_proposal(asker, proposal)
    with transaction.atomic():
        lock_proposal(proposal)  # as whoever signs does, and in the same order
        row = _locked(agreement)
        if row is None:
            raise TransitionRefusedError
        require_transition(AgreementStatus(row.status), AgreementStatus.ENTERED_IN_ERROR)
        row.status, row.ended_at = AgreementStatus.ENTERED_IN_ERROR.value, timezone.now()
        row.save()
        # Whoever is about to sign looks again: one question is gone.
        Proposal.objects.filter(id=proposal).update(draft_version=F("draft_version") + 1)
        _record(EventTag.CONSENT_AGREEMENT_ENTERED_IN_ERROR, row, asker.staff)
        _tidy_after_commit(row.id)


def end_authority(asker: Asker, patient: UUID) -> int:
    """The patient can decide for themselves again: what a proxy agreed to waits to be asked anew."""
    current = require_treating(asker, patient)
    with transaction.atomic():
        rows = Agreement.objects.select_for_update(of=("self",)).filter(
            patient__in=records_of(current),
            proposal__signer_role=SignerRole.PROXY.value,
            status=AgreementStatus.ACTIVE.value,
            authority_ended_at=None,
        )
        found = list(rows)
        for row in found:
            row.sealed_terms = seal_end_of_authority(row)
            row.authority_ended_at = timezone.now()
            row.save(update_fields=["authority_ended_at", "sealed_terms"])
            _record(EventTag.CONSENT_AUTHORITY_ENDED, row, asker.staff)
        _shut_out_proxies(current)
    return len(found)


def _shut_out_proxies(patient: UUID) -> None:
    """Whoever spoke for the patient sees the patient's pictures no more."""
    theirs = PatientAccess.objects.filter(
        proposal__patient__in=records_of(patient),
        proposal__signer_role=SignerRole.PROXY.value,
        ended_at=None,
    )
    PatientSession.objects.filter(access__in=theirs).delete()
    theirs.update(ended_at=timezone.now())


def records_of(patient: UUID) -> list[UUID]:
    """The record and those that were merged into it."""
    merged = Patient.objects.filter(merged_into=patient).values_list("id", flat=True)
    return [patient, *merged]


def supersede(
    row: Proposal, agreements: Sequence[Agreement], photographs: Iterable[UUID], now: datetime
) -> None:
    """A newer word about the same picture, purpose, audience and recipient replaces the older one.

    Called in the signing transaction. Pictures that were not put before the signer this time stay
    as they were; an agreement that is left with none is over.
    """
    shown = list(photographs)
    current = surviving_patient(row.patient_id)
    # INVARIANT: of two words about one patient, one is the later: whoever signs second sees the first.
    Patient.objects.select_for_update(no_key=True).get(id=current)
    family = records_of(current)
    for agreement in agreements:
        older = Agreement.objects.select_for_update().filter(
            patient__in=family,
            purpose=agreement.purpose,
            audience=agreement.audience,
            recipient=agreement.recipient,
            status=AgreementStatus.ACTIVE.value,
            provision=agreement.provision,
        )
        for replaced in older.exclude(proposal=row):
            _end_images(replaced, shown, now)


def _end_images(agreement: Agreement, photographs: Sequence[UUID], now: datetime) -> None:
    listed = AgreementImage.objects.filter(agreement=agreement, ended_at=None)
    if not listed.filter(photograph__in=photographs).update(ended_at=now):
        return
    if listed.exists():
        _record(EventTag.CONSENT_AGREEMENT_SUPERSEDED, agreement, None, photographs)
        _tidy_after_commit(agreement.id)
    else:
        _end(agreement, EndReason.SUPERSEDED, actor=None)


def expire_due() -> int:
    """End what has run out on the institution's calendar; how many.

    The gate compares dates itself and needs nobody to run this; it is for keys and lists.
    """
    today = timezone.localtime(timezone=current_house().zone).date()
    due = Agreement.objects.filter(status=AgreementStatus.ACTIVE.value, ends_on__lt=today)
    ended = 0
    for agreement in list(due.values_list("id", flat=True)):
        with transaction.atomic():
            row = _locked(agreement)
            if row is not None and row.status == AgreementStatus.ACTIVE:
                _end(row, EndReason.EXPIRED, actor=None)
                ended += 1
    return ended


def end_without_keys() -> int:
    """After a restore: what has no key is in force no longer, whatever a row says; how many ended.

    A destroyed key means that the agreement had ended since the record was copied; one that the
    keystore never had means that it is lost. Both open nothing, so no list may show them.
    """
    permits = Agreement.objects.filter(
        status=AgreementStatus.ACTIVE.value, provision=Provision.PERMIT.value
    )
    lost = set(permits.values_list("id", flat=True)) - agreements_with_keys()
    for agreement in lost:
        with transaction.atomic():
            row = _locked(agreement)
            if row is not None and row.status == AgreementStatus.ACTIVE:
                _end(row, EndReason.RESTORED, actor=None)
    return len(lost) + _end_listed_without_keys()


def _end_listed_without_keys() -> int:
    """Pictures that a newer word took from an agreement leave its list again; how many."""
    listed = AgreementImage.objects.filter(
        ended_at=None, agreement__status=AgreementStatus.ACTIVE.value
    )
    gone = destroyed_agreement_grants()
    lost = [item for item in listed if (item.agreement_id, item.object_id) in gone]
    for item in lost:
        with transaction.atomic():
            row = _locked(item.agreement_id)
            ended = AgreementImage.objects.filter(id=item.id, ended_at=None)
            if row is not None and ended.update(ended_at=timezone.now()):
                _record(EventTag.CONSENT_AGREEMENT_KEY_LOST, row, None, [item.photograph_id])
    return len(lost)


def sweep_keys() -> int:
    """Finish what a crash left: no key for an agreement that permits nothing; how many were settled.

    Nor a grant for a picture that an agreement in force lists no more.
    """
    active = Agreement.objects.filter(status=AgreementStatus.ACTIVE.value)
    stray = agreements_with_keys() - set(active.values_list("id", flat=True))
    unsettled = stray | _with_stray_grants()
    for agreement in unsettled:
        with transaction.atomic():
            # INVARIANT: whoever signs holds the proposal's lock until the agreement is active.
            Proposal.objects.select_for_update().filter(agreements=agreement).first()
            tidy_keys(agreement)
    return len(unsettled)


def _with_stray_grants() -> set[UUID]:
    """Agreements in force that can still open a picture which a newer word took from them."""
    ended = AgreementImage.objects.filter(
        ended_at__isnull=False, agreement__status=AgreementStatus.ACTIVE.value
    )
    lost = set(ended.values_list("agreement", "object_id"))
    held = granted_objects({agreement for agreement, _ in lost})
    return {agreement for agreement, _ in lost & held}


def tidy_keys(agreement: UUID) -> None:
    """Let the keystore hold what the rows say, and nothing more."""
    status = Agreement.objects.filter(id=agreement).values_list("status", flat=True).first()
    if status != AgreementStatus.ACTIVE:
        shred_agreement(agreement)
        return
    ended = AgreementImage.objects.filter(agreement=agreement, ended_at__isnull=False)
    destroy_grants(ended.values_list("object_id", flat=True), (CustodianKind.AGREEMENT, agreement))


def _locked(agreement: UUID) -> Agreement | None:
    return Agreement.objects.select_for_update().filter(id=agreement).first()


def _end(
    row: Agreement,
    why: EndReason,
    *,
    actor: UUID | None,
    details: Mapping[str, str] | None = None,
) -> None:
    require_transition(AgreementStatus(row.status), AgreementStatus.INACTIVE)
    row.status = AgreementStatus.INACTIVE.value
    row.ended_at, row.ended_because = timezone.now(), why.value
    row.save(update_fields=["status", "ended_at", "ended_because"])
    _record(_TAGS[why], row, actor, details=details)
    _tidy_after_commit(row.id)


def _tidy_after_commit(agreement: UUID) -> None:
    """The row is what stops everybody, at the commit; the key goes right after it."""
    # A lambda: Django fails to name a partial that failed, and then it is not robust at all.
    transaction.on_commit(lambda: tidy_keys(agreement), robust=True)


def _record(
    tag: EventTag,
    row: Agreement,
    actor: UUID | None,
    photographs: Sequence[UUID] = (),
    details: Mapping[str, str] | None = None,
) -> None:
    record(
        Entry(
            tag=tag,
            actor=actor,
            subject=row.patient_id,
            purpose=row.purpose,
            objects=(row.id, *photographs),
            details=details or {},
            may_lack_details=True,  # INVARIANT: taking back waits for no key
        )
    )
