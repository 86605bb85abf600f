"""Pictures that are shared with Rhea, by the real verbs."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from tests.consenting import (
    agreement_to,
    answer_all,
    approved_form,
    look_at_all,
    sign_now,
    visit_to,
)

from safelight.consent.models import FormVersion
from safelight.consent.services.proposing import AskedUse, NewProposal, People, start_proposal
from safelight.consent.visits import Visit
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.sharing.guests import Guest, find_guest, link_letters
from safelight.sharing.models import Opening, Share
from safelight.sharing.services.entering import enter
from safelight.sharing.services.giving import GivenCode, NewShare, give
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.notices import MailNotSentError, Notice
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.vocabulary.signers import SignerRole

RHEA = "Rhea Lindqvist, Invented University Hospital"
ADDRESS = "rhea@recipient.example"
QUESTION = "Would you excise it, or wait?"


def agreed(
    asker: Asker,
    patient: UUID,
    photographs: Sequence[UUID],
    named: str = RHEA,
    purpose: Purpose = Purpose.SECOND_OPINION,
    signer: SignerRole = SignerRole.PATIENT,
) -> Visit:
    """The patient, or who signs for them, agreed to a second opinion by Rhea; the visit goes on."""
    if not FormVersion.objects.filter(state="approved").exists():
        approved_form()
    authority = "" if signer is SignerRole.PATIENT else "Parent"
    proposal = start_proposal(
        asker,
        NewProposal(
            patient=patient,
            uses=[AskedUse(purpose, USUAL_AUDIENCE[purpose], named)],
            language="en",
            style=TextStyle.STANDARD,
            signer_role=signer,
            people=People(signer="Petra Okonjo-Müller", authority=authority, chaperone="Bob"),
            photographs=photographs,
        ),
    )
    visit = visit_to(asker, proposal)
    look_at_all(visit)
    answer_all(visit, [purpose])
    sign_now(visit)
    return visit


def wanted(visit: Visit, photographs: Sequence[UUID], **changes: Any) -> NewShare:
    usual = {
        "agreement": agreement_to(visit, Purpose.SECOND_OPINION).id,
        "photographs": tuple(photographs),
        "address": ADDRESS,
        "question": QUESTION,
        "days": 7,
        "openings": 20,
    }
    return NewShare(**{**usual, **changes})


def shared(asker: Asker, visit: Visit, photographs: Sequence[UUID], **changes: Any) -> GivenCode:
    return give(asker, visit.patient, wanted(visit, photographs, **changes))


def come_in(given: GivenCode, zone: str = "") -> Guest:
    """Rhea opens the link and types the code."""
    guest = find_guest(enter(link_letters(given.share), given.code, zone))
    assert guest is not None
    return guest


def grow_idle(guest: Guest) -> None:
    """Nobody touched this opening for longer than the institution allows."""
    idle = timedelta(minutes=current_policy().portal_idle_minutes + 1)
    Opening.objects.filter(id=guest.opening).update(last_active_at=timezone.now() - idle)


def row_of(given: GivenCode) -> Share:
    return Share.objects.select_related("agreement").get(id=given.share)


class Outbox:
    """A post that keeps what it is given, or a mail server that is down."""

    def __init__(self, *, is_down: bool = False) -> None:
        self.is_down = is_down
        self.notices: list[Notice] = []

    def send(self, notice: Notice) -> None:
        if self.is_down:
            raise MailNotSentError
        self.notices.append(notice)


def codes_on(page: str) -> str:
    """The code that the sender's page shows once."""
    shown = re.search(r"data-share-code>(.*?)</p>", page, re.DOTALL)
    assert shown, page
    return "".join(re.findall(r"\d+", shown[1]))
