"""The teaching library: found, described, made into a case; and gone when the patient takes it back."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from tests.journeys.asking import Asked, ask
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import PHONE
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave, too_wide
from tests.journeys.hospital import Hospital
from tests.journeys.patients import Patient, own_phone
from tests.journeys.people import Person

from safelight.library.rules import FEWEST_ASKED
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.purposes import Purpose

pytestmark = pytest.mark.browser

ONE, LECTURE = Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE
SHELF = "/library/"
DIAGNOSIS, TAG = "Venous eczema", "scaling"
CASE, HISTORY, QUESTION = "Itching for weeks", "It came with the new boots.", "What do you touch?"
DECK = "Skin on Mondays"


class Teacher(Person):
    def counts(self, query: str = "") -> int:
        """The books on the shelf, which is as many as it says there are."""
        assert self.goes_to(f"{SHELF}{query}") == 200
        fits(self)
        books = self.page.locator(".book").count()
        if books:
            words = f"{books} picture{'' if books == 1 else 's'}"
            expect(self.page.get_by_role("status")).to_have_text(words)
        return books

    def offered(self, narrowing: str) -> list[str]:
        """What this way of narrowing offers, besides everything."""
        found: list[str] = self.page.locator(f"#by-{narrowing} option").all_inner_texts()
        return found[1:]

    def opens(self, photograph: str) -> None:
        self.page.locator(f"a.book[href*='{photograph}']").click()
        self.page.wait_for_url(f"**/pictures/{photograph}/")
        assert self.decodes()

    def decodes(self) -> bool:
        image = self.page.locator(".library-picture__frame img")
        return bool(image.evaluate("async (image) => (await image.decode(), image.naturalWidth)"))

    def fetches_the_open_picture_again(self) -> int:
        again = "async (image) => (await fetch(image.src, { cache: 'reload' })).status"
        status: int = self.page.locator(".library-picture__frame img").evaluate(again)
        return status


@pytest.fixture(scope="module")
def backstage(hospital: Hospital) -> Iterator[Backstage]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        backstage.cue("make_deck", title=DECK)
        yield backstage


def test_the_library_holds_a_picture_for_as_long_as_the_patient_agrees(
    casting: Casting, hospital: Hospital, backstage: Backstage
) -> None:
    asked = ask(hospital, backstage, pictures=2, purposes=(ONE, LECTURE))
    petra = casting("petra", Patient, own_phone("en"))
    agree_to_teaching(petra, asked)

    theo = casting("theo", Teacher, PHONE)
    theo.signs_in()
    first, second = asked.pictures
    find(theo, first)
    each_audience_says_whether_and_how_patients_think_of_it(theo)
    describe(theo)
    into_a_deck(theo)
    make_a_case(theo, first, second)

    theo.counts()
    theo.opens(first)
    take_back_everything(petra)
    theo.ear.expect("404")
    assert theo.fetches_the_open_picture_again() == 404
    nothing_is_left(theo, first)


def agree_to_teaching(petra: Patient, asked: Asked) -> None:
    petra.comes_in(asked.note)
    petra.starts()
    petra.goes_to_the_pictures()
    for _picture in asked.pictures:
        petra.says_to_the_picture(Answer.YES)
    for use in (ONE, LECTURE):
        petra.says(use, Answer.YES)
    petra.goes_to_sign()
    petra.draws()
    petra.signs()
    expect(petra.page.locator(".code")).to_be_visible()


def find(theo: Teacher, photograph: str) -> None:
    """By the audience, by the body site, and by a word of it."""
    theo.presses("Library")
    theo.page.wait_for_url(f"**{SHELF}")
    assert theo.counts() == 2
    assert theo.offered("purpose") == [
        "Lecture inside the institution (2)",
        "One-to-one teaching (2)",
    ]
    theo.page.locator("#by-site").select_option("14975008")
    theo.page.get_by_label("Diagnosis, body site or tag").fill("forearm")
    theo.presses("Search")
    theo.page.wait_for_url("**site=14975008**")
    expect(theo.page.locator(".book")).to_have_count(2)
    assert theo.counts("?text=toe") == 0
    theo.sees("Nothing fits")
    theo.presses("Show everything")
    theo.opens(photograph)
    assert "Petra" not in theo.page.content()
    fits(theo)


def each_audience_says_whether_and_how_patients_think_of_it(theo: Teacher) -> None:
    lines = theo.page.locator(".audience")
    expect(lines).to_have_count(4)
    for words in ("One-to-one teaching", "Lecture"):
        expect(lines.filter(has_text=words).get_by_role("link")).to_have_count(1)
    for words in ("Small-group teaching", "Conference"):
        expect(lines.filter(has_text=words)).to_contain_text("not agreed to")
    # One patient was asked: a share would be that patient's answer.
    expect(theo.main).not_to_contain_text("agreed to this.")
    theo.sees(f"Where fewer than {FEWEST_ASKED} patients were asked here, no share is told.")
    expect(lines.filter(has_text="Conference")).to_contain_text("PubMed 23551168")


def describe(theo: Teacher) -> None:
    theo.page.get_by_label("Diagnosis").fill(DIAGNOSIS)
    theo.page.get_by_label("Skin tone").select_option("fitzpatrick-3-4")
    theo.page.get_by_label("Tags").fill(f"{TAG}, Legs")
    theo.presses("Save")
    expect(theo.page.get_by_role("heading", name=DIAGNOSIS)).to_be_visible()
    fits(theo)
    assert theo.counts(f"?text={TAG}+legs") == 1
    assert theo.offered("skin_tone") == ["Medium (Fitzpatrick III and IV) (1)"]
    theo.page.locator(".book").click()
    theo.page.wait_for_url("**/pictures/**")


def into_a_deck(theo: Teacher) -> None:
    theo.page.get_by_label("Deck").select_option(f"{DECK} · Lecture inside the institution")
    theo.presses("Add a slide")
    theo.page.wait_for_url("**/teaching/decks/**")
    theo.sees("It stands on a new slide, the last of the deck.")
    expect(theo.page.locator(".deck__link").last).to_contain_text("1 picture")
    theo.presses("Find a picture in the library")
    theo.page.wait_for_url(f"**{SHELF}")


def make_a_case(theo: Teacher, first: str, second: str) -> None:
    theo.opens(first)
    theo.page.get_by_label("A new collection: its title").fill(CASE)
    theo.presses("Put it in")
    theo.page.wait_for_url("**/collections/**")
    theo.goes_to(f"{SHELF}pictures/{second}/")
    theo.page.get_by_label("Collection or case").select_option(CASE)
    theo.presses("Put it in")
    theo.page.wait_for_url("**/collections/**")
    expect(theo.page.locator(".book")).to_have_count(2)
    theo.page.get_by_label("History").fill(HISTORY)
    theo.page.get_by_label("Questions, one on each line").fill(f"{QUESTION}\nWhat else?")
    theo.presses("Save")
    theo.sees("Saved.")
    expect(theo.page.locator(".questions li")).to_have_text([QUESTION, "What else?"])
    theo.sees(HISTORY)
    fits(theo)
    theo.presses("Collections and cases")
    expect(theo.page.locator(".collection-line")).to_contain_text("Case · 2 pictures")
    fits(theo)


def take_back_everything(petra: Patient) -> None:
    """One yes after the other, on her own phone."""
    for _use in (ONE, LECTURE):
        petra.goes_to("/portal/mine/")
        petra.page.locator("a[href$='/take-back/']").first.click()
        petra.page.locator("button[form='take-back']").click()
        petra.page.wait_for_load_state()
    petra.goes_to("/portal/mine/")
    expect(petra.page.locator("a[href$='/take-back/']")).to_have_count(0)


def nothing_is_left(theo: Teacher, photograph: str) -> None:
    """Neither on the shelf nor in a count, a facet, the case or the picture's own page."""
    for query in ("", f"?text={TAG}", "?skin_tone=fitzpatrick-3-4", "?purpose=lecture"):
        assert theo.counts(query) == 0
        assert not [
            item for name in ("purpose", "site", "skin_tone", "view") for item in theo.offered(name)
        ]
    theo.goes_to(f"{SHELF}collections/")
    expect(theo.page.locator(".collection-line")).to_contain_text("0 pictures")
    theo.page.locator(".collection-line").click()
    theo.sees("There is nothing in it that may be shown now.")
    theo.sees(HISTORY)
    fits(theo)
    assert theo.status_of(f"{SHELF}pictures/{photograph}/") == 404


def fits(person: Person) -> None:
    assert [*grave(person.page), *too_wide(person.page)] == []
