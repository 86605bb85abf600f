"""Signed on paper: attested by one, checked by another, and nothing before that."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    visit_to,
)
from tests.looking import asks, opens
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.errors import (
    AssentMissingError,
    ChoiceMissingError,
    ConsentError,
    PictureGoneError,
    ProposalNotFoundError,
    ProposalRefusedError,
    SignerRefusedError,
    SigningRefusedError,
)
from safelight.consent.models import Agreement, Proposal, ProposalState
from safelight.consent.rules.answers import Answers
from safelight.consent.services.deciding import answer_use
from safelight.consent.services.ending import withdraw
from safelight.consent.services.paper import attest_paper, check_paper
from safelight.consent.services.proposing import People
from safelight.consent.verification import differences, signed_record
from safelight.engines.policy import AgreementStatus
from safelight.institution.services import decide_policy
from safelight.people.asker import Asker
from safelight.people.models import DepartmentMembership
from safelight.photos.models import Photograph
from safelight.vault.custodians import agreements_with_keys
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING


class Paper:
    """Petra's form on paper: a picture that she was asked about, and one of the form."""

    def __init__(self, cast: Cast) -> None:
        self.alice, self.theo = cast.alice, cast.theo
        # Bob helps out on the ward today, and is the second person.
        DepartmentMembership.objects.create(staff_id=cast.bob.staff, department_id=cast.dermatology)
        self.bob = cast.bob
        self.picture, self.scan = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
        Photograph.objects.update(taken_at=timezone.now() - timedelta(days=90))
        self.proposal = proposal_of(cast.alice, cast.petra, [self.picture])

    def answers(self, yes: Purpose = ONE) -> Answers:
        rows = Agreement.objects.filter(proposal=self.proposal)
        return Answers(
            uses={row.id: Answer.YES if row.purpose == yes else Answer.NO for row in rows},
            pictures={self.picture: Answer.YES},
        )

    def attest(self, days_ago: int = 0, **changes: object) -> None:
        said = {"asker": self.alice, "scan": self.scan, "answers": self.answers()} | changes
        attest_paper(
            said["asker"],  # type: ignore[arg-type] # what a test says
            self.proposal,
            said["scan"],  # type: ignore[arg-type] # what a test says
            said["answers"],  # type: ignore[arg-type] # what a test says
            today() - timedelta(days=days_ago),
        )

    def check(self, asker: Asker | None = None, *, is_right: bool = True) -> None:
        check_paper(asker or self.bob, self.proposal, is_right=is_right)

    @property
    def row(self) -> Proposal:
        return Proposal.objects.get(id=self.proposal)

    def status(self, purpose: Purpose) -> str:
        return Agreement.objects.get(proposal=self.proposal, purpose=purpose.value).status

    def opens(self, purpose: Purpose) -> bool:
        return opens(asks(self.theo, self.picture, purpose))


def today() -> date:
    return timezone.localdate(timezone=timezone.get_fixed_timezone(0))


@pytest.fixture
def paper(cast: Cast) -> Paper:
    return Paper(cast)


def test_what_was_attested_permits_nothing(paper: Paper) -> None:
    paper.attest()
    assert paper.row.state == ProposalState.TO_CHECK
    assert {paper.status(item) for item in TEACHING} == {"proposed"}
    assert not paper.opens(ONE)
    assert agreements_with_keys() == set()


def test_a_second_person_puts_it_in_force_as_it_was_ticked(paper: Paper) -> None:
    paper.attest()
    paper.check()
    assert paper.opens(ONE)
    assert not paper.opens(LECTURE)
    assert (paper.status(ONE), paper.status(LECTURE)) == ("active", "rejected")
    assert differences(paper.proposal) == []
    assert signed_record(paper.proposal).data["access"]["kind"] is None


