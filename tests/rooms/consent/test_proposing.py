"""Asking a patient: who may ask, for what, with whom, about which pictures."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.cast import PABLO, Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    approved_form,
    asked_uses,
    look_at_all,
    proposal_of,
    shipped_form,
    sign_now,
    visit_to,
)
from tests.taking import forearm, seal, take

from safelight.consent.errors import (
    ConsentError,
    NoFormError,
    ProposalNotFoundError,
    ProposalRefusedError,
    SignerRefusedError,
    SocialMediaOffError,
)
from safelight.consent.models import Agreement, FormVersion, Proposal, ProposalState
from safelight.consent.records import people_of
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.services.ending import enter_in_error
from safelight.consent.services.proposing import (
    AskedUse,
    NewProposal,
    People,
    agree_to_take,
    close_proposal,
    propose,
    recipient_id,
    remove_picture,
    start_proposal,
)
from safelight.consent.verification import differences
from safelight.engines.policy import AgreementStatus
from safelight.institution.services import decide_policy
from safelight.people.asker import Asker
from safelight.photos.labels import label_photographs
from safelight.vocabulary.agreements import TakingAgreed
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import NAMED, Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

ONE, LECTURE = TEACHING
PETRA_SIGNS = People(signer="Petra Okonjo-Müller")
GRETA_SIGNS = People(signer="Greta Serrano", authority="Mother", witness="Bob")


@pytest.fixture(autouse=True)
def _form(db: None) -> None:
    approved_form()


def asking(patient: UUID, **changes: Any) -> NewProposal:
    new = NewProposal(
        patient=patient,
        uses=asked_uses([LECTURE]),
        language="en",
        style=TextStyle.STANDARD,
        signer_role=SignerRole.PATIENT,
        people=PETRA_SIGNS,
    )
    return replace(new, **changes)


def refuses(
    asker: Asker, new: NewProposal, error: type[ConsentError] = ProposalRefusedError
) -> str:
    """What is said; and nothing was begun."""
    with pytest.raises(error) as refused:
        start_proposal(asker, new)
    assert not Proposal.objects.exists()
    return str(refused.value)


def labelled(cast: Cast, sensitivity: Sensitivity, patient: UUID | None = None) -> UUID:
    photograph = take(cast.alice, patient or cast.petra)
    label_photographs(cast.alice.staff, [photograph], forearm(sensitivity))
    return photograph


def test_without_pictures_it_is_a_draft_that_asks_nothing_yet(cast: Cast) -> None:
    proposal = start_proposal(cast.alice, asking(cast.petra, taking=TakingAgreed.VERBAL))
    row = Proposal.objects.get(id=proposal)
    assert (row.state, row.taking) == (ProposalState.DRAFT, "verbal")
    assert Agreement.objects.get(proposal=row).status == AgreementStatus.DRAFT


def test_the_first_picture_puts_it_before_the_signer(cast: Cast) -> None:
    proposal = start_proposal(cast.alice, asking(cast.petra))
    agree_to_take(cast.alice, proposal, TakingAgreed.WRITTEN)
    propose(cast.alice, proposal, [take(cast.alice, cast.petra)])
    assert Proposal.objects.get(id=proposal).state == ProposalState.PROPOSED
    assert Agreement.objects.get(proposal=proposal).status == AgreementStatus.PROPOSED


def test_names_stand_nowhere_in_clear(cast: Cast) -> None:
    people = People("Petra Okonjo-Müller", interpreter="Rhea", witness="Bob", chaperone="Charlie")
    proposal = start_proposal(
        cast.alice,
        asking(cast.petra, people=people, uses=asked_uses([Purpose.PRINT_PUBLICATION])),
    )
    row = Proposal.objects.get(id=proposal)
    stored = repr(Proposal.objects.values().get()) + repr(Agreement.objects.values().get())
    for name in ("Petra", "Rhea", "Charlie", "Invented Journal"):
        assert name not in stored
    assert people_of(row)["interpreter"] == "Rhea"


@pytest.mark.parametrize("name", ["bob", "charlie", "theo", "priya", "ada"])
def test_who_does_not_treat_the_patient_asks_nothing(cast: Cast, name: str) -> None:
    asker = getattr(cast, name)
    refuses(asker, asking(cast.petra), ProposalNotFoundError)
    picture = take(cast.alice, cast.petra)
    proposal = proposal_of(cast.alice, cast.petra, [picture])
    for act in (
        lambda: propose(asker, proposal, [picture]),
        lambda: agree_to_take(asker, proposal, TakingAgreed.VERBAL),
        lambda: remove_picture(asker, proposal, picture),
        lambda: close_proposal(asker, proposal),
    ):
        with pytest.raises(ProposalNotFoundError):
            act()
    assert Proposal.objects.get(id=proposal).state == ProposalState.PROPOSED


def test_a_request_of_nobody_is_missing(cast: Cast) -> None:
    refuses(cast.alice, asking(uuid4()), ProposalNotFoundError)
    with pytest.raises(ProposalNotFoundError):
        propose(cast.alice, uuid4(), [])


def test_nobody_is_asked_without_a_form(cast: Cast) -> None:
    FormVersion.objects.update(state="superseded")
    refuses(cast.alice, asking(cast.petra), NoFormError)


def named(purpose: Purpose, name: str) -> list[AskedUse]:
    return [replace(asked_uses([purpose])[0], named=name)]


TWICE = asked_uses([LECTURE]) * 2
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"uses": []}, "at least one use"),
    "twice": ({"uses": TWICE}, "twice"),
    "care": ({"uses": [AskedUse(Purpose.TREATMENT, Audience.CARE_TEAM)]}, "does not ask about"),
    "another audience": (
        {"uses": [AskedUse(LECTURE, Audience.PUBLIC)]},
        "does not ask about Lecture",
    ),
    "a long name": ({"uses": named(Purpose.RESEARCH, "x" * 201)}, "too long"),
    "nobody signs": ({"people": People(signer="  ")}, "Say who signs"),
    "a long signer": ({"people": People(signer="x" * 201)}, "too long"),
    "a long witness": ({"people": replace(PETRA_SIGNS, witness="x" * 201)}, "too long"),
    "a proxy without authority": ({"signer_role": SignerRole.PROXY}, "the right to sign"),
    "a language without a text": ({"language": "tlh"}, "no text in this language"),
    "no language": ({"language": ""}, "no text in this language"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_asked_is_refused_in_one_sentence(cast: Cast, what: str) -> None:
    changes, expected = REFUSED[what]
    assert expected in refuses(cast.alice, asking(cast.petra, **changes))


@pytest.mark.parametrize("purpose", sorted(NAMED - {Purpose.SOCIAL_MEDIA}))
def test_publications_and_studies_are_named(cast: Cast, purpose: Purpose) -> None:
    assert "Name what it is for" in refuses(
        cast.alice, asking(cast.petra, uses=named(purpose, " "))
    )


def test_social_media_is_off_unless_switched_on(cast: Cast) -> None:
    new = asking(cast.petra, uses=asked_uses([Purpose.SOCIAL_MEDIA]))
    refuses(cast.alice, new, SocialMediaOffError)
    decide_policy({"social_media": 1}, actor=None)
    start_proposal(cast.alice, new)


def test_the_same_work_under_any_spelling_is_the_same_recipient() -> None:
    assert recipient_id("The  Invented journal ") == recipient_id("the invented JOURNAL")
    assert recipient_id("The Invented Journal") != recipient_id("The Other Journal")


class TestWhoSigns:
    def test_a_child_does_not_sign_alone(self, cast: Cast) -> None:
        said = refuses(cast.alice, asking(cast.pablo), SignerRefusedError)
        assert "is a child" in said

    def test_a_child_is_no_proxys(self, cast: Cast) -> None:
        new = asking(cast.pablo, signer_role=SignerRole.PROXY, people=GRETA_SIGNS)
        refuses(cast.alice, new, SignerRefusedError)

    def test_nobody_is_an_adults_guardian(self, cast: Cast) -> None:
        new = asking(cast.petra, signer_role=SignerRole.GUARDIAN, people=GRETA_SIGNS)
        assert "is an adult" in refuses(cast.alice, new, SignerRefusedError)

    def test_greta_signs_for_pablo(self, cast: Cast) -> None:
        new = asking(cast.pablo, signer_role=SignerRole.GUARDIAN, people=GRETA_SIGNS)
        start_proposal(cast.alice, new)

    def test_the_policy_says_when_somebody_is_grown_up(self, cast: Cast) -> None:
        age = date.today().year - PABLO.birth_date.year  # noqa: DTZ011 - a year more or less
        assert age < 18, "Pablo has grown up: give the cast a younger child"
        decide_policy({"majority_age": 25}, actor=None)
        new = asking(cast.pablo, signer_role=SignerRole.GUARDIAN, people=GRETA_SIGNS)
        start_proposal(cast.alice, new)


class TestWhichPictures:
    def test_a_picture_of_another_patient_is_refused(self, cast: Cast) -> None:
        pablos = take(cast.alice, cast.pablo)
        assert "not one of this patient's" in refuses(
            cast.alice, asking(cast.petra, photographs=[pablos])
        )

    def test_a_picture_that_is_not_there_or_not_ready_is_refused(self, cast: Cast) -> None:
        for photograph in (uuid4(), seal(cast.alice, cast.petra)):
            assert "not ready yet" in refuses(
                cast.alice, asking(cast.petra, photographs=[photograph])
            )

    def test_one_wrong_picture_among_right_ones_stops_all(self, cast: Cast) -> None:
        pictures = [take(cast.alice, cast.petra), take(cast.alice, cast.pablo)]
        refuses(cast.alice, asking(cast.petra, photographs=pictures))

    def test_a_forensic_picture_is_put_before_the_patient(self, cast: Cast) -> None:
        picture = labelled(cast, Sensitivity.FORENSIC)
        start_proposal(cast.alice, asking(cast.petra, photographs=[picture]))

    @pytest.mark.parametrize("who", [SignerRole.GUARDIAN, SignerRole.PROXY])
    def test_a_forensic_picture_is_put_before_nobody_else(
        self, cast: Cast, who: SignerRole
    ) -> None:
        patient = cast.pablo if who is SignerRole.GUARDIAN else cast.petra
        picture = labelled(cast, Sensitivity.FORENSIC, patient)
        new = asking(patient, signer_role=who, people=GRETA_SIGNS, photographs=[picture])
        assert "before the patient alone" in refuses(cast.alice, new)

    def test_intimate_pictures_need_the_chaperones_name(self, cast: Cast) -> None:
        new = asking(cast.petra, photographs=[labelled(cast, Sensitivity.INTIMATE)])
        assert "chaperone" in refuses(cast.alice, new)
        start_proposal(cast.alice, replace(new, people=replace(PETRA_SIGNS, chaperone="Charlie")))

    def test_also_when_they_are_added_later(self, cast: Cast) -> None:
        proposal = start_proposal(cast.alice, asking(cast.petra))
        with pytest.raises(ProposalRefusedError, match="chaperone"):
            propose(cast.alice, proposal, [labelled(cast, Sensitivity.INTIMATE)])
        assert Proposal.objects.get(id=proposal).state == ProposalState.DRAFT

    def test_a_picture_that_comes_back_is_asked_about_once(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.petra)
        proposal = proposal_of(cast.alice, cast.petra, [picture])
        remove_picture(cast.alice, proposal, picture)
        assert decision_view(visit_to(cast.alice, proposal)).pictures == []
        propose(cast.alice, proposal, [picture, picture])
        assert [item.id for item in decision_view(visit_to(cast.alice, proposal)).pictures] == [
            picture
        ]


class TestMistakesAndEnds:
    def closed(self, cast: Cast) -> tuple[UUID, UUID]:
        picture = take(cast.alice, cast.petra)
        proposal = proposal_of(cast.alice, cast.petra, [picture])
        close_proposal(cast.alice, proposal)
        return proposal, picture

    def test_what_is_closed_is_asked_no_more(self, cast: Cast) -> None:
        proposal, picture = self.closed(cast)
        acts: list[Callable[[], None]] = [
            lambda: propose(cast.alice, proposal, [picture]),
            lambda: remove_picture(cast.alice, proposal, picture),
            lambda: agree_to_take(cast.alice, proposal, TakingAgreed.VERBAL),
            lambda: close_proposal(cast.alice, proposal),
        ]
        for act in acts:
            with pytest.raises(ProposalRefusedError):
                act()

    def test_a_use_that_was_asked_by_mistake_is_asked_no_more(self, cast: Cast) -> None:
        """The others can still be answered and signed, and what was signed verifies."""
        picture = take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        mistake = agreement_to(visit, LECTURE).id
        enter_in_error(cast.alice, mistake)
        assert [item.purpose for item in decision_view(visit).choices] == [ONE]
        look_at_all(visit)
        answer_all(visit, [ONE])
        sign_now(visit)
        assert agreement_to(visit, ONE).status == AgreementStatus.ACTIVE
        assert agreement_to(visit, LECTURE).status == AgreementStatus.ENTERED_IN_ERROR
        assert differences(visit.proposal) == []

    def test_a_request_with_a_mistake_can_be_closed(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        enter_in_error(cast.alice, agreement_to(visit, LECTURE).id)
        close_proposal(cast.alice, visit.proposal)
        assert agreement_to(visit, ONE).ended_because == "not-answered"
        assert agreement_to(visit, LECTURE).status == AgreementStatus.ENTERED_IN_ERROR


def test_the_shipped_form_asks_about_every_use_that_can_be_agreed_to() -> None:
    asked = {use.purpose for use in shipped_form().uses}
    assert set(TEACHING) | NAMED <= asked
