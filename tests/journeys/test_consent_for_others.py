"""Whoever signs for somebody else, and whoever signed on paper."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect
from tests.cast import PABLO
from tests.journeys.asking import Asked, ask
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.conftest import Casting
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, own_phone
from tests.journeys.people import Person
from tests.journeys.proposing import Proposer

from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = pytest.mark.browser

ONE, HALL = Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE
SIGNED = {ONE.value: "active", HALL.value: "rejected"}

Ask = Callable[..., Asked]


@pytest.fixture(scope="module")
def asks(hospital: Hospital) -> Iterator[Ask]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield lambda *patient, **details: ask(hospital, backstage, *patient, **details)


def test_a_guardian_signs_and_the_child_is_asked_as_well(casting: Casting, asks: Ask) -> None:
    taken = asks("pablo", signer_role=SignerRole.GUARDIAN)
    alice = casting("alice", Proposer, PHONE)
    alice.signs_in()
    alice.opens_the_timeline_of("pablo")
    alice.asks(taken.pictures, [ONE, HALL], language="es")
    alice.sees("a guardian signs, and the child is asked as well")
    alice.page.get_by_label("Their name").fill("Greta Serrano")
    alice.page.get_by_label("What makes them the guardian").fill("Mother")
    alice.continues()
    note = alice.makes_a_link()

    greta = casting("greta", Patient, own_phone("es"))
    greta.comes_in(note, born=PABLO.birth_date)
    greta.starts()
    greta.goes_to_the_pictures()
    greta.sees_it_large()
    greta.says_to_the_picture(Answer.YES)
    greta.says(ONE, Answer.YES, "es")
    greta.says(HALL, Answer.NO, "es")
    greta.page.locator("button[form='choices']").click()
    expect(greta.page.locator(".statement--open")).to_have_count(1)

    says_the_child(greta, Assent.NO)
    greta.goes_to_sign()
    expect(greta.page.locator(".review__notice")).to_be_visible()
    greta.goes_to("/portal/choices/")
    says_the_child(greta, Assent.YES)
    greta.goes_to_sign()
    expect(greta.page.locator(".review__notice")).to_have_count(0)
    expect(greta.page.locator(".signature")).to_contain_text("Greta Serrano")
    expect(greta.page.locator(".signature")).to_contain_text("Pablo")
    greta.draws()
    greta.signs()
    expect(greta.page.locator(".code")).to_be_visible()

    alice.page.reload()
    assert list(alice.answers().values()) == ["Yes", "No"]
    alice.sees("Greta Serrano")
    alice.sees("Mother")


def says_the_child(greta: Patient, assent: Assent) -> None:
    box = greta.page.locator(f"input[name='assent'][value='{assent.value}']")
    greta.page.locator("label", has=box).click()
    expect(box).to_be_checked()


def test_a_child_that_says_no_is_heard(casting: Casting, asks: Ask) -> None:
    asked = asks("pablo", signer_role=SignerRole.GUARDIAN)
    greta = casting("greta", Patient, own_phone("en"))
    greta.comes_in(asked.note, born=PABLO.birth_date)
    greta.starts()
    greta.goes_to_the_pictures()
    greta.sees_it_large()
    greta.says_to_the_picture(Answer.YES)
    says_the_child(greta, Assent.NO)
    greta.chooses_for_teaching()
    greta.draws()
    greta.signs()
    expect(greta.page.locator(".code")).to_be_visible()
    standing = asked.standing
    assert set(standing["statuses"].values()) == {"rejected"}
    assert not standing["listed"]
    assert standing["keys"] == 0


def test_a_proxy_signs_with_the_authority_that_was_stated(casting: Casting, asks: Ask) -> None:
    people = {"signer": "Rhea Okonjo", "authority": "Health care proxy of 3 May 2026"}
    asked = asks(signer_role=SignerRole.PROXY, people=people)
    proxy = casting("rhea", Patient, own_phone("en"))
    proxy.comes_in(asked.note)
    proxy.goes_all_the_way(1)
    for words in (*people.values(), "Petra"):
        expect(proxy.page.locator(".signature")).to_contain_text(words)
    proxy.types_the_name("Rhea Okonjo")
    proxy.signs()
    expect(proxy.page.locator(".code")).to_be_visible()
    assert asked.standing["statuses"] == SIGNED


def test_a_paper_form_counts_once_a_second_person_has_checked_it(
    casting: Casting, asks: Ask
) -> None:
    form, asked = asks(), asks()
    alice = casting("alice", Proposer, DESKTOP)
    alice.signs_in()
    alice.goes_to(f"/clinic/proposals/{asked.proposal}/paper/")
    alice.page.locator("label.pick", has=alice.field("scan", form.pictures[0])).click()
    for question, said in zip(
        alice.page.locator("fieldset.answer-row").all(), ("Yes", "No", "Use it"), strict=True
    ):
        question.get_by_text(said, exact=True).click()
    alice.presses("I attest this")
    alice.page.wait_for_url(f"**/{asked.proposal}/")
    alice.sees("Signed on paper, waits to be checked")
    theo = casting("theo", Person, DESKTOP)
    theo.signs_in()
    taught = f"/teaching/photographs/{asked.pictures[0]}/?use=one-to-one-teaching"
    assert theo.status_of(taught) == 404
    alice.goes_to("/clinic/consents/")
    alice.sees("You attested this yourself")

    bob = casting("bob", Proposer, DESKTOP)
    bob.signs_in()
    bob.goes_to("/clinic/consents/")
    bob.presses("Compare and decide")
    bob.sees_a_picture(".paper-check__scan img")
    bob.presses("Yes, put it in force")
    bob.page.wait_for_url(f"**/{asked.proposal}/")
    assert asked.standing["statuses"] == SIGNED
    assert theo.status_of(taught) == 200