def test_each_step_is_an_event_of_its_own_person(paper: Paper) -> None:
    paper.attest()
    paper.check()
    for tag, who in (
        (EventTag.CONSENT_PAPER_ATTESTED, paper.alice),
        (EventTag.CONSENT_PAPER_CHECKED, paper.bob),
    ):
        assert Event.objects.get(tag=tag.value).actor == who.staff


def test_nobody_checks_what_they_attested(paper: Paper) -> None:
    paper.attest()
    with pytest.raises(SignerRefusedError):
        paper.check(paper.alice)
    assert paper.row.state == ProposalState.TO_CHECK
    assert not paper.opens(ONE)


def test_a_form_that_is_turned_down_is_asked_again(paper: Paper) -> None:
    paper.attest()
    paper.check(is_right=False)
    assert paper.row.state == ProposalState.PROPOSED
    assert (paper.row.paper_id, paper.row.attested_by_id) == (None, None)
    assert not paper.opens(ONE)
    with pytest.raises(ProposalRefusedError):
        paper.check()
    paper.attest()
    paper.check()
    assert paper.opens(ONE)


@pytest.mark.parametrize("name", ["charlie", "theo", "priya", "ada"])
def test_who_does_not_treat_the_patient_attests_and_checks_nothing(
    cast: Cast, paper: Paper, name: str
) -> None:
    asker = getattr(cast, name)
    with pytest.raises(ProposalNotFoundError):
        paper.attest(asker=asker)
    paper.attest()
    with pytest.raises(ProposalNotFoundError):
        paper.check(asker)


def test_the_period_begins_on_the_day_of_the_paper(paper: Paper) -> None:
    paper.attest(days_ago=40)
    paper.check()
    agreement = Agreement.objects.get(proposal=paper.proposal, purpose=ONE.value)
    assert agreement.starts_on == today() - timedelta(days=40)


