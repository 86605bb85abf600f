"""Reads of what patients were asked, as plain values, for whoever treats them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.models import Agreement, AgreementImage, Proposal, ProposalState
from safelight.consent.records import people_of, recipient_name
from safelight.consent.rules.answers import Answers
from safelight.consent.services.deciding import read_answers
from safelight.consent.services.standing import require_proposal
from safelight.consent.visits import locked_accesses
from safelight.engines.policy import AgreementStatus
from safelight.people.asker import Asker
from safelight.photos.selectors import GONE
from safelight.vocabulary.agreements import AccessKind, EndReason, TakingAgreed
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole


@dataclass(frozen=True)
class AskedPicture:
    """A picture that is put before the signer, and whether what they agreed to leaves it out."""

    photograph: UUID
    is_left_out: bool


@dataclass(frozen=True)
class AskedAgreement:
    """One use that was asked for, and what became of it. PHI: `named`."""

    id: UUID
    purpose: Purpose
    audience: Audience
    people: int | None
    months: int | None
    named: str
    status: AgreementStatus
    ends_on: date | None
    ended_because: EndReason | None
    has_authority_ended: bool


@dataclass(frozen=True)
class Invited:
    """The newest link for the signer's own device."""

    expires_at: datetime
    is_locked: bool


@dataclass(frozen=True, kw_only=True)
class KnownProposal:
    """One asking of one patient as the treating team reads it. PHI: `people`.

    `attested` is what stands on a paper form, while that waits to be checked.
    """

    id: UUID
    patient: UUID
    state: ProposalState
    form: int
    language: str
    style: TextStyle
    signer_role: SignerRole
    people: Mapping[str, str]
    asked_by: UUID
    asked_by_name: str
    created_at: datetime
    taking: TakingAgreed | None
    taking_at: datetime | None
    signed_at: datetime | None
    closed_at: datetime | None
    attested_by: UUID | None
    paper: UUID | None
    paper_signed_on: date | None
    attested: Answers | None
    pictures: tuple[AskedPicture, ...]
    agreements: tuple[AskedAgreement, ...]
    invited: Invited | None

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed, put before the signer and answered."""
        return self.state in (ProposalState.DRAFT, ProposalState.PROPOSED)

    @property
    def is_signed(self) -> bool:
        return self.state == ProposalState.SIGNED


def open_proposal(asker: Asker, proposal: UUID) -> KnownProposal:
    """What was asked and answered; ProposalNotFoundError also for *not allowed*."""
    require_proposal(asker, proposal)
    row = Proposal.objects.select_related("asked_by").filter(id=proposal).first()
    if row is None:
        raise ProposalNotFoundError
    return _known(row)


def _known(row: Proposal) -> KnownProposal:
    agreements = row.agreements.order_by("id")
    return KnownProposal(
        id=row.id,
        patient=row.patient_id,
        state=ProposalState(row.state),
        form=row.form_id,
        language=row.language,
        style=TextStyle(row.style),
        signer_role=SignerRole(row.signer_role),
        people=people_of(row),
        asked_by=row.asked_by_id,
        asked_by_name=row.asked_by.display_name,
        created_at=row.created_at,
        taking=TakingAgreed(row.taking) if row.taking else None,
        taking_at=row.taking_at,
        signed_at=row.signed_at,
        closed_at=row.closed_at,
        attested_by=row.attested_by_id,
        paper=row.paper_id,
        paper_signed_on=row.paper_signed_on,
        attested=read_answers(row) if row.state == ProposalState.TO_CHECK else None,
        pictures=_pictures(row),
        agreements=tuple(sorted(map(_agreement, agreements), key=_nearness)),
        invited=_invited(row),
    )


def _still_there(path: str = "") -> Q:
    """Asked about, and not taken out of the record since: of that nothing is counted."""
    is_gone = Q(**{f"{path}photograph__state__in": GONE})
    return Q(**{f"{path}removed_at": None}) & ~is_gone


def _pictures(row: Proposal) -> tuple[AskedPicture, ...]:
    asked = row.pictures.filter(_still_there()).order_by("position", "id")
    agreed = AgreementImage.objects.filter(agreement__proposal=row)
    kept = set(agreed.values_list("photograph", flat=True))
    return tuple(
        AskedPicture(photograph, bool(kept) and photograph not in kept)
        for photograph in asked.values_list("photograph", flat=True)
    )


def _agreement(row: Agreement) -> AskedAgreement:
    return AskedAgreement(
        id=row.id,
        purpose=Purpose(row.purpose),
        audience=Audience(row.audience),
        people=row.people,
        months=row.months,
        named=recipient_name(row),
        status=AgreementStatus(row.status),
        ends_on=row.ends_on,
        ended_because=EndReason(row.ended_because) if row.ended_because else None,
        has_authority_ended=row.authority_ended_at is not None,
    )


def _nearness(agreement: AskedAgreement) -> tuple[int, str]:
    """From the use nearest to the bedside to the farthest, as forms ask."""
    return list(Purpose).index(agreement.purpose), agreement.named


def _invited(row: Proposal) -> Invited | None:
    links = row.accesses.filter(kind=AccessKind.LINK.value, ended_at=None)
    newest = links.filter(expires_at__gt=timezone.now()).order_by("-created_at").first()
    return Invited(newest.expires_at, newest.locked_at is not None) if newest else None


@dataclass(frozen=True)
class ListedProposal:
    """One line of a list: how far an asking has come, about how many pictures, and with how many
    uses that are agreed to now, and that were refused.
    """

    id: UUID
    patient: UUID
    state: ProposalState
    created_at: datetime
    signed_at: datetime | None
    picture_count: int
    yes_count: int
    no_count: int
    is_locked: bool
    attested_by: UUID | None = None


def proposals_of(patient: UUID) -> list[ListedProposal]:
    """What was asked of this patient, newest first; the caller may open the record."""
    family = Q(patient=patient) | Q(patient__merged_into=patient)
    return listed(Proposal.objects.filter(family).values_list("id", flat=True))


def listed(proposals: Iterable[UUID]) -> list[ListedProposal]:
    """These proposals, newest first."""
    rows = Proposal.objects.filter(id__in=list(proposals)).annotate(
        picture_count=Count("pictures", filter=_still_there("pictures__"), distinct=True),
        yes_count=_count_of(AgreementStatus.ACTIVE),
        no_count=_count_of(AgreementStatus.REJECTED),
    )
    found = rows.order_by("-created_at", "id")
    locked = set(locked_accesses().filter(proposal__in=found).values_list("proposal", flat=True))
    return [
        ListedProposal(
            row.id,
            row.patient_id,
            ProposalState(row.state),
            row.created_at,
            row.signed_at,
            row.picture_count,
            row.yes_count,
            row.no_count,
            row.id in locked,
            row.attested_by_id,
        )
        for row in found
    ]


def _count_of(status: AgreementStatus) -> Count:
    return Count("agreements", filter=Q(agreements__status=status.value), distinct=True)


def has_written_taking(patient: UUID) -> bool:
    """Whether this patient agreed in writing to pictures being taken, and is not asked no more."""
    family = Q(patient=patient) | Q(patient__merged_into=patient)
    noted = Proposal.objects.filter(family, taking=TakingAgreed.WRITTEN.value)
    return noted.exclude(state=ProposalState.CLOSED).exists()


def language_of(patient: UUID) -> str:
    """The language in which this patient was asked the last time; "" for never."""
    family = Q(patient=patient) | Q(patient__merged_into=patient)
    last = Proposal.objects.filter(family).order_by("-created_at").values_list("language").first()
    return str(last[0]) if last else ""


def proposals_of_agreements(agreements: Iterable[UUID]) -> dict[UUID, UUID]:
    """Where each agreement was asked for."""
    rows = Agreement.objects.filter(id__in=list(agreements))
    return dict(rows.values_list("id", "proposal"))
