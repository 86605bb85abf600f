"""A work in the register, laid out and agreed to, by the real verbs."""

from uuid import UUID

from tests.cast import Cast
from tests.consenting import answer_all, asked_uses, look_at_all, sign_now, visit_to
from tests.consenting import approved_form as put_form_in_use
from tests.taking import take

from safelight.consent.models import FormVersion
from safelight.consent.services.proposing import AskedUse, NewProposal, People, start_proposal
from safelight.consent.visits import Visit
from safelight.institution.services import decide_policy
from safelight.people.asker import Asker
from safelight.publishing.services import NewPublication, add_layout, register
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.photograph import CaptureSource
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose
from safelight.vocabulary.signers import SignerRole

ARTICLE = "Contact dermatitis of the forearm: a case"
PRINT = Purpose.PRINT_PUBLICATION


def planned(asker: Asker, patient: UUID, picture: UUID, purpose: Purpose = PRINT) -> UUID:
    """Registered by name; nobody was asked."""
    return register(
        asker,
        NewPublication(
            patient=patient,
            purpose=purpose,
            named=ARTICLE,
            where="The Invented Journal",
            responsible="Rhea, editor",
            photographs=[picture],
        ),
    )


def page_of(asker: Asker, patient: UUID) -> UUID:
    """A page of a layout, as it was imported."""
    return take(asker, patient, source=CaptureSource.LAYOUT)


def ask_about(
    asker: Asker,
    patient: UUID,
    photographs: list[UUID],
    purpose: Purpose = PRINT,
    named: str = ARTICLE,
) -> Visit:
    """Petra with the request about this very work before her, and every picture of it seen."""
    if not FormVersion.objects.filter(state="approved").exists():
        put_form_in_use()
    assert asked_uses([purpose])
    new = NewProposal(
        patient=patient,
        uses=[AskedUse(purpose, USUAL_AUDIENCE[purpose], named)],
        language="en",
        style=TextStyle.STANDARD,
        signer_role=SignerRole.PATIENT,
        people=People(signer="Petra Okonjo-Müller"),
        photographs=photographs,
    )
    visit = visit_to(asker, start_proposal(asker, new))
    look_at_all(visit)
    return visit


def agree(visit: Visit, purpose: Purpose = PRINT, leave_out: tuple[UUID, ...] = ()) -> Visit:
    answer_all(visit, [purpose], leave_out)
    sign_now(visit)
    return visit


def one_person_is_enough() -> None:
    """The institution asks for no second person: pictures may appear as they were taken."""
    decide_policy({"second_person_for": "none"}, actor=None)


def agreed_work(cast: Cast, purpose: Purpose = PRINT) -> tuple[UUID, UUID, Visit]:
    """A work with its layout, to which Petra agreed: its id, its picture, and her visit."""
    one_person_is_enough()
    picture, page = take(cast.alice, cast.petra), page_of(cast.alice, cast.petra)
    work = planned(cast.alice, cast.petra, picture, purpose)
    add_layout(cast.alice, work, [page])
    return (
        work,
        picture,
        agree(ask_about(cast.alice, cast.petra, [picture, page], purpose), purpose),
    )
