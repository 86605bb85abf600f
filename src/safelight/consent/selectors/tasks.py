"""What consent asks of a clinician: for the patients they treat, and in time.

Every list is read for all patients at once; how many queries that takes does not depend on how
many patients there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from safelight.consent.models import (
    Agreement,
    AgreementImage,
    PatientAccess,
    PatientQuestion,
    Proposal,
    ProposalState,
)
from safelight.consent.rules.dates import majority_on
from safelight.consent.selectors.proposals import ListedProposal, listed
from safelight.consent.services.wishing import open_wish_count
from safelight.consent.visits import locked_accesses
from safelight.engines.policy import AgreementStatus
from safelight.institution.selectors import current_house, current_policy
from safelight.patients.models import Encounter, EncounterStatus, Patient
from safelight.patients.selectors import KnownPatient, known_patients
from safelight.people.asker import Asker
from safelight.people.relationships import departments_of, patients_of
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

OPEN = (ProposalState.DRAFT, ProposalState.PROPOSED)


@dataclass(frozen=True)
class AskAgain:
    """Agreements of one request that end, or whose signer speaks no longer, on `due`."""

    proposal: UUID
    patient: UUID
    due: date
    uses: tuple[tuple[Purpose, Audience], ...]
    photographs: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class ConsentTasks:
    """`patients` holds whoever the lists speak of, by the record that they are kept in. PHI."""

    patients: Mapping[UUID, KnownPatient]
    locked: list[ListedProposal]
    to_check: list[ListedProposal]
    waiting: list[ListedProposal]
    signed_today: list[ListedProposal]
    ending: list[AskAgain]
    authority: list[AskAgain]
    proxies: list[UUID]


def consent_tasks(asker: Asker) -> ConsentTasks:
    """Everything at hand for the patients whom the asker treats."""
    kept_in = records_of_treated(asker)
    requests = [_kept(item, kept_in) for item in listed(_at_hand(kept_in))]
    agreements = list(_to_look_at(kept_in))
    involved = {item.patient for item in requests} | {kept_in[row.patient_id] for row in agreements}
    known = {item.id: item for item in known_patients(involved)}
    return ConsentTasks(
        patients=known,
        locked=[item for item in requests if item.is_locked],
        to_check=[item for item in requests if item.state == ProposalState.TO_CHECK],
        waiting=[item for item in requests if item.state in OPEN and not item.is_locked],
        signed_today=[item for item in requests if item.state == ProposalState.SIGNED],
        ending=_grouped(_ends(agreements), kept_in),
        authority=_grouped(_ends_of_authority(agreements, kept_in, known), kept_in),
        proxies=_decided_by_proxies(agreements, kept_in),
    )


def consent_task_count(asker: Asker) -> int:
    """How much waits for somebody to act, for a badge: links, papers, questions, wishes for more
    covering and agreements that run out. Birthdays are sealed, and not looked at for a badge.
    """
    records = list(records_of_treated(asker))
    papers = Proposal.objects.filter(patient__in=records, state=ProposalState.TO_CHECK.value)
    questions = PatientQuestion.objects.filter(patient__in=records, answered_at=None)
    ending = _active(records).filter(ends_on__lte=_soon())
    return (
        _locked().filter(patient__in=records).values("proposal").distinct().count()
        + papers.exclude(attested_by=asker.staff).count()
        + questions.count()
        + open_wish_count(records)
        + ending.values("proposal").distinct().count()
    )


def records_of_treated(asker: Asker) -> dict[UUID, UUID]:
    """Each record of the patients whom the asker treats, or did until a few days ago, and where
    it is kept now; the same bounds as the care relationship itself.
    """
    if not (asker.is_clinical and asker.is_usable):
        return {}
    since = timezone.now() - timedelta(days=current_policy().after_discharge_days)
    lately = Encounter.objects.filter(
        status=EncounterStatus.FINISHED,
        ended_at__gt=since,
        department__in=departments_of(asker.staff),
    )
    treated = patients_of(asker.staff) | set(lately.values_list("patient", flat=True))
    family = Q(id__in=treated, merged_into=None) | Q(merged_into__in=treated)
    rows = Patient.objects.filter(family).values_list("id", "merged_into")
    return {record: merged_into or record for record, merged_into in rows}


def _at_hand(records: Iterable[UUID]) -> QuerySet[Proposal, UUID]:
    """What is open, waits to be checked, was signed today, or has a link that is locked."""
    midnight = timezone.localtime(timezone=current_house().zone).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    is_open = Q(state__in=[*OPEN, ProposalState.TO_CHECK])
    is_signed_today = Q(state=ProposalState.SIGNED, signed_at__gte=midnight)
    is_locked = Q(id__in=_locked().values("proposal"))
    rows = Proposal.objects.filter(is_open | is_signed_today | is_locked)
    return rows.filter(patient__in=list(records)).values_list("id", flat=True)


def _locked() -> QuerySet[PatientAccess]:
    """Links that guesses have locked, and that somebody still needs."""
    return locked_accesses().exclude(proposal__state=ProposalState.CLOSED.value)


def _kept(item: ListedProposal, kept_in: Mapping[UUID, UUID]) -> ListedProposal:
    return replace(item, patient=kept_in[item.patient])


def _active(records: Iterable[UUID]) -> QuerySet[Agreement]:
    """Agreements in force that are not asked about again already."""
    again = Agreement.objects.filter(
        patient=OuterRef("patient"),
        purpose=OuterRef("purpose"),
        audience=OuterRef("audience"),
        status__in=[AgreementStatus.DRAFT.value, AgreementStatus.PROPOSED.value],
    )
    rows = Agreement.objects.filter(patient__in=list(records), status=AgreementStatus.ACTIVE.value)
    return rows.filter(~Exists(again)).order_by("ends_on", "id")


def _to_look_at(records: Iterable[UUID]) -> QuerySet[Agreement]:
    """Those that end soon, and those that somebody else than the patient agreed to."""
    others = [SignerRole.GUARDIAN.value, SignerRole.PROXY.value]
    by_others = Q(proposal__signer_role__in=others)
    rows = _active(records).filter(Q(ends_on__lte=_soon()) | by_others)
    return rows.select_related("proposal")


def _soon() -> date:
    return _today() + timedelta(days=current_policy().ask_again_days)


def _today() -> date:
    return timezone.localtime(timezone=current_house().zone).date()


def _ends(rows: Iterable[Agreement]) -> list[tuple[Agreement, date]]:
    soon = _soon()
    return [(row, row.ends_on) for row in rows if row.ends_on and row.ends_on <= soon]


def _ends_of_authority(
    rows: Iterable[Agreement], kept_in: Mapping[UUID, UUID], known: Mapping[UUID, KnownPatient]
) -> list[tuple[Agreement, date]]:
    """Who signed will not speak for the patient much longer, or does so no more."""
    found, soon = [], _soon()
    for row in rows:
        patient = known.get(kept_in[row.patient_id])
        on = _end_of_authority(row, patient.identity.birth_date if patient else None)
        if on is not None and on <= soon:
            found.append((row, on))
    return found


def _end_of_authority(row: Agreement, birth_date: date | None) -> date | None:
    if row.authority_ended_at is not None:
        return timezone.localtime(row.authority_ended_at, current_house().zone).date()
    if row.proposal.signer_role == SignerRole.GUARDIAN and birth_date is not None:
        return majority_on(birth_date, current_policy().majority_age)
    return None


def _grouped(due: Sequence[tuple[Agreement, date]], kept_in: Mapping[UUID, UUID]) -> list[AskAgain]:
    """One line for each request, the most urgent first."""
    pictures = _pictures(row for row, _on in due)
    groups: dict[UUID, list[tuple[Agreement, date]]] = defaultdict(list)
    for row, on in due:
        groups[row.proposal_id].append((row, on))
    found = [
        AskAgain(
            proposal=proposal,
            patient=kept_in[rows[0][0].patient_id],
            due=min(on for _row, on in rows),
            uses=tuple((Purpose(row.purpose), Audience(row.audience)) for row, _on in rows),
            photographs=tuple(pictures.get(proposal, ())),
        )
        for proposal, rows in groups.items()
    ]
    return sorted(found, key=lambda item: item.due)


def _pictures(rows: Iterable[Agreement]) -> dict[UUID, list[UUID]]:
    """What the agreements still list, by request."""
    listed_now = AgreementImage.objects.filter(agreement__in=[row.id for row in rows])
    found: dict[UUID, list[UUID]] = defaultdict(list)
    pairs = listed_now.filter(ended_at=None).values_list("agreement__proposal", "photograph")
    for proposal, photograph in pairs.distinct():
        found[proposal].append(photograph)
    return found


def _decided_by_proxies(rows: Iterable[Agreement], kept_in: Mapping[UUID, UUID]) -> list[UUID]:
    """Patients for whom somebody with authority decided, and still may."""
    found = [
        kept_in[row.patient_id]
        for row in rows
        if row.proposal.signer_role == SignerRole.PROXY and row.authority_ended_at is None
    ]
    return list(dict.fromkeys(found))
