"""What the pages about consent show, as plain values. PHI throughout."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelight.consent.selectors.proposals import (
    AskedAgreement,
    Invited,
    KnownProposal,
    ListedProposal,
)
from safelight.engines.policy import AgreementStatus
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.signers import SignerRole

STATES: Final = {
    "draft": gettext_lazy("Waits for pictures"),
    "proposed": gettext_lazy("Waits for the signature"),
    "to-check": gettext_lazy("Signed on paper, waits to be checked"),
    "signed": gettext_lazy("Signed"),
    "closed": gettext_lazy("Closed"),
}
ANSWERS: Final = {
    AgreementStatus.DRAFT: gettext_lazy("Not asked yet"),
    AgreementStatus.PROPOSED: gettext_lazy("Not answered yet"),
    AgreementStatus.ACTIVE: gettext_lazy("Yes"),
    AgreementStatus.REJECTED: gettext_lazy("No"),
    AgreementStatus.INACTIVE: gettext_lazy("No longer"),
    AgreementStatus.ENTERED_IN_ERROR: gettext_lazy("Entered in error"),
}
HELPERS: Final = {
    "interpreter": gettext_lazy("Interpreter"),
    "witness": gettext_lazy("Witness"),
    "chaperone": gettext_lazy("Chaperone"),
}


def audience_words(audience: Audience, people: int | None) -> str:
    """Who will see it, and how many at the most."""
    words = _(audience.display)
    if not people or people == 1:
        return words
    return _("%(audience)s, up to %(people)s") % {"audience": words, "people": people}


@dataclass(frozen=True)
class AgreementCard:
    """One use, and the answer to it."""

    id: UUID
    use: str
    audience: str
    named: str
    status: str
    answer: str
    until: date | None
    why: str


def agreement_card(item: AskedAgreement) -> AgreementCard:
    return AgreementCard(
        id=item.id,
        use=_(item.purpose.display),
        audience=audience_words(item.audience, item.people),
        named=item.named,
        status=item.status.value,
        answer=str(ANSWERS[item.status]),
        until=item.ends_on if item.status is AgreementStatus.ACTIVE else None,
        why=_why(item),
    )


def _why(item: AskedAgreement) -> str:
    if item.ended_because:
        return _(item.ended_because.display)
    if item.has_authority_ended and item.status is AgreementStatus.ACTIVE:
        return _("The patient decides again: ask them anew")
    return ""


@dataclass(frozen=True, kw_only=True)
class ProposalCard:
    """One request for consent."""

    id: UUID
    state: str
    state_label: str
    is_open: bool
    language: str
    style: str
    signer: str
    signer_role: str
    authority: str
    helpers: list[tuple[str, str]]
    asked_by: str
    created_at: datetime
    taking: str
    taking_at: datetime | None
    signed_at: datetime | None
    picture_count: int
    agreements: list[AgreementCard]
    invited: Invited | None


def proposal_card(known: KnownProposal) -> ProposalCard:
    return ProposalCard(
        id=known.id,
        state=known.state.value,
        state_label=str(STATES[known.state.value]),
        is_open=known.is_open,
        language=LANGUAGES.get(known.language, known.language),
        style=_(known.style.display),
        signer=known.people["signer"],
        signer_role="" if known.signer_role is SignerRole.PATIENT else _(known.signer_role.display),
        authority=known.people["authority"],
        helpers=[
            (str(label), known.people[name])
            for name, label in HELPERS.items()
            if known.people[name]
        ],
        asked_by=known.asked_by_name,
        created_at=known.created_at,
        taking=_(known.taking.display) if known.taking else "",
        taking_at=known.taking_at,
        signed_at=known.signed_at,
        picture_count=len(known.pictures),
        agreements=[agreement_card(item) for item in known.agreements],
        invited=known.invited,
    )


@dataclass(frozen=True)
class RequestLine:
    """One request for consent in the list of a patient's."""

    id: UUID
    state: str
    state_label: str
    at: datetime
    picture_count: int
    is_locked: bool


def request_lines(listed: Iterable[ListedProposal]) -> list[RequestLine]:
    return [
        RequestLine(
            item.id,
            item.state.value,
            str(STATES[item.state.value]),
            item.signed_at or item.created_at,
            item.picture_count,
            item.is_locked,
        )
        for item in listed
    ]
