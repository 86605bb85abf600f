"""What the patient saw covered is what they sign for, and all that is ever taught with."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave, too_small, too_wide
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, own_phone
from tests.journeys.people import Person
from tests.journeys.portraits import BAND_AT, CORNER_AT, NOSE_AT, SIZE, WALL_AT, drawn_portrait
from tests.journeys.preparing import Preparer
from tests.journeys.proposing import Note, Proposer

from safelight.engines.policy import Reason
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose

pytestmark = pytest.mark.browser

ONE, LECTURE = Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE
WISH = "The poster on the wall, please: it is my street."
NOTHING = (56, 56, 56)
"""What takes the place of pixels that are covered."""
PLACE = 16
NEAR = 4  # of 255: how far a colour strays in a JPEG


class Treating(Preparer, Proposer):
    """Alice: prepares the picture, and asks about it."""

    def adjusts(self, kind: str) -> None:
        """One region that was found, a little further and a little larger."""
        chosen = self.lines(kind).first.locator("[data-mask-choose]")
        chosen.click()
        expect(chosen).to_have_attribute("aria-pressed", "true")
        self.page.locator("[data-mask-stage]").focus()
        for key in ("ArrowRight", "Shift+ArrowDown", "Shift+ArrowRight", "Escape"):
            self.page.keyboard.press(key)

    def covers_by_hand(self, one: str, steps: int, other: str, more: int) -> None:
        """So many times these two keys, from the middle."""
        self.presses("Add a region in the middle")
        for key in (one,) * steps + (other,) * more:
            self.page.keyboard.press(key)
        self.page.keyboard.press("Escape")

    def asks_about(self, photograph: str, use: Purpose) -> Note:
        self.opens_the_timeline_of("petra")
        self.asks({photograph}, (use,))
        self.continues()
        return self.makes_a_link()


@pytest.fixture(scope="module")
def backstage(hospital: Hospital) -> Iterator[Backstage]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield backstage


def test_what_the_patient_saw_covered_is_all_that_is_taught_with(
    casting: Casting, backstage: Backstage, tmp_path: Path
) -> None:
    alice = casting("alice", Treating, PHONE)
    theo = casting("theo", Person, DESKTOP)

    photograph = find_adjust_and_approve(alice, tmp_path)
    note = alice.asks_about(photograph, ONE)
    petra = casting("petra", Patient, own_phone("en"))
    first = see_and_sign(petra, note, photograph, ONE)
    assert first == bytes_for_care(alice, photograph, Rendition.REDACTED)
    assert "H-204817" in codes_in(bytes_for_care(alice, photograph, Rendition.ORIGINAL))
    assert shows_the_same(taught(theo, photograph, ONE), first)
    the_original_is_refused_and_told_why(theo, backstage, photograph)

    again = alice.asks_about(photograph, LECTURE)
    petra = casting("petra", Patient, own_phone("en"))
    wish_for_more(petra, again)
    cover_more(alice, photograph)
    second = look_again_and_sign(petra, photograph)
    for use in (ONE, LECTURE):
        shown = taught(theo, photograph, use)
        assert shows_the_same(shown, second)
        assert not shows_the_same(shown, first)
    assert backstage.cue("taught_forms", photograph=photograph) == [
        "redacted",
        "redacted-thumbnail",
    ]


def find_adjust_and_approve(alice: Treating, folder: Path) -> str:
    """The id of the picture."""
    alice.signs_in()
    alice.brings_a_portrait(folder, drawn_portrait)
    path = alice.path
    alice.begins_to_prepare()
    assert alice.lines("Face").count() == 1
    assert alice.lines("Writing or numbers").count() >= 1
    assert alice.lines("Barcode or QR code").count() >= 1
    alice.adjusts("Face")
    # Much of the wristband lies outside what was found of it.
    alice.covers_by_hand("ArrowLeft", 30, "ArrowDown", 21)
    expect(alice.lines("Covered by you")).to_have_count(1)
    alice.answers_that_nothing_else_is_there()
    fits(alice)
    alice.sees_the_result()
    fits(alice)
    alice.approves()
    fits(alice)
    return path.split("/")[3]


def see_and_sign(petra: Patient, note: Note, photograph: str, use: Purpose) -> bytes:
    """The very bytes that stood on her screen, with the face and the wristband filled."""
    petra.ear.expect("favicon")
    petra.comes_in(note)
    petra.starts()
    petra.goes_to_the_pictures()
    assert petra.picture == photograph
    petra.sees_it_large()
    fits(petra)
    seen = bytes_on_the_screen(petra)
    assert [pixel(seen, at) for at in (NOSE_AT, BAND_AT)] == [NOTHING, NOTHING]
    assert pixel(seen, WALL_AT) != NOTHING
    assert codes_in(seen) == []
    agree(petra, use)
    return seen


def agree(petra: Patient, use: Purpose) -> None:
    petra.says_to_the_picture(Answer.YES)
    petra.says(use, Answer.YES)
    petra.goes_to_sign()
    fits(petra)
    petra.draws()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()


def taught(theo: Person, photograph: str, use: Purpose) -> bytes:
    """What Theo's page shows for this use."""
    if theo.path == "about:blank":
        theo.signs_in()
    theo.goes_to(f"/teaching/photographs/{photograph}/?{said(use)}")
    fits(theo)
    source = theo.page.locator(".reference__image").get_attribute("src")
    assert source
    answer = theo.context.request.get(f"{theo.url}{source}")
    assert answer.status == 200
    return answer.body()


