"""A named work: its layout is imported, the patient sees it and signs, and the file leaves once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import expect
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import PHONE
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave, too_wide
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, heading_of, own_phone
from tests.journeys.people import Person
from tests.journeys.proposing import Note, Proposer

from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.purposes import Purpose

pytestmark = pytest.mark.browser

PRINT = Purpose.PRINT_PUBLICATION
NAMED = "Gravel in the forearm: a case"
WHERE = "The Invented Journal"
EDITOR = "Rhea Lindqvist, editor"
ISSUE = "Volume 3, page 12"
INK = (20, 20, 20)


class Author(Proposer):
    """Alice, who publishes about Petra."""

    def stands_at(self, stage: str) -> None:
        expect(self.page.locator(".publication-stage")).to_have_text(stage)
        fits(self)


@pytest.fixture(scope="module")
def backstage(hospital: Hospital) -> Iterator[Backstage]:
    """A form is in use; pictures may appear as they were taken, with no second person."""
    hospital.runs("policy", "--second-person-for", "none")
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield backstage


def test_a_file_leaves_once_and_only_after_the_patient_saw_the_page(
    casting: Casting, hospital: Hospital, backstage: Backstage, tmp_path: Path
) -> None:
    (picture,) = backstage.cue("take", patient=hospital.patients["petra"], count=1)
    alice = casting("alice", Author, PHONE)
    alice.signs_in()
    work = register(alice, picture)
    import_the_layout(alice, layout_page(tmp_path))
    note = ask_the_patient(alice)

    petra = casting("petra", Patient, own_phone("en"))
    see_the_page_and_sign(petra, note, picture)

    alice.goes_to(work)
    the_file_leaves_once(alice)
    note_where_it_appeared(alice)
    take_it_back(petra)
    alice.goes_to(work)
    alice.stands_at("The patient took it back; those who have it are to be asked")
    alice.sees(f"Ask {EDITOR}, and whoever shows it, to take it down")
    for name in ("Release the file", "Ask the patient again", "Add a page"):
        step = alice.page.get_by_role("button", name=name)
        expect(step.or_(alice.page.get_by_role("link", name=name))).to_have_count(0)


def register(alice: Author, picture: str) -> str:
    """From the timeline; where the work stands in the register."""
    alice.opens_the_timeline_of("petra")
    alice.presses("Register a publication")
    fits(alice)
    alice.page.locator("label.pick", has=alice.field("photograph", picture)).click()
    alice.chooses("Publication in print")
    alice.page.get_by_label("The work, by name").fill(NAMED)
    alice.page.get_by_label("Journal, site or channel").fill(WHERE)
    alice.page.get_by_label("Who gets the file").fill(EDITOR)
    alice.presses("Register")
    alice.page.wait_for_url("**/clinic/publications/*/")
    alice.stands_at("The final layout is missing")
    return alice.path


def layout_page(folder: Path) -> Path:
    """A page of a journal as it will be printed: a headline, a picture, two columns of lines."""
    page = Image.new("RGB", (1240, 1754), "white")
    pen = ImageDraw.Draw(page)
    pen.text((100, 100), NAMED, fill=INK, font=ImageFont.load_default(56))
    page.paste((196, 140, 112), (100, 240, 1140, 860))
    pen.ellipse((520, 460, 720, 640), fill=(150, 50, 45))
    for column in (100, 640):
        for line in range(20):
            pen.line((column, 940 + 36 * line, column + 500, 940 + 36 * line), fill=INK, width=6)
    page.save(folder / "page-12.png")
    return folder / "page-12.png"


def import_the_layout(alice: Author, page: Path) -> None:
    """Through the camera card's own page, with the browser's file chooser."""
    alice.presses("Add its pages")
    alice.page.wait_for_url("**/import/?layout=*")
    fits(alice)
    alice.page.get_by_label("Patient agreed").select_option("verbal")
    with alice.page.expect_file_chooser() as opened:
        alice.page.locator("label.button", has_text="Choose files").click()
    opened.value.set_files(page)
    alice.waits_until_verified(1)
    fits(alice)
    alice.presses("On to the publication")
    alice.page.wait_for_url("**/clinic/publications/*/")
    alice.page.locator("label.pick").click()
    alice.presses("These are its pages")
    alice.sees("That is the layout the patient will see.")
    alice.stands_at("The patient is to be asked")


def ask_the_patient(alice: Author) -> Note:
    """The page of the request has the work, its picture and its layout in it already."""
    alice.presses("Ask the patient")
    fits(alice)
    expect(alice.page.locator("[name='photograph']:checked")).to_have_count(2)
    alice.continues()
    alice.sees(NAMED)
    return alice.makes_a_link()


def see_the_page_and_sign(petra: Patient, note: Note, picture: str) -> None:
    petra.comes_in(note)
    petra.starts()
    petra.goes_to_the_pictures()
    seen = []
    for _each in range(2):
        petra.sees_it_large()
        fits(petra)
        seen.append((petra.picture, size_on_the_screen(petra)))
        petra.says_to_the_picture(Answer.YES)
    pages = [size for photograph, size in seen if photograph != picture]
    assert len(pages) == 1
    assert pages[0][1] > pages[0][0], "the page of the layout is upright"
    expect(petra.main).to_contain_text(NAMED)
    petra.says(PRINT, Answer.YES)
    petra.goes_to_sign()
    petra.draws()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()


def size_on_the_screen(petra: Patient) -> tuple[int, int]:
    size: list[int] = petra.page.locator("[data-stage-image]").evaluate(
        "(image) => [image.naturalWidth, image.naturalHeight]"
    )
    return size[0], size[1]


def the_file_leaves_once(alice: Author) -> None:
    alice.stands_at("The patient agreed; the file can be released")
    form = alice.page.locator("form[action*='/files/']")
    address = form.get_attribute("action")
    token = form.locator("[name='csrfmiddlewaretoken']").input_value()
    with alice.page.expect_download() as started:
        alice.presses("Release the file")
    download = started.value
    assert download.suggested_filename == "picture.jpg"
    assert Image.open(BytesIO(download.path().read_bytes())).format == "JPEG"
    alice.page.reload()
    alice.stands_at("The file was released")
    expect(alice.page.get_by_role("button", name="Release the file")).to_have_count(0)
    again = alice.context.request.post(
        f"{alice.url}{address}",
        form={"csrfmiddlewaretoken": token},
        headers={"Referer": alice.page.url},
    )
    assert again.status == 422
    assert "once" in again.text()


def note_where_it_appeared(alice: Author) -> None:
    alice.page.get_by_label("On which day").fill(datetime.now(UTC).date().isoformat())
    alice.page.get_by_label("Where: issue and page, or address").fill(ISSUE)
    alice.presses("Note it")
    alice.stands_at("It appeared")
    alice.sees(ISSUE)
    alice.goes_to("/clinic/publications/")
    expect(alice.page.locator(".publication-line")).to_contain_text(NAMED)
    fits(alice)


def take_it_back(petra: Patient) -> None:
    petra.goes_to("/portal/mine/")
    agreed = petra.page.locator(".agreement", has_text=heading_of(PRINT, "en"))
    agreed.locator("a[href$='/take-back/']").click()
    petra.page.locator("button[form='take-back']").click()
    petra.page.wait_for_load_state()
    assert petra.page.locator("button[form='take-back']").count() == 0


def fits(person: Person) -> None:
    assert [*grave(person.page), *too_wide(person.page)] == []
