"""Alice at a desk asks Charlie, who has a phone: asked, answered, gone on with, taken back."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.conftest import Casting
from tests.journeys.consulting import Consultant
from tests.journeys.fitness import grave, too_wide
from tests.pictures import jpeg

pytestmark = pytest.mark.browser

QUESTION = "Would you debride this before Friday?"
MOST_TAPS = 3
SIZE = (800, 600)


def test_a_colleague_is_asked_in_three_taps_and_answers_beside_the_picture(
    casting: Casting, tmp_path: Path
) -> None:
    alice = casting("alice", Consultant, DESKTOP)
    charlie = casting("charlie", Consultant, PHONE)
    alice.signs_in()
    charlie.signs_in()
    charlie.ear.expect("404")

    picture = has_pictures(alice, tmp_path, (1, 2))
    began = time.monotonic()
    alice.asks("Charlie clinician", QUESTION)
    took = time.monotonic() - began
    print(f"from the picture to a sent question: {alice.taps} taps, {took:.1f} s of the machine")
    assert alice.taps <= MOST_TAPS
    is_fit(alice)
    thread = alice.path

    looks_and_answers(charlie)
    goes_on(alice, charlie, thread, picture)
    takes_it_back(alice, charlie, thread)


def has_pictures(alice: Consultant, folder: Path, seeds: tuple[int, int]) -> str:
    """The path of a picture of Petra, whose page is open afterwards."""
    for number in seeds:
        (folder / f"{number}.jpg").write_bytes(jpeg(number, SIZE))
    alice.opens_the_timeline_of("petra")
    alice.opens_the_import()
    alice.hands_over(folder)
    alice.waits_until_verified(2)
    alice.opens_the_timeline_of("petra")
    alice.opens_the_picture()
    return alice.path


def looks_and_answers(charlie: Consultant) -> None:
    charlie.goes_to("/clinic/")
    badge = charlie.page.get_by_role("link", name="Asked of me").locator(".badge")
    expect(badge).to_have_text("1")
    charlie.goes_to("/clinic/questions-asked/")
    assert "Okonjo" not in charlie.main.inner_text()
    is_fit(charlie)
    charlie.opens_what_is_asked("Alice clinician")
    charlie.sees(QUESTION)
    assert charlie.is_shown
    assert "Okonjo" not in charlie.page.content()
    is_fit(charlie)
    charlie.answers("Yes, tomorrow at eight.")


def goes_on(alice: Consultant, charlie: Consultant, thread: str, picture: str) -> None:
    alice.goes_to("/clinic/")
    expect(alice.page.get_by_role("link", name="Asked of me").locator(".badge")).to_have_text("1")
    alice.goes_to(picture)
    alice.sees("Yes, tomorrow at eight.")
    is_fit(alice)
    alice.goes_to(thread)
    alice.page.get_by_label("Go on").fill("Under which cover?")
    alice.presses("Send")
    expect(alice.page.locator(".thread")).to_contain_text("Under which cover?")
    charlie.opens_what_is_asked("Alice clinician")
    charlie.sees("Under which cover?")


def takes_it_back(alice: Consultant, charlie: Consultant, thread: str) -> None:
    """Charlie's page is open meanwhile; nothing that it shows can be fetched again."""
    address = charlie.page.locator("[data-viewer-image]").get_attribute("src")
    assert address is not None
    assert charlie.status_of(address) == 200
    alice.goes_to(thread)
    alice.presses("Take it back")
    alice.page.wait_for_url("**/questions-asked/")
    assert charlie.status_of(address) == 404
    charlie.page.get_by_label("Your answer").fill("None needed.")
    charlie.presses("Answer")
    charlie.sees("This question is over")
    assert QUESTION not in charlie.main.inner_text()
    alice.opens_the_timeline_of("petra")
    alice.page.locator("summary", has_text="question to a colleague").click()
    alice.sees("Yes, tomorrow at eight.")
    alice.sees("Taken back")


def test_the_list_of_colleagues_answers_while_somebody_types(
    casting: Casting, tmp_path: Path
) -> None:
    alice = casting("alice", Consultant, PHONE)
    alice.signs_in()
    has_pictures(alice, tmp_path, (3, 4))
    alice.presses("Ask a colleague")
    alice.page.wait_for_url("**/colleague/**")
    is_fit(alice)
    people = alice.page.locator("[data-colleague-people]")
    alice.page.get_by_label("Find somebody by name").fill("char")
    expect(people.locator("label")).to_have_count(1)
    alice.chooses("Charlie clinician")
    expect(alice.page.get_by_label("Your question")).to_be_focused()
    alice.page.get_by_label("Find somebody by name").fill("bob")
    expect(people.locator("label")).to_have_count(2)
    expect(people.get_by_label("Charlie clinician")).to_be_checked()
    alice.page.get_by_label("Find somebody by name").fill("nobody of this name")
    expect(alice.page.get_by_text("No clinician of that name works here.")).to_be_visible()
    alice.page.get_by_label("Find somebody by name").fill("")
    expect(people.get_by_label("Bob clinician")).to_be_visible()


def is_fit(person: Consultant) -> None:
    assert [*grave(person.page), *too_wide(person.page)] == []
