"""See it, then sign it: from the camera to the teacher's screen and back, on two devices."""

import base64
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect
from tests.consenting import CONTACT
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.camera import FOREARM, FakeCamera
from tests.journeys.conftest import Casting
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, answers_in, heading_of, own_phone
from tests.journeys.people import Person
from tests.journeys.proposing import Note, Proposer
from tests.unit.engines.documents.readers import root, seen_text, tags, text

from safelight.engines.documents import verify_pdf
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose

pytestmark = pytest.mark.browser

ASKED = (Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE, Purpose.SOCIAL_MEDIA)
PAGE = {Purpose.SOCIAL_MEDIA: "The ward's page"}


@pytest.fixture(scope="module")
def backstage(hospital: Hospital) -> Iterator[Backstage]:
    """A form is in use, and the institution allows social media, which it does not by itself."""
    hospital.runs("policy", "--social-media", "1")
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield backstage


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_patient_sees_the_pictures_and_then_signs(
    casting: Casting, camera: FakeCamera, backstage: Backstage, language: str
) -> None:
    alice = casting("alice", Proposer, PHONE)
    petra = casting("petra", Patient, own_phone(language))
    theo = casting("theo", Person, DESKTOP)

    note = take_and_ask(alice, camera, language)
    shown, left_out = see_and_decide(petra, note, language)
    sign(petra, language)
    the_copy_says_so(petra.gets_the_copy(), backstage, language)
    alice_sees_the_answers(alice)
    it_may_be_taught_one_to_one(alice, theo, shown)
    and_nothing_else(theo, shown, left_out)
    she_sees_who_looked_and_takes_it_back(petra, language)
    the_open_page_goes_dark(theo, shown)


def take_and_ask(alice: Proposer, camera: FakeCamera, language: str) -> Note:
    camera.sees(replace(FOREARM, ruler=language == "en"))  # or they were duplicates
    alice.signs_in()
    alice.opens_the_timeline_of("petra")
    before = set(ids_of(alice))
    alice.takes_pictures(2)
    alice.asks(set(ids_of(alice)) - before, ASKED, named=PAGE, language=language)
    alice.continues()
    assert set(alice.answers().values()) == {"Not answered yet"}
    return alice.makes_a_link()


def ids_of(alice: Proposer) -> list[str]:
    return [str(link.get_attribute("href")).split("/")[3] for link in alice.pictures.all()]


def see_and_decide(petra: Patient, note: Note, language: str) -> tuple[str, str]:
    """One picture may be used, one is left out; yes to one use, no to two."""
    if language == "en":
        petra.scans(note)
    else:
        petra.types_the_letters_of(note)
    petra.reads(language)
    petra.shows_who_it_is(note.code)
    petra.reads(language)
    petra.starts()
    expect(petra.main).to_contain_text(CONTACT.phone)

    petra.goes_to_the_pictures()
    pictures = []
    for answer in (Answer.YES, Answer.NO):
        petra.sees_it_large()
        pictures.append(petra.picture)
        petra.says_to_the_picture(answer)

    petra.reads(language)
    assert petra.page.locator("input[type='radio']:checked").count() == 0
    for use in ASKED:
        is_agreed = use is Purpose.ONE_TO_ONE_TEACHING
        petra.says(use, Answer.YES if is_agreed else Answer.NO, language)
    petra.goes_to_sign()
    return pictures[0], pictures[1]


def sign(petra: Patient, language: str) -> None:
    petra.reads(language)
    petra.draws()
    petra.signs()
    expect(petra.page.locator(".code")).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    petra.reads(language)


