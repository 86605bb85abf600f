"""What a signer may read of their own: agreements with what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from safelight.consent.models import Agreement, AgreementImage, Proposal, ProposalState
from safelight.consent.records import recipient_name
from safelight.consent.rules.dates import is_in_period
from safelight.consent.rules.form import Form, Paragraph, Use
from safelight.consent.rules.wording import use_wording
from safelight.consent.selectors.forms import form_version
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader
from safelight.engines.policy import AgreementStatus
from safelight.institution.selectors import current_house
from safelight.patients.selectors import surviving_patient
from safelight.vocabulary.agreements import EndReason
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.purposes import Purpose

_UNDECIDED = (AgreementStatus.DRAFT.value, AgreementStatus.PROPOSED.value)


class Standing(StrEnum):
    """What became of one agreement, as its signer is told."""

    IN_FORCE = "in-force"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"
    OVER = "over"
    REPLACED = "replaced"
    NOT_ANSWERED = "not-answered"
    PAUSED = "paused"
    """Who agreed may decide for the patient no more; the patient is asked anew."""
    MISTAKE = "mistake"


@dataclass(frozen=True)
class MyAgreement:
    """One agreement in the signer's words. PHI: `named`."""

    id: UUID
    purpose: Purpose
    heading: str
    text: str
    named: str
    standing: Standing
    decided_at: datetime | None
    until: date | None
    ended_at: datetime | None
    photographs: tuple[UUID, ...]

    @property
    def pictures(self) -> int:
        return len(self.photographs)

    @property
    def can_be_taken_back(self) -> bool:
        return self.standing in {Standing.IN_FORCE, Standing.PAUSED}


def my_agreements(reader: Reader) -> list[MyAgreement]:
    """What is in force first, then the newest; what is not decided yet is left out.

    The same scope as `ending.may_withdraw`: what was signed here, and for the patient in person
    everything of theirs.
    """
    today = timezone.localtime(timezone=current_house().zone).date()
    rows = _rows(reader).exclude(status__in=_UNDECIDED).select_related("proposal")
    listed = sorted(rows.order_by("-decided_at", "id"), key=_nearness)
    forms = {row.proposal.form_id for row in listed}
    known = {number: form_version(number).form for number in forms}
    lists = _photographs(listed)
    found = [
        _mine(row, known[row.proposal.form_id], reader, today, lists.get(row.id, ()))
        for row in listed
    ]
    return sorted(found, key=lambda item: not item.can_be_taken_back)


def _photographs(rows: Sequence[Agreement]) -> dict[UUID, tuple[UUID, ...]]:
    """What each agreement lists, whatever the rendition; one query for all of them."""
    images = AgreementImage.objects.filter(agreement__in=rows, ended_at=None)
    found: dict[UUID, dict[UUID, None]] = {}
    for agreement, photograph in images.order_by("id").values_list("agreement", "photograph"):
        found.setdefault(agreement, {})[photograph] = None
    return {agreement: tuple(photographs) for agreement, photographs in found.items()}


def uses_now(agreements: Iterable[MyAgreement]) -> dict[UUID, list[MyAgreement]]:
    """For each picture the agreements under which it may be used today."""
    found: dict[UUID, list[MyAgreement]] = {}
    for item in agreements:
        if item.standing is Standing.IN_FORCE:
            for photograph in item.photographs:
                found.setdefault(photograph, []).append(item)
    return found


@dataclass(frozen=True)
class MyCopy:
    """One request that was signed, of which there is a copy."""

    proposal: UUID
    signed_at: datetime


def my_copies(reader: Reader) -> list[MyCopy]:
    """The newest first; of what was signed here, and for the patient in person of everything."""
    rows = Proposal.objects.filter(state=ProposalState.SIGNED.value).exclude(signed_at=None)
    if reader.is_patient:
        rows = rows.filter(patient__in=records_of(surviving_patient(reader.patient)))
    else:
        rows = rows.filter(id=reader.proposal)
    found = rows.order_by("-signed_at", "id").values_list("id", "signed_at")
    return [MyCopy(proposal, signed_at) for proposal, signed_at in found if signed_at]


def _nearness(row: Agreement) -> int:
    """From near to far, as they were asked."""
    return list(Purpose).index(Purpose(row.purpose))


def my_agreement(reader: Reader, agreement: UUID) -> MyAgreement | None:
    """One of them; None if it is not theirs."""
    return next((item for item in my_agreements(reader) if item.id == agreement), None)


def _rows(reader: Reader) -> QuerySet[Agreement]:
    if not reader.is_patient:
        return Agreement.objects.filter(proposal=reader.proposal)
    return Agreement.objects.filter(patient__in=records_of(surviving_patient(reader.patient)))


def _mine(
    row: Agreement, form: Form, reader: Reader, today: date, photographs: tuple[UUID, ...]
) -> MyAgreement:
    said = _words(row, form, reader)
    return MyAgreement(
        id=row.id,
        purpose=Purpose(row.purpose),
        heading=said.heading,
        text=said.text,
        named=recipient_name(row),
        standing=_standing(row, today),
        decided_at=row.decided_at,
        until=row.ends_on,
        ended_at=row.ended_at,
        photographs=photographs,
    )


def _words(row: Agreement, form: Form, reader: Reader) -> Paragraph:
    """In the visit's words where that form has them, else in those that were signed."""
    use = Use(Purpose(row.purpose), Audience(row.audience), row.people, row.months)
    language, style = reader.language, reader.style
    if style not in form.texts.get(language, {}):
        language, style = row.proposal.language, TextStyle(row.proposal.style)
    named, house = recipient_name(row), current_house().name
    return use_wording(form, use, language, style, institution=house, named=named)


_ENDED: dict[str, Standing] = {
    EndReason.WITHDRAWN.value: Standing.TAKEN_BACK,
    EndReason.EXPIRED.value: Standing.OVER,
    EndReason.SUPERSEDED.value: Standing.REPLACED,
    EndReason.NOT_ANSWERED.value: Standing.NOT_ANSWERED,
}


def _standing(row: Agreement, today: date) -> Standing:
    status = AgreementStatus(row.status)
    if status is AgreementStatus.ACTIVE:
        return _active(row, today)
    if status is AgreementStatus.INACTIVE:
        return _ENDED.get(row.ended_because, Standing.OVER)
    return Standing.REFUSED if status is AgreementStatus.REJECTED else Standing.MISTAKE


def _active(row: Agreement, today: date) -> Standing:
    if not is_in_period(today, row.starts_on, row.ends_on):
        return Standing.OVER
    return Standing.PAUSED if row.authority_ended_at else Standing.IN_FORCE