def the_original_is_refused_and_told_why(
    theo: Person, backstage: Backstage, photograph: str
) -> None:
    """Theo learns nothing; the record holds the reason of the gate."""
    for rendition in (Rendition.ORIGINAL, Rendition.DISPLAY, Rendition.THUMBNAIL):
        address = f"/clinic/photographs/{photograph}/bytes/{rendition.value}?{said(ONE)}"
        assert theo.status_of(address) == 404
    told = backstage.cue("refusals", photograph=photograph)
    # Petra agreed to another form of it: of this one her agreement says nothing.
    assert told == [[Reason.NO_AGREEMENT.value, Reason.PICTURE_NOT_LISTED.value]] * 3


def wish_for_more(petra: Patient, note: Note) -> None:
    petra.comes_in(note)
    petra.starts()
    petra.goes_to_the_pictures()
    petra.page.locator("details.wish summary").click()
    petra.page.locator("#wish").fill(WISH)
    fits(petra)
    petra.page.locator("details.wish button").click()
    petra.is_told(
        "Thank you. We will cover more and show you the picture again before it is used.", "en"
    )
    fits(petra)
    expect(petra.page.locator("[name='answer'][value='yes']")).to_be_disabled()


def cover_more(alice: Treating, photograph: str) -> None:
    """From the list of what waits for Alice."""
    alice.goes_to("/clinic/consents/")
    expect(alice.page.locator("nav a[href='/clinic/consents/'] .badge").first).to_have_text("1")
    alice.sees(WISH)
    fits(alice)
    alice.presses("Cover more and show it again")
    alice.page.wait_for_url(f"**/photographs/{photograph}/prepare/")
    alice.waits_for_the_search()
    alice.sees(WISH)
    alice.covers_by_hand("ArrowLeft", 25, "ArrowUp", 12)
    alice.answers_that_nothing_else_is_there()
    fits(alice)
    alice.sees_the_result()
    alice.approves()
    alice.goes_to("/clinic/consents/")
    expect(alice.main).not_to_contain_text(WISH)


def look_again_and_sign(petra: Patient, photograph: str) -> bytes:
    petra.goes_to(f"/portal/pictures/{photograph}/")
    petra.sees_it_large()
    fits(petra)
    seen = bytes_on_the_screen(petra)
    assert [pixel(seen, at) for at in (NOSE_AT, BAND_AT, WALL_AT)] == [NOTHING] * 3
    assert pixel(seen, CORNER_AT) != NOTHING
    agree(petra, LECTURE)
    return seen


def bytes_on_the_screen(petra: Patient) -> bytes:
    source = petra.page.locator("[data-stage-image]").get_attribute("src")
    assert source
    return petra.context.request.get(f"{petra.url}{source}").body()


def bytes_for_care(alice: Person, photograph: str, rendition: Rendition) -> bytes:
    address = f"{alice.url}/clinic/photographs/{photograph}/bytes/{rendition.value}"
    return alice.context.request.get(address).body()


def said(use: Purpose) -> str:
    return f"use={use.value}&audience={USUAL_AUDIENCE[use].value}"


def pixel(picture: bytes, at: tuple[int, int]) -> tuple[int, ...]:
    """A colour of the picture at a place of the one that was drawn; NOTHING if it is filled."""
    shown = Image.open(BytesIO(picture)).convert("RGB")
    x, y = (round(part * shown.width / SIZE[0]) for part in at)
    colour = shown.getpixel((x, y))
    assert isinstance(colour, tuple)
    is_filled = all(abs(one - filled) <= NEAR for one, filled in zip(colour, NOTHING, strict=True))
    return NOTHING if is_filled else colour


def shows_the_same(marked: bytes, plain: bytes) -> bool:
    """Whether a picture that carries its viewer's number shows what the other shows, everywhere.

    The number is in fine detail: no place of 16 pixels becomes lighter or darker by it.
    """
    assert marked != plain
    one, other = (Image.open(BytesIO(item)).convert("RGB") for item in (marked, plain))
    if one.size != other.size:
        return False
    difference = np.asarray(one, np.int16) - np.asarray(other, np.int16)
    down, across = one.height // PLACE, one.width // PLACE
    whole = difference[: down * PLACE, : across * PLACE]
    places = whole.reshape(down, PLACE, across, PLACE, 3)
    return bool(np.abs(places.mean(axis=(1, 3))).max() <= NEAR)


def codes_in(picture: bytes) -> list[str]:
    """What a reader of barcodes makes of it."""
    return [found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(picture)))]


def fits(person: Person) -> None:
    wrong = [*grave(person.page), *too_wide(person.page)]
    if isinstance(person, Patient):
        wrong += too_small(person.page)
    assert wrong == []