WRONG: dict[str, tuple[Callable[[Paper], dict[str, object]], type[ConsentError]]] = {
    "a scan that is not there": (lambda _: {"scan": uuid4()}, ProposalRefusedError),
    "the picture itself as scan": (lambda it: {"scan": it.picture}, ProposalRefusedError),
    "tomorrow": (lambda _: {"days_ago": -2}, ProposalRefusedError),
    "a use without an answer": (
        lambda it: {"answers": replace(it.answers(), uses={})},
        ChoiceMissingError,
    ),
    "a picture without an answer": (
        lambda it: {"answers": replace(it.answers(), pictures={})},
        ChoiceMissingError,
    ),
    "an answer to something else": (
        lambda it: {"answers": it.answers().with_use(uuid4(), Answer.YES)},
        ChoiceMissingError,
    ),
    "another picture": (
        lambda it: {"answers": it.answers().with_picture(it.scan, Answer.YES)},
        ChoiceMissingError,
    ),
    "very many answers": (
        lambda it: {
            "answers": replace(
                it.answers(), uses={UUID(int=number): Answer.YES for number in range(100_000)}
            )
        },
        ChoiceMissingError,
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_stand_on_the_form_is_not_attested(paper: Paper, what: str) -> None:
    said, error = WRONG[what]
    with pytest.raises(error):
        paper.attest(**said(paper))  # type: ignore[arg-type] # a row of the table
    assert paper.row.state == ProposalState.PROPOSED


def test_another_patients_picture_is_no_scan(cast: Cast, paper: Paper) -> None:
    with pytest.raises(ProposalRefusedError):
        paper.attest(scan=take(cast.alice, cast.pablo))


def test_nothing_is_attested_twice_or_after_signing(cast: Cast, paper: Paper) -> None:
    paper.attest()
    with pytest.raises(ProposalRefusedError):
        paper.attest()
    paper.check()
    with pytest.raises(ProposalRefusedError):
        paper.attest()
    with pytest.raises(ProposalRefusedError):
        paper.check()


def test_the_patient_answers_nothing_on_a_screen_meanwhile(cast: Cast, paper: Paper) -> None:
    visit = visit_to(cast.alice, paper.proposal)
    look_at_all(visit)
    answer_all(visit, TEACHING)
    paper.attest()
    with pytest.raises(ProposalRefusedError):
        answer_use(visit, agreement_to(visit, ONE).id, Answer.YES)
    with pytest.raises(SigningRefusedError):
        sign_now(visit)
    paper.check()
    assert paper.status(LECTURE) == AgreementStatus.REJECTED


def test_a_picture_that_was_taken_away_meanwhile_stops_the_check(paper: Paper) -> None:
    paper.attest()
    Photograph.objects.filter(id=paper.picture).update(state="entered-in-error")
    with pytest.raises(PictureGoneError):
        paper.check()
    assert paper.status(ONE) == AgreementStatus.PROPOSED


class TestWhatWasSaidLater:
    """A paper that turns up late does not undo what the patient has said since."""

    def test_a_later_no_stands(self, cast: Cast, paper: Paper) -> None:
        paper.attest(days_ago=1)
        signed(cast.alice, cast.petra, [paper.picture], [], no=[ONE])
        with pytest.raises(ProposalRefusedError, match="decided anew"):
            paper.check()
        assert not paper.opens(ONE)

    def test_a_later_withdrawal_stands(self, cast: Cast, paper: Paper) -> None:
        visit = signed(cast.alice, cast.petra, [paper.picture], [ONE])
        agreement = agreement_to(visit, ONE)
        Agreement.objects.filter(id=agreement.id).update(
            decided_at=timezone.now() - timedelta(days=9)
        )
        paper.attest(days_ago=1)
        withdraw(visit, agreement.id)
        with pytest.raises(ProposalRefusedError, match="decided anew"):
            paper.check()
        assert not paper.opens(ONE)

    def test_an_older_word_gives_way(self, cast: Cast, paper: Paper) -> None:
        visit = signed(cast.alice, cast.petra, [paper.picture], [], no=[ONE])
        Agreement.objects.filter(proposal=visit.proposal).update(
            decided_at=timezone.now() - timedelta(days=9)
        )
        paper.attest(days_ago=1)
        paper.check()
        assert paper.opens(ONE)

    def test_a_word_about_another_picture_is_another_matter(self, cast: Cast, paper: Paper) -> None:
        paper.attest(days_ago=1)
        signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], [], no=[ONE])
        paper.check()
        assert paper.opens(ONE)


class TestAChild:
    @pytest.fixture
    def pablos(self, cast: Cast, paper: Paper) -> Paper:
        """The same about Pablo, for whom Greta signs; he is old enough to be asked."""
        decide_policy({"assent_age": 7}, actor=None)
        paper.picture, paper.scan = take(cast.alice, cast.pablo), take(cast.alice, cast.pablo)
        paper.proposal = proposal_of(
            cast.alice,
            cast.pablo,
            [paper.picture],
            signer_role=SignerRole.GUARDIAN,
            people=People(signer="Greta Serrano", authority="Mother"),
        )
        return paper

    def test_is_asked_on_paper_as_well(self, pablos: Paper) -> None:
        with pytest.raises(AssentMissingError):
            pablos.attest()

    def test_a_childs_no_counts_on_paper_as_well(self, pablos: Paper) -> None:
        pablos.attest(answers=replace(pablos.answers(), assent=Assent.NO))
        pablos.check()
        assert {pablos.status(item) for item in TEACHING} == {"rejected"}

    def test_with_the_childs_yes_it_is_in_force(self, pablos: Paper) -> None:
        pablos.attest(answers=replace(pablos.answers(), assent=Assent.YES))
        pablos.check()
        assert pablos.opens(ONE)

    def test_who_has_grown_up_meanwhile_signs_alone(self, pablos: Paper) -> None:
        Proposal.objects.filter(id=pablos.proposal).update(signer_role="patient")
        with pytest.raises(SignerRefusedError):
            pablos.attest()
