"""What goes wrong on the way to a signature: one sentence, an event, and nothing half signed."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect
from tests.journeys.asking import Asked, ask, wrong
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP
from tests.journeys.conftest import Casting
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, own_phone
from tests.journeys.proposing import Note, Proposer

from safelight.consent.errors import (
    AlreadySignedError,
    FormSupersededError,
    PictureGoneError,
    SignatureEmptyError,
    VisitLockedError,
    VisitOverError,
    VisitRefusedError,
)
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = pytest.mark.browser

DOT = [(0.5, 0.5), (0.505, 0.5)]
NEWER = "1984"
"""Words of a newer form that every language writes alike."""
ONE, HALL = Purpose.ONE_TO_ONE_TEACHING.value, Purpose.LECTURE.value

Ask = Callable[..., Asked]


@pytest.fixture(scope="module")
def asks(hospital: Hospital) -> Iterator[Ask]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield lambda *patient, **details: ask(hospital, backstage, *patient, **details)


# Links


def test_a_link_that_ran_out_opens_nothing(casting: Casting, asks: Ask) -> None:
    asked = asks(language="fr")
    petra = casting("petra", Patient, own_phone("fr"))
    asked.backstage.cue("run_out", proposal=asked.proposal)
    before = asked.recorded(EventTag.PORTAL_ACCESS_REFUSED)
    petra.scans(asked.note)
    petra.shows_who_it_is(asked.note.code)
    petra.is_told(VisitOverError.message, "fr")
    assert asked.recorded(EventTag.PORTAL_ACCESS_REFUSED) == before + 1
    assert is_outside(petra)
    assert asked.is_untouched


def test_a_newer_link_ends_the_one_before(casting: Casting, asks: Ask) -> None:
    asked = asks(language="es")
    petra = casting("petra", Patient, own_phone("es"))
    petra.comes_in(asked.note)
    made = asked.backstage.cue("invite_again", proposal=asked.proposal)
    assert is_outside(petra)
    petra.scans(asked.note)
    petra.shows_who_it_is(asked.note.code)
    petra.is_told(VisitOverError.message, "es")
    newer = Note(asked.note.link.replace(asked.note.letters, made["letters"]), **made)
    petra.comes_in(newer)


def test_five_wrong_codes_lock_the_link_and_alice_is_told(casting: Casting, asks: Ask) -> None:
    asked = asks(language="ar")
    mallory = casting("mallory", Patient, own_phone("ar"))
    mallory.scans(asked.note)
    for _ in range(4):
        mallory.shows_who_it_is(wrong(asked.note.code))
        mallory.is_told(VisitRefusedError.message, "ar")
    mallory.shows_who_it_is(wrong(asked.note.code))
    mallory.is_told(VisitLockedError.message, "ar")
    mallory.shows_who_it_is(asked.note.code)
    mallory.is_told(VisitLockedError.message, "ar")
    assert asked.recorded(EventTag.PORTAL_ACCESS_LOCKED) == 1
    assert is_outside(mallory)

    alice = casting("alice", Proposer, DESKTOP)
    alice.signs_in()
    alice.goes_to("/clinic/consents/")
    alice.sees("Links locked by five wrong attempts")
    alice.presses("Open the request")
    alice.expects_a_locked_link()
    newer = alice.makes_a_link()
    mallory.comes_in(newer)
    assert asked.is_untouched


def test_an_unknown_link_answers_like_a_wrong_code(casting: Casting, asks: Ask) -> None:
    asked = asks(language="en")
    mallory = casting("mallory", Patient, own_phone("en"))
    mallory.goes_to("/p/ABCDEFGHJKMN/")
    mallory.shows_who_it_is(asked.note.code)
    mallory.is_told(VisitRefusedError.message, "en")
    assert asked.is_untouched


# Signing


def test_of_two_devices_the_second_is_told_that_it_is_signed(casting: Casting, asks: Ask) -> None:
    asked = asks(language="es")
    phone = casting("petra", Patient, own_phone("es"))
    tablet = casting("petra again", Patient, own_phone("es"))
    phone.comes_in(asked.note)
    phone.goes_all_the_way(1, "es")
    tablet.comes_in(asked.note)
    tablet.goes_to("/portal/sign/")
    for device in (phone, tablet):
        device.types_the_name()
    phone.signs()
    expect(phone.page.locator(".code")).to_be_visible()
    signed = asked.standing
    tablet.signs()
    tablet.is_told(AlreadySignedError.message, "es")
    tablet.goes_to("/portal/")
    assert tablet.path == "/portal/mine/"
    assert asked.standing == signed
    assert signed["statuses"] == {ONE: "active", HALL: "rejected"}
    assert signed["keys"] == 1
    assert asked.recorded(EventTag.CONSENT_SIGNING_REFUSED)


def test_a_dot_is_no_signature(casting: Casting, asks: Ask) -> None:
    asked = asks(language="fr")
    petra = casting("petra", Patient, own_phone("fr"))
    petra.comes_in(asked.note)
    petra.goes_all_the_way(1, "fr")
    for places in ([], DOT):
        before = asked.recorded(EventTag.CONSENT_SIGNING_REFUSED)
        if places:
            petra.draws(places)
        petra.signs()
        petra.is_told(SignatureEmptyError.message, "fr")
        assert asked.recorded(EventTag.CONSENT_SIGNING_REFUSED) == before + 1
    assert asked.is_untouched
    petra.draws()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()


def test_a_picture_that_is_taken_out_meanwhile_is_not_signed_for(
    casting: Casting, asks: Ask
) -> None:
    asked = asks(language="es", pictures=2)
    petra = casting("petra", Patient, own_phone("es"))
    petra.comes_in(asked.note)
    petra.goes_all_the_way(2, "es")
    petra.types_the_name()
    gone, kept = asked.pictures
    asked.backstage.cue("take_out", proposal=asked.proposal, photograph=gone)
    petra.signs()
    petra.is_told(PictureGoneError.message, "es")
    assert asked.is_untouched

    assert petra.picture == kept
    petra.goes_to("/portal/sign/")
    petra.types_the_name()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()
    assert asked.standing["listed"] == [kept]


def test_a_newer_text_is_read_before_it_is_signed(casting: Casting, asks: Ask) -> None:
    asked = asks(language="ar")
    petra = casting("petra", Patient, own_phone("ar"))
    petra.comes_in(asked.note)
    petra.goes_all_the_way(1, "ar")
    petra.types_the_name()
    asked.backstage.cue("put_a_form_in_use", more=NEWER)
    petra.signs()
    petra.is_told(FormSupersededError.message, "ar")
    assert asked.is_untouched
    expect(petra.page.locator(".lead")).to_contain_text(NEWER)

    petra.goes_to("/portal/choices/")
    assert petra.page.locator("input[type='radio']:checked").count() == 0
    petra.chooses_for_teaching("ar")
    petra.types_the_name()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()


def test_another_language_in_the_middle_asks_the_questions_again(
    casting: Casting, asks: Ask
) -> None:
    asked = asks(language="fr")
    petra = casting("petra", Patient, own_phone("fr"))
    petra.comes_in(asked.note)
    petra.goes_all_the_way(1, "fr")
    petra.goes_to("/portal/")
    petra.page.locator("button[name='language'][value='ar']").click()
    petra.reads("ar")
    petra.goes_to("/portal/sign/")
    petra.page.wait_for_url("**/portal/read/**")  # other words are another text: it is read first
    petra.goes_to("/portal/sign/")
    petra.page.wait_for_url("**/portal/choices/**")
    assert petra.page.locator("input[type='radio']:checked").count() == 0
    petra.chooses_for_teaching("ar")
    petra.types_the_name()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()
    petra.reads("ar")


# Who signs


@pytest.mark.parametrize(
    ("patient", "role", "sentence"),
    [
        ("pablo", "patient", "This patient is a child"),
        ("petra", "guardian", "This patient is an adult"),
    ],
)
def test_whoever_is_marked_as_of_the_wrong_age_is_not_asked(
    casting: Casting, asks: Ask, patient: str, role: str, sentence: str
) -> None:
    asked = asks(patient, **({"signer_role": SignerRole.GUARDIAN} if patient == "pablo" else {}))
    alice = casting("alice", Proposer, DESKTOP)
    alice.ear.expect("422")
    alice.signs_in()
    alice.opens_the_timeline_of(patient)
    alice.asks(asked.pictures, [Purpose.LECTURE])
    change = "(field, role) => { field.value = role; field.checked = true; }"
    alice.page.locator("[name='signer_role']").first.evaluate(change, role)
    for name in ("signer", "authority"):
        alice.page.locator(f"[name='{name}']").fill("Greta", force=True)
    alice.presses("Continue")
    alice.sees(sentence)
    assert alice.path.endswith("/ask/")


# Devices


def test_a_browser_that_was_closed_loses_no_answer(casting: Casting, asks: Ask) -> None:
    asked = asks(language="fr", pictures=2)
    first = casting("petra", Patient, own_phone("fr"))
    first.comes_in(asked.note)
    first.starts()
    first.goes_to_the_pictures()
    first.sees_it_large()
    first.says_to_the_picture(Answer.NO)
    first.goes_to("/portal/choices/")
    first.says(Purpose.LECTURE, Answer.NO, "fr")
    expect(first.page.locator("[data-saved]")).not_to_be_empty()
    first.context.close()

    petra = casting("petra again", Patient, own_phone("fr"))
    petra.comes_in(asked.note)
    petra.starts()
    petra.goes_to_the_pictures()
    assert petra.picture == asked.pictures[1]
    petra.sees_it_large()
    petra.says_to_the_picture(Answer.YES)
    said = petra.choice(Purpose.LECTURE, "fr").locator("input[value='no']")
    expect(said).to_be_checked()
    petra.says(Purpose.ONE_TO_ONE_TEACHING, Answer.YES, "fr")
    petra.goes_to_sign()
    petra.draws()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()
    assert asked.standing["listed"] == [asked.pictures[1]]


def test_without_any_script_everything_works(casting: Casting, asks: Ask) -> None:
    asked = asks(language="ar", pictures=2)
    petra = casting("petra", Patient, own_phone("ar") | {"java_script_enabled": False})
    petra.comes_in(asked.note)
    petra.starts()
    petra.goes_to_the_pictures()
    for answer in (Answer.YES, Answer.NO):
        expect(petra.page.locator("[data-stage-image]")).to_be_visible()
        petra.says_to_the_picture(answer)
    petra.chooses_for_teaching("ar")
    expect(petra.page.locator("[data-signature-draw]")).not_to_be_visible()
    petra.types_the_name()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()
    assert asked.standing["statuses"] == {ONE: "active", HALL: "rejected"}
    assert asked.standing["listed"] == [asked.pictures[0]]
    assert petra.gets_the_copy().startswith(b"%PDF")


def is_outside(somebody: Patient) -> bool:
    """No page behind the door opens."""
    return all(
        somebody.status_of(path) == 302
        for path in ("/portal/", "/portal/mine/", "/portal/sign/", "/portal/copy/")
    )
