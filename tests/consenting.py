"""Patients who are asked, look, answer and sign, by the real verbs."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from safelight.consent.defaults import default_form
from safelight.consent.models import Agreement, FormVersion, PatientSession, Proposal
from safelight.consent.records import asked_agreements
from safelight.consent.rules.form import Contact, Form
from safelight.consent.rules.signature import Mark
from safelight.consent.selectors.forms import current_form
from safelight.consent.services.deciding import answer_picture, answer_use, note_read
from safelight.consent.services.forms import draft_form, put_in_use
from safelight.consent.services.proposing import AskedUse, NewProposal, People, start_proposal
from safelight.consent.services.signing import Signed, sign
from safelight.consent.services.visiting import hand_over, take_back
from safelight.consent.terms import seal_terms
from safelight.consent.visits import Visit, find_visit
from safelight.people.asker import Asker
from safelight.release.signers import show_to_signer
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import NAMED, USUAL_AUDIENCE, Purpose
from safelight.vocabulary.signers import SignerRole

CONTACT = Contact("Photography desk of Test Hospital", "+1 555 010 0199")
SIGNATURE = Mark(typed="Petra Okonjo-Müller")
TEACHING = (Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE)


def shipped_form() -> Form:
    return default_form(CONTACT)


def approved_form(form: Form | None = None) -> int:
    """The shipped form, or this one, in use; its number."""
    number = draft_form(form or shipped_form(), drafted_by=None)
    put_in_use(FormVersion.objects.get(number=number), None)
    return number


def asked_uses(purposes: Collection[Purpose]) -> list[AskedUse]:
    return [
        AskedUse(item, USUAL_AUDIENCE[item], "The Invented Journal" if item in NAMED else "")
        for item in purposes
    ]


def proposal_of(
    asker: Asker,
    patient: UUID,
    photographs: Sequence[UUID],
    purposes: Collection[Purpose] = TEACHING,
    *,
    language: str = "en",
    style: TextStyle = TextStyle.STANDARD,
    signer_role: SignerRole = SignerRole.PATIENT,
    people: People | None = None,
) -> UUID:
    """A patient is asked about these pictures for these purposes, with the form in use."""
    if not FormVersion.objects.filter(state="approved").exists():
        approved_form()
    authority = "" if signer_role is SignerRole.PATIENT else "Parent"
    return start_proposal(
        asker,
        NewProposal(
            patient=patient,
            uses=asked_uses(purposes),
            language=language,
            style=style,
            signer_role=signer_role,
            people=people or People(signer="Petra Okonjo-Müller", authority=authority),
            photographs=photographs,
        ),
    )


def visit_to(asker: Asker, proposal: UUID) -> Visit:
    """The signer with the asker's tablet in their hands; no staff session is locked by it."""
    nobody = replace(asker, session_key=f"tablet-{proposal}")
    visit = find_visit(hand_over(nobody, proposal))
    assert visit is not None
    return visit


def take_tablet_back(asker: Asker, proposal: UUID) -> None:
    take_back(f"tablet-{proposal}")
    assert not PatientSession.objects.filter(handed_over_from=f"tablet-{proposal}").exists()


def look_at_all(visit: Visit) -> None:
    """The text and every picture of the proposal go to the signer's screen."""
    note_read(visit)
    row = Proposal.objects.get(id=visit.proposal)
    for photograph in row.pictures.filter(removed_at=None).values_list("photograph", flat=True):
        show_to_signer(visit, photograph, Rendition.DISPLAY)


def answer_all(
    visit: Visit, yes: Collection[Purpose] = (), leave_out: Collection[UUID] = ()
) -> None:
    """The text is read, and every picture and every use has an answer."""
    note_read(visit)
    row = Proposal.objects.get(id=visit.proposal)
    for photograph in row.pictures.filter(removed_at=None).values_list("photograph", flat=True):
        answer_picture(visit, photograph, Answer.NO if photograph in leave_out else Answer.YES)
    for agreement in asked_agreements(row):
        is_yes = Purpose(agreement.purpose) in yes
        answer_use(visit, agreement.id, Answer.YES if is_yes else Answer.NO)


def version(visit: Visit) -> int:
    return Proposal.objects.get(id=visit.proposal).draft_version


def sign_now(visit: Visit, mark: Mark = SIGNATURE) -> Signed:
    return sign(visit, mark, version(visit))


def signed(
    asker: Asker,
    patient: UUID,
    photographs: Sequence[UUID],
    yes: Collection[Purpose],
    *,
    no: Collection[Purpose] = (),
    leave_out: Collection[UUID] = (),
) -> Visit:
    """Asked, seen, answered and signed; the visit goes on."""
    visit = visit_to(asker, proposal_of(asker, patient, photographs, [*yes, *no]))
    look_at_all(visit)
    answer_all(visit, yes, leave_out)
    sign_now(visit)
    return visit


def agreement_to(visit: Visit, purpose: Purpose) -> Agreement:
    return Agreement.objects.get(proposal=visit.proposal, purpose=purpose.value)


def as_if_signed(agreement: Agreement, **values: object) -> None:
    """The agreement as if these had been its terms from the first; for days gone by, above all."""
    Agreement.objects.filter(id=agreement.id).update(**values)
    agreement.refresh_from_db()
    Agreement.objects.filter(id=agreement.id).update(sealed_terms=seal_terms(agreement))


def months_of(purpose: Purpose) -> int | None:
    use = current_form().form.use(purpose, USUAL_AUDIENCE[purpose])
    assert use is not None
    return use.months


def recipient_of(visit: Visit, purpose: Purpose) -> UUID | None:
    """The named work that an agreement is for."""
    return agreement_to(visit, purpose).recipient
