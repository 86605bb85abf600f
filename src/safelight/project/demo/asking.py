"""The demo's consent: its form is approved and its patients are asked by the verbs a hospital uses."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from safelight.consent.errors import NoFormError
from safelight.consent.rules.form import Contact, Form
from safelight.consent.rules.signature import Mark
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.selectors.forms import current_form, form_version
from safelight.consent.selectors.proposals import proposals_of
from safelight.consent.services.deciding import answer_picture, answer_use, note_read
from safelight.consent.services.forms import approve_form, new_draft, revise_draft
from safelight.consent.services.proposing import NewProposal, People, start_proposal
from safelight.consent.services.questions import ask_question
from safelight.consent.services.signing import sign
from safelight.consent.services.visiting import Invitation, hand_over, invite, leave
from safelight.consent.visits import Visit, find_visit
from safelight.patients.selectors import known_patient
from safelight.project.demo.covering import COVERED
from safelight.project.demo.hospital import CONTACT, CONTACT_PHONE
from safelight.project.demo.requests import MONTHLY, REQUESTS, DemoRequest
from safelight.project.demo.taking_in import Case, asker_named, known_cases
from safelight.redaction.selectors import form_in_use
from safelight.release.signers import show_to_signer
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose


class DemoRequestError(SafelightError):
    code: ClassVar[str] = "demo-request"
    message: ClassVar[str] = "A patient of the demo could not be asked."


def approve_the_form() -> None:
    """Ada drafts it from the shipped words, Priya approves it; once."""
    try:
        current_form()
    except NoFormError:
        ada, priya = asker_named("ada"), asker_named("priya")
        with transaction.atomic():
            number = new_draft(ada)
            revise_draft(ada, number, _of_this_hospital)
            approve_form(priya, number, form_version(number).content_sha256)


def _of_this_hospital(form: Form) -> Form:
    uses = tuple(replace(use, months=1) if use.purpose is MONTHLY else use for use in form.uses)
    return replace(form, contact=Contact(CONTACT, CONTACT_PHONE), uses=uses)


def ask_patients() -> None:
    """Every request that was not made yet; what was asked but not signed is gone on with."""
    cases = known_cases()
    for patient, wanted in _by_patient().items():
        case = cases[patient]
        if not all(_is_as_meant(case, request) for request in wanted):
            continue
        made = proposals_of(case.patient)[::-1]
        for place, request in enumerate(wanted):
            is_made = place < len(made)
            proposal = (
                made[place].id if is_made else start_proposal(case.asker, _new(case, request))
            )
            if request.yes is not None and not (is_made and made[place].signed_at):
                _sign(case, request, proposal)


def _is_as_meant(case: Case, request: DemoRequest) -> bool:
    """A picture that is to be covered is not asked about as it was taken."""
    covered = {f"{request.patient}/{key}" for key in request.pictures} & COVERED.keys()
    return all(form_in_use(known) for key in covered if (known := case.photograph(key)))


def _by_patient() -> Mapping[str, list[DemoRequest]]:
    wanted: defaultdict[str, list[DemoRequest]] = defaultdict(list)
    for request in REQUESTS:
        wanted[request.patient].append(request)
    return wanted


def _new(case: Case, request: DemoRequest) -> NewProposal:
    return NewProposal(
        patient=case.patient,
        uses=request.uses,
        language=request.language,
        style=request.style,
        signer_role=request.signer_role,
        people=People(signer=request.signer or _name(case), authority=request.authority),
        photographs=[_photograph(case, request, key) for key in request.pictures],
    )


def _name(case: Case) -> str:
    return known_patient(case.patient).identity.display_name


def _photograph(case: Case, request: DemoRequest, key: str) -> UUID:
    found = case.photograph(f"{request.patient}/{key}")
    if found is None:
        raise DemoRequestError
    return found


def _sign(case: Case, request: DemoRequest, proposal: UUID) -> None:
    """The patient has the tablet: sees each picture, answers, signs, and gives the tablet back."""
    visit = find_visit(hand_over(case.asker, proposal))
    if visit is None:
        raise DemoRequestError
    note_read(visit)
    for key in request.pictures:
        photograph = _photograph(case, request, key)
        show_to_signer(visit, photograph, Rendition.DISPLAY)
        answer_picture(visit, photograph, _answer(is_yes=key not in request.left_out))
    _answer_uses(visit, request.yes or ())
    sign(visit, Mark(typed=request.signer or _name(case)), decision_view(visit).version)
    if request.question:
        ask_question(visit, request.question)
    leave(visit)


def _answer_uses(visit: Visit, yes: tuple[Purpose, ...]) -> None:
    for choice in decision_view(visit).choices:
        answer_use(visit, choice.agreement, _answer(is_yes=choice.purpose in yes))


def _answer(*, is_yes: bool) -> Answer:
    return Answer.YES if is_yes else Answer.NO


def petras_link() -> Invitation:
    """A fresh link to what Petra was asked last; the one before it ends."""
    case = known_cases()["petra"]
    waiting = [item for item in proposals_of(case.patient) if item.state != "closed"]
    return invite(case.asker, waiting[0].id)
