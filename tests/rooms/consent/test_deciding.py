"""Looking and answering: may be stopped, changed and taken up again; nothing is decided yet."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    approved_form,
    look_at_all,
    proposal_of,
    shipped_form,
    sign_now,
    signed,
    version,
    visit_to,
)
from tests.taking import take

from safelight.consent.errors import (
    AlreadySignedError,
    AssentMissingError,
    FormSupersededError,
    MalformedFormError,
    PictureGoneError,
    SignerRefusedError,
    TextNotReadError,
)
from safelight.consent.models import Agreement, Proposal
from safelight.consent.rules.form import Form, Use
from safelight.consent.selectors.deciding import DecisionView, decision_view
from safelight.consent.services.deciding import (
    answer_picture,
    answer_use,
    choose_thumbnails,
    choose_words,
    forget_removed_pictures,
    has_read,
    note_assent,
    note_read,
    read_answers,
    save_answers,
    take_newer_text,
)
from safelight.consent.services.proposing import People, remove_picture
from safelight.consent.verification import signed_record
from safelight.consent.visits import Visit
from safelight.engines.policy import AgreementStatus
from safelight.institution.services import decide_policy
from safelight.vault.custodians import agreements_with_keys
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.purposes import BY_AGREEMENT, Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

ONE, LECTURE = TEACHING


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    look_at_all(visit)
    answer_all(visit, TEACHING)
    return visit


def said(visit: Visit) -> Mapping[Purpose, Answer | None]:
    return {item.purpose: item.answer for item in decision_view(visit).choices}


def test_answers_are_kept_between_visits(cast: Cast, visit: Visit, picture: UUID) -> None:
    answer_use(visit, agreement_to(visit, LECTURE).id, Answer.NO)
    again = visit_to(cast.alice, visit.proposal)
    assert said(again) == {ONE: Answer.YES, LECTURE: Answer.NO}
    assert [item.is_seen for item in decision_view(again).pictures] == [True]


def test_nothing_is_answered_before_it_is_asked(cast: Cast, picture: UUID) -> None:
    every = BY_AGREEMENT - {Purpose.SOCIAL_MEDIA}
    view = decision_view(
        visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture], every))
    )
    assert {item.purpose for item in view.choices} == every
    assert {item.answer for item in view.choices} == {None}
    assert {item.answer for item in view.pictures} == {None}
    assert not view.is_started


def test_the_same_answer_twice_changes_no_version(visit: Visit, picture: UUID) -> None:
    before = version(visit)
    answer_picture(visit, picture, Answer.YES)
    assert version(visit) == before
    answer_picture(visit, picture, Answer.NO)
    assert version(visit) == before + 1


def test_small_pictures_on_the_copy_decide_nothing(visit: Visit) -> None:
    before = version(visit)
    choose_thumbnails(visit, wanted=True)
    assert version(visit) == before
    sign_now(visit)
    choose_thumbnails(visit, wanted=False)
    assert not decision_view(visit).wants_thumbnails


class TestWords:
    @pytest.mark.parametrize(
        ("language", "style"), [("ar", TextStyle.STANDARD), ("en", TextStyle.EASY_READ)]
    )
    def test_other_words_are_answered_anew(
        self, visit: Visit, language: str, style: TextStyle
    ) -> None:
        choose_words(visit, language, style)
        view = decision_view(visit)
        assert (view.language, view.style) == (language, style)
        assert set(said(visit).values()) == {None}
        assert [item.answer for item in view.pictures] == [Answer.YES], "not about words"

    def test_the_same_words_forget_nothing(self, visit: Visit) -> None:
        choose_words(visit, "en", TextStyle.STANDARD)
        assert set(said(visit).values()) == {Answer.YES}

    @pytest.mark.parametrize("language", ["", "tlh", "EN", "en-GB", "../en"])
    def test_a_language_without_a_text_changes_nothing(self, visit: Visit, language: str) -> None:
        with pytest.raises(MalformedFormError):
            choose_words(visit, language, TextStyle.STANDARD)
        assert decision_view(visit).language == "en"
        assert set(said(visit).values()) == {Answer.YES}

    def test_what_was_signed_was_signed_in_those_words(self, visit: Visit) -> None:
        choose_words(visit, "es", TextStyle.EASY_READ)
        answer_all(visit, [ONE])
        sign_now(visit)
        data = signed_record(visit.proposal).data
        assert (data["language"], data["style"]) == ("es", "easy-read")
        told = shipped_form().text("es", TextStyle.EASY_READ)
        assert data["wording"]["agree"] == told.agree


def with_uses(revise: Callable[[Use], Use | None]) -> Form:
    form = shipped_form()
    return replace(form, uses=tuple(item for use in form.uses if (item := revise(use))))


class TestANewerText:
    def test_is_read_and_answered_anew(self, visit: Visit) -> None:
        approved_form(with_uses(lambda use: replace(use, months=6) if use.months else use))
        assert decision_view(visit).is_superseded
        assert take_newer_text(visit)
        assert set(said(visit).values()) == {None}
        assert agreement_to(visit, ONE).months == 6
        answer_all(visit, [ONE])
        sign_now(visit)
        assert signed_record(visit.proposal).data["form"]["number"] > 1

    def test_is_taken_once(self, visit: Visit) -> None:
        assert not take_newer_text(visit)
        approved_form()
        assert take_newer_text(visit)
        assert not take_newer_text(visit)

    def test_that_asks_about_a_use_no_more_is_for_the_staff_to_ask(self, visit: Visit) -> None:
        approved_form(with_uses(lambda use: None if use.purpose is LECTURE else use))
        self.is_asked_anew(visit)

    def test_that_names_another_audience_is_for_the_staff_to_ask(self, visit: Visit) -> None:
        approved_form(
            with_uses(
                lambda use: (
                    replace(use, audience=Audience.PUBLIC) if use.purpose is LECTURE else use
                )
            )
        )
        self.is_asked_anew(visit)

    def test_without_the_readers_language_is_for_the_staff_to_ask(self, visit: Visit) -> None:
        choose_words(visit, "ar", TextStyle.STANDARD)
        form = shipped_form()
        approved_form(replace(form, texts={"en": form.texts["en"]}))
        self.is_asked_anew(visit)

    def is_asked_anew(self, visit: Visit) -> None:
        before = Proposal.objects.values().get(), list(Agreement.objects.values())
        with pytest.raises(FormSupersededError):
            take_newer_text(visit)
        assert (Proposal.objects.values().get(), list(Agreement.objects.values())) == before


class TestRemovedPictures:
    def test_a_removed_picture_is_answered_no_more(
        self, cast: Cast, visit: Visit, picture: UUID
    ) -> None:
        remove_picture(cast.alice, visit.proposal, picture)
        with pytest.raises(PictureGoneError):
            answer_picture(visit, picture, Answer.YES)

    def test_once_the_signer_knows_the_rest_can_be_signed(self, cast: Cast) -> None:
        gone, kept = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
        visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [gone, kept]))
        look_at_all(visit)
        answer_all(visit, [ONE])
        remove_picture(cast.alice, visit.proposal, gone)
        with pytest.raises(PictureGoneError):
            sign_now(visit)
        forget_removed_pictures(visit)
        sign_now(visit)
        images = agreement_to(visit, ONE).images.values_list("photograph", flat=True)
        assert set(images) == {kept}

    def test_what_is_not_in_the_proposal_is_not_answered(self, cast: Cast, visit: Visit) -> None:
        for photograph in (uuid4(), take(cast.alice, cast.petra), take(cast.alice, cast.pablo)):
            with pytest.raises(PictureGoneError):
                answer_picture(visit, photograph, Answer.YES)


def test_after_signing_nothing_is_answered(visit: Visit, picture: UUID) -> None:
    agreement = agreement_to(visit, ONE).id
    sign_now(visit)
    acts: list[Callable[[], Any]] = [
        lambda: answer_use(visit, agreement, Answer.NO),
        lambda: answer_picture(visit, picture, Answer.NO),
        lambda: note_assent(visit, Assent.NO),
        lambda: choose_words(visit, "fr", TextStyle.STANDARD),
        lambda: take_newer_text(visit),
    ]
    for act in acts:
        with pytest.raises(AlreadySignedError):
            act()
    assert agreement_to(visit, ONE).status == AgreementStatus.ACTIVE


class TestAssent:
    """The child is asked as well, from the age that the institution has set."""

    @pytest.fixture
    def visit(self, cast: Cast) -> Visit:
        decide_policy({"assent_age": 7}, actor=None)
        visit = visit_to(
            cast.alice,
            proposal_of(
                cast.alice,
                cast.pablo,
                [take(cast.alice, cast.pablo)],
                signer_role=SignerRole.GUARDIAN,
                people=People(signer="Greta Serrano", authority="Mother"),
            ),
        )
        look_at_all(visit)
        answer_all(visit, TEACHING)
        return visit

    def test_is_required_at_that_age(self, visit: Visit) -> None:
        assert decision_view(visit).asks_child
        with pytest.raises(AssentMissingError):
            sign_now(visit)

    def test_is_not_asked_of_a_younger_child(self, visit: Visit) -> None:
        decide_policy({"assent_age": 17}, actor=None)
        assert not decision_view(visit).asks_child
        sign_now(visit)
        assert agreement_to(visit, ONE).status == AgreementStatus.ACTIVE

    def test_a_childs_no_makes_every_yes_a_no(self, visit: Visit) -> None:
        note_assent(visit, Assent.NO)
        assert sign_now(visit).agreed == 0
        statuses = Agreement.objects.values_list("status", flat=True)
        assert set(statuses) == {AgreementStatus.REJECTED.value}
        assert agreements_with_keys() == set()

    @pytest.mark.parametrize("assent", [Assent.YES, Assent.NOT_ABLE])
    def test_otherwise_the_guardian_decides(self, visit: Visit, assent: Assent) -> None:
        note_assent(visit, assent)
        assert sign_now(visit).agreed == len(TEACHING)
        assert signed_record(visit.proposal).data["signer"]["assent"] == assent.value

    def test_other_words_ask_the_child_anew(self, visit: Visit) -> None:
        note_assent(visit, Assent.YES)
        choose_words(visit, "es", TextStyle.STANDARD)
        assert decision_view(visit).assent is None

    def test_a_child_that_is_marked_as_adult_does_not_sign(self, visit: Visit) -> None:
        Proposal.objects.update(signer_role="patient")
        with pytest.raises(SignerRefusedError):
            sign_now(visit)
        assert agreements_with_keys() == set()


def test_a_visit_answers_for_its_own_proposal_alone(cast: Cast, visit: Visit) -> None:
    """Ids of another patient's agreements and pictures, sent in the signer's own visit."""
    pablos = take(cast.alice, cast.pablo)
    other = visit_to(
        cast.alice,
        proposal_of(
            cast.alice,
            cast.pablo,
            [pablos],
            signer_role=SignerRole.GUARDIAN,
            people=People(signer="Greta Serrano", authority="Mother"),
        ),
    )
    before = list(Proposal.objects.order_by("id").values())
    with pytest.raises(AlreadySignedError):
        answer_use(visit, agreement_to(other, ONE).id, Answer.YES)
    with pytest.raises(PictureGoneError):
        answer_picture(visit, pablos, Answer.YES)
    assert list(Proposal.objects.order_by("id").values()) == before


def test_a_decision_view_of_what_was_signed_is_closed(cast: Cast, picture: UUID) -> None:
    view: DecisionView = decision_view(signed(cast.alice, cast.petra, [picture], [ONE]))
    assert view.is_signed
    assert not view.is_open


class TestReading:
    """What was not on the screen cannot be signed for: the words as little as the pictures."""

    def asked(self, cast: Cast) -> Visit:
        visit = visit_to(
            cast.alice, proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
        )
        look_at_all(visit)
        answer_all(visit, [Purpose.LECTURE])
        return visit

    def forgotten(self, visit: Visit) -> None:
        row = Proposal.objects.get(id=visit.proposal)
        save_answers(row, replace(read_answers(row), read=""))

    def test_nobody_signs_a_text_that_was_not_on_the_screen(self, cast: Cast) -> None:
        visit = self.asked(cast)
        self.forgotten(visit)
        with pytest.raises(TextNotReadError):
            sign_now(visit)
        note_read(visit)
        sign_now(visit)

    def test_another_language_is_another_text(self, cast: Cast) -> None:
        visit = self.asked(cast)
        choose_words(visit, "fr", TextStyle.STANDARD)
        row = Proposal.objects.get(id=visit.proposal)
        assert not has_read(row)

    def test_the_signed_record_says_when_the_text_was_on_the_screen(self, cast: Cast) -> None:
        visit = self.asked(cast)
        sign_now(visit)
        assert signed_record(visit.proposal).data["read_at"]
