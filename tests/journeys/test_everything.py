"""A copy of everything: Petra takes it along, and opens it later, at home and without the internet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.asking import Asked, ask
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP
from tests.journeys.clinicians import Clinician
from tests.journeys.conftest import Casting
from tests.journeys.fitness import clipped, grave, too_small, too_wide, zoomed
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, own_phone
from tests.journeys.people import Person

pytestmark = pytest.mark.browser

DARK = {"color_scheme": "dark"}
DEVICES = {
    "phone": ("en", own_phone("en")),
    "phone in the dark, from right to left": ("ar", own_phone("ar") | DARK),
    "desk in the dark": ("es", DESKTOP | {"locale": "es"} | DARK),
    "desk, from right to left": ("ar", DESKTOP | {"locale": "ar"}),
}
BUTTON = "form[action='/portal/everything/archive/'] button"
SEEN = "images => images.filter(image => image.naturalWidth > 0).length"

Ask = Callable[..., Asked]


@pytest.fixture(scope="module")
def asks(hospital: Hospital) -> Iterator[Ask]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield lambda **details: ask(hospital, backstage, **details)


def unpacked(petra: Person, button: str, folder: Path) -> Path:
    """What the browser saved, unpacked as a file manager does; where its index is."""
    with petra.page.expect_download() as waited:
        petra.page.locator(button).click()
    download = waited.value
    assert download.failure() is None
    download.save_as(folder / "copy.zip")
    with ZipFile(folder / "copy.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(folder / "copy")
    return folder / "copy" / "index.html"


def wrong_with(page: Page) -> list[str]:
    return [*grave(page), *too_wide(page), *clipped(page), *zoomed(page)]


@pytest.mark.parametrize("device", DEVICES)
def test_petra_takes_everything_along_and_reads_it_without_the_internet(
    casting: Casting, asks: Ask, device: str, tmp_path: Path
) -> None:
    language, kind = DEVICES[device]
    petra = casting("petra", Patient, kind)
    petra.comes_in(asks(language=language, pictures=2).note)
    petra.goes_to("/portal/mine/")
    petra.page.locator("a[href='/portal/everything/']").click()
    petra.page.wait_for_url("**/portal/everything/")
    found = [*wrong_with(petra.page), *too_small(petra.page)]
    index = unpacked(petra, BUTTON, tmp_path)
    petra.page.context.set_offline(True)
    petra.page.goto(index.as_uri())
    expect(petra.page.locator("html")).to_have_attribute(
        "lang", language if language != "en" else "en-gb"
    )
    images = petra.page.locator("img")
    for image in images.all():
        image.scroll_into_view_if_needed()
    petra.page.wait_for_function("[...document.images].every(image => image.complete)")
    assert images.evaluate_all(SEEN) == images.count() >= 2
    assert found + wrong_with(petra.page) + too_small(petra.page) == []
    petra.page.locator("#picture-1 figure a").first.click()
    petra.page.wait_for_url("**/pictures/001-as-taken.jpg")
    assert petra.page.locator("img").evaluate("image => image.naturalWidth") > 0
    petra.page.context.set_offline(False)


def test_the_privacy_officer_answers_a_letter(casting: Casting, asks: Ask, tmp_path: Path) -> None:
    asks(pictures=1)
    priya = casting("priya", Clinician, DESKTOP)
    priya.signs_in()
    priya.ear.expect("422")
    priya.goes_to("/privacy/everything/")
    assert wrong_with(priya.page) == []
    priya.page.locator("#number").fill("H-204817")
    priya.page.locator("#birth-date").fill("1971-03-10")
    priya.page.locator("#identified-by").fill(
        "Signed letter, called back on the number in the record"
    )
    priya.page.locator("button[form='everything']").click()
    expect(priya.page.locator(".notice--error")).to_contain_text("Nobody here")
    priya.page.locator("#birth-date").fill("1971-03-09")
    index = unpacked(priya, "button[form='everything']", tmp_path)
    assert "Petra" in index.read_text()