def the_copy_says_so(pdf: bytes, backstage: Backstage, language: str) -> None:
    """Sealed by the institution, readable by machines and by eyes, in the patient's language."""
    certificate = base64.b64decode(backstage.cue("seal_certificate"))
    verdict = verify_pdf(pdf, certificate)
    assert verdict.is_intact
    assert verdict.is_whole
    top = root(pdf)
    assert top["/Lang"].startswith(language)
    assert top["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF boolean
    told = [tag.title for tag in tags(pdf) if tag.kind == "H3"]
    assert [title for title in told for use in ASKED if heading_of(use, language) in title] == (
        told[: len(ASKED)]
    )
    assert CONTACT.phone in text(pdf)
    # Readers put a line that runs from right to left in the order of the eye; words stay words.
    assert all(answer.split()[-1] in seen_text(pdf) for answer in answers_in(language))


def alice_sees_the_answers(alice: Proposer) -> None:
    alice.page.reload()
    assert list(alice.answers().values()) == ["Yes", "No", "No"]
    alice.sees("exactly as they were signed")


def it_may_be_taught_one_to_one(alice: Proposer, theo: Person, shown: str) -> None:
    """Theo gets the address from Alice, who reads it on the picture's page."""
    alice.goes_to(f"/clinic/photographs/{shown}/")
    alice.sees("One-to-one teaching")
    teaching = alice.page.get_by_role("link", name=re.compile("Teacher's page"))
    assert teaching.count() == 1
    theo.signs_in()
    theo.goes_to("/teaching/")
    theo.page.get_by_label("Address of the picture").fill(
        f"{alice.url}{teaching.get_attribute('href')}"
    )
    theo.presses("Show the picture")
    theo.page.wait_for_url("**/teaching/photographs/**")
    shown_image = theo.page.locator(".reference__image")
    assert shown_image.evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0
    assert "Petra" not in theo.page.content()


def and_nothing_else(theo: Person, shown: str, left_out: str) -> None:
    """Neither the other uses of the picture that may be taught with, nor any of the other one."""
    theo.ear.expect("404")
    for picture in (shown, left_out):
        for use in Purpose:
            is_agreed = picture == shown and use is Purpose.ONE_TO_ONE_TEACHING
            expected = 200 if is_agreed else 404
            page = f"/teaching/photographs/{picture}/?use={use.value}"
            assert theo.status_of(page) == expected, page
            assert theo.status_of(bytes_of(picture, use)) == expected, page
        assert theo.status_of(f"/clinic/photographs/{picture}/bytes/display") == 404
    lecture = f"/teaching/photographs/{shown}/?use=lecture&people=80"
    assert theo.status_of(lecture) == 404
    original = bytes_of(shown, Purpose.ONE_TO_ONE_TEACHING, Rendition.ORIGINAL)
    assert theo.status_of(original) == 404


def bytes_of(picture: str, use: Purpose, rendition: Rendition = Rendition.DISPLAY) -> str:
    audience = USUAL_AUDIENCE.get(use)
    said = f"&audience={audience.value}" if audience else ""
    return f"/clinic/photographs/{picture}/bytes/{rendition.value}?use={use.value}{said}"


def she_sees_who_looked_and_takes_it_back(petra: Patient, language: str) -> None:
    petra.goes_to("/portal/mine/looks/")
    expect(petra.main).to_contain_text("Theo")
    petra.goes_to("/portal/mine/")
    agreed = petra.page.locator(".agreement", has_text=heading_of(ASKED[0], language))
    agreed.locator("a[href$='/take-back/']").click()
    petra.page.locator("button[form='take-back']").click()
    petra.page.wait_for_load_state()
    assert petra.page.locator("button[form='take-back']").count() == 0
    petra.reads(language)


def the_open_page_goes_dark(theo: Person, shown: str) -> None:
    """The page that Theo has had open all the time."""
    again = "async (image) => (await fetch(image.src, { cache: 'reload' })).status"
    assert theo.page.locator(".reference__image").evaluate(again) == 404
    answer = theo.page.reload()
    assert answer is not None
    assert answer.status == 404
    theo.sees("Not available for this use")
    assert theo.status_of(bytes_of(shown, Purpose.ONE_TO_ONE_TEACHING)) == 404
