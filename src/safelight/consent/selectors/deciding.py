"""What is put before a signer: the text, the pictures, the choices, and what was answered so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from safelight.consent.models import Agreement, Proposal, ProposalState
from safelight.consent.records import (
    asked_agreements,
    people_of,
    recipient_name,
    said_of,
    seen_pictures,
    use_of,
)
from safelight.consent.rules.answers import Answers, asks_child
from safelight.consent.rules.form import Contact, Form
from safelight.consent.rules.wording import Wording, statements_for
from safelight.consent.selectors.forms import KnownForm, form_version
from safelight.consent.services.deciding import has_read, read_answers
from safelight.consent.visits import Visit
from safelight.institution.selectors import current_house, current_policy
from safelight.patients.rules import Identity
from safelight.patients.selectors import known_patient, surviving_patient
from safelight.photos.forms import objects_for_use
from safelight.photos.selectors import PhotographView, photographs
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import FormState, TextStyle
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole


@dataclass(frozen=True)
class AskedPicture:
    """One picture and what was said about it.

    `is_seen`: the form that would be used was on the signer's screen. `wish_open`: they asked for
    more of it to be covered.
    """

    photograph: PhotographView
    answer: Answer | None
    is_seen: bool
    wish_open: bool

    @property
    def id(self) -> UUID:
        return self.photograph.id


@dataclass(frozen=True)
class AskedChoice:
    """One use with its words, and what was said to it."""

    agreement: UUID
    purpose: Purpose
    heading: str
    text: str
    named: str
    answer: Answer | None


@dataclass(frozen=True, kw_only=True)
class DecisionView:
    """Everything that the pages of one decision show. PHI: names.

    `version` goes with what is shown, and comes back with the signature.
    """

    proposal: UUID
    state: ProposalState
    version: int
    is_superseded: bool
    institution: str
    contact: Contact
    wording: Wording
    language: str
    style: TextStyle
    signer_role: SignerRole
    signer_name: str
    authority: str
    patient_name: str
    asked_by: str
    pictures: Sequence[AskedPicture]
    choices: Sequence[AskedChoice]
    asks_child: bool
    assent: Assent | None
    wants_thumbnails: bool
    has_read: bool

    @property
    def is_for_another(self) -> bool:
        """Whether whoever decides is not the patient."""
        return self.signer_role is not SignerRole.PATIENT

    @property
    def is_open(self) -> bool:
        """Whether it can be answered now: of pictures that were taken back nothing is asked."""
        return self.state is ProposalState.PROPOSED and bool(self.pictures)

    @property
    def has_lost_pictures(self) -> bool:
        """Whether every picture that it was about is out of the record."""
        return self.state is ProposalState.PROPOSED and not self.pictures

    @property
    def is_waiting(self) -> bool:
        """Whether the signer will be asked, but the pictures are not there yet."""
        return self.state is ProposalState.DRAFT

    @property
    def is_signed(self) -> bool:
        return self.state in {ProposalState.SIGNED, ProposalState.TO_CHECK}

    @property
    def is_being_checked(self) -> bool:
        """Whether it was signed on paper, and a second person has yet to look at the form."""
        return self.state is ProposalState.TO_CHECK

    @property
    def has_record(self) -> bool:
        """Whether there is something to have a copy of."""
        return self.state is ProposalState.SIGNED

    @property
    def used(self) -> list[AskedPicture]:
        return [item for item in self.pictures if item.answer is Answer.YES]

    @property
    def open_pictures(self) -> list[AskedPicture]:
        """Those that have no answer, or a yes to something the signer has not looked at."""
        return [
            item
            for item in self.pictures
            if item.answer is None or (item.answer is Answer.YES and not item.is_seen)
        ]

    @property
    def has_open_choices(self) -> bool:
        is_child_unasked = self.asks_child and self.assent is None
        return is_child_unasked or any(item.answer is None for item in self.choices)

    @property
    def is_started(self) -> bool:
        answers = [item.answer for item in self.pictures] + [item.answer for item in self.choices]
        return any(answers)


def decision_view(visit: Visit) -> DecisionView:
    """What this visit is asked, as it stands now."""
    row = Proposal.objects.select_related("asked_by").get(id=visit.proposal)
    known, answers, people = form_version(row.form_id), read_answers(row), people_of(row)
    house, identity = current_house(), _identity(row)
    style = TextStyle(row.style)
    return DecisionView(
        proposal=row.id,
        state=ProposalState(row.state),
        version=row.draft_version,
        is_superseded=known.state is not FormState.APPROVED,
        institution=house.name,
        contact=known.form.contact,
        wording=statements_for(known.form, row.language, style, house.name),
        language=row.language,
        style=style,
        signer_role=SignerRole(row.signer_role),
        signer_name=people["signer"],
        authority=people["authority"],
        patient_name=identity.display_name,
        asked_by=row.asked_by.display_name,
        pictures=_pictures(row, answers),
        choices=_choices(row, known, answers),
        asks_child=_asks_child(row, identity),
        assent=answers.assent,
        wants_thumbnails=answers.wants_thumbnails,
        has_read=has_read(row),
    )


def _identity(row: Proposal) -> Identity:
    return known_patient(surviving_patient(row.patient_id)).identity


def _asks_child(row: Proposal, identity: Identity) -> bool:
    today = timezone.localtime(timezone=current_house().zone).date()
    age = identity.age_on(today)
    return asks_child(SignerRole(row.signer_role), age, current_policy().assent_age)


def _pictures(row: Proposal, answers: Answers) -> list[AskedPicture]:
    """In the order in which they were put before the signer."""
    seen = seen_pictures(row)
    known = {item.id: item for item in photographs(item.photograph for item in seen)}
    return [
        AskedPicture(
            known[item.photograph],
            answers.pictures.get(item.photograph),
            is_seen=item.object_id in objects_for_use(item.photograph).values(),
            wish_open=item.wish_open,
        )
        for item in seen
        if item.photograph in known
    ]


def _choices(row: Proposal, known: KnownForm, answers: Answers) -> list[AskedChoice]:
    """From near to far, as the form has them."""
    order = [(use.purpose, use.audience) for use in known.form.uses]
    rows = sorted(asked_agreements(row), key=lambda item: (_place(item, order), str(item.id)))
    return [_choice(item, known.form, row, answers) for item in rows]


def _place(agreement: Agreement, order: Sequence[tuple[Purpose, Audience]]) -> int:
    asked = (Purpose(agreement.purpose), Audience(agreement.audience))
    return order.index(asked) if asked in order else len(order)


def _choice(agreement: Agreement, form: Form, row: Proposal, answers: Answers) -> AskedChoice:
    use, said = use_of(agreement), said_of(agreement, form, row)
    return AskedChoice(
        agreement=agreement.id,
        purpose=use.purpose,
        heading=said.heading,
        text=said.text,
        named=recipient_name(agreement),
        answer=answers.uses.get(agreement.id),
    )
