"""Every page of the consent room is fit for everybody: on a phone, at a desk, in the dark, mirrored."""

from collections.abc import Callable, Iterator

import pytest
from tests.journeys.asking import Asked, ask
from tests.journeys.backstage import Backstage
from tests.journeys.browsing import DESKTOP, PHONE
from tests.journeys.conftest import Casting
from tests.journeys.fitness import clipped, grave, too_small, too_wide, unsaid, zoomed
from tests.journeys.hospital import Hospital
from tests.journeys.keyboard import walk
from tests.journeys.patients import Patient, own_phone
from tests.journeys.people import Person

from safelight.vocabulary.agreements import Answer

pytestmark = pytest.mark.browser

TWICE_AS_LARGE = {"viewport": {"width": 195, "height": 422}}
DARK = {"color_scheme": "dark"}
# Each of phone and desk, light and dark, left to right and right to left meets each other once.
ROUNDS = {
    "phone, from left to right": ("en", own_phone("en")),
    "phone in the dark, from right to left": ("ar", own_phone("ar") | DARK),
    "desk, from right to left": ("ar", DESKTOP | {"locale": "ar"}),
    "desk in the dark, from left to right": ("en", DESKTOP | {"locale": "en"} | DARK),
}
STAFF_DEVICES = {"phone": PHONE, "desk in the dark": DESKTOP | DARK}
NOBODYS = "/portal/pictures/00000000-0000-4000-8000-000000000000/"

Ask = Callable[..., Asked]


@pytest.fixture(scope="module")
def asks(hospital: Hospital) -> Iterator[Ask]:
    with Backstage(hospital) as backstage:
        backstage.cue("put_a_form_in_use")
        yield lambda **details: ask(hospital, backstage, **details)


@pytest.mark.parametrize("device", ROUNDS)
def test_the_pages_of_a_patient(casting: Casting, asks: Ask, device: str) -> None:
    language, kind = ROUNDS[device]
    petra = casting("petra", Patient, kind)
    petra.ear.expect("404")
    found: list[str] = []
    for name in through_the_portal(petra, asks(language=language, pictures=2), language):
        petra.reads(language)
        wrong = [*grave(petra.page), *too_wide(petra.page), *clipped(petra.page)]
        wrong += [*too_small(petra.page), *unsaid(petra.page), *zoomed(petra.page)]
        found += [f"{name}: {item}" for item in wrong]
    assert found == []


def test_easy_words_fit_on_a_phone_at_twice_the_size(casting: Casting, asks: Ask) -> None:
    petra = casting("petra", Patient, own_phone("es") | TWICE_AS_LARGE)
    petra.comes_in(asks(language="es", pictures=2).note)
    petra.page.locator("input[value='easy-read']").check()
    found = misfits(petra)
    for name in to_the_signature(petra, "es"):
        found += misfits(petra)
        if name == "choices refused":
            break
    for answer in petra.page.locator("input[value='no']").all():
        answer.check()
    petra.page.locator("button[form='choices']").click()
    petra.page.wait_for_url("**/portal/sign/")
    assert found + misfits(petra) == []


def misfits(petra: Patient) -> list[str]:
    head = petra.page.locator(".portal__head").bounding_box()
    assert head is not None
    assert head["height"] < TWICE_AS_LARGE["viewport"]["height"] * 0.4
    return [*too_wide(petra.page), *clipped(petra.page)]


def test_the_keyboard_reaches_everything_a_patient_may_need(casting: Casting, asks: Ask) -> None:
    petra = casting("petra", Patient, own_phone("en"))
    petra.ear.expect("404")
    found: list[str] = []
    for name in through_the_portal(petra, asks(pictures=2), "en"):
        found += [f"{name}: {item}" for item in walk(petra.page)]
    assert found == []


def through_the_portal(petra: Patient, asked: Asked, language: str) -> Iterator[str]:
    """Stops at every page between the note and the way out."""
    petra.goes_to("/portal/enter/")
    yield "enter"
    petra.scans(asked.note)
    yield "enter by a link"
    petra.shows_who_it_is("1")
    yield "enter refused"
    petra.comes_in(asked.note)
    yield "start"
    yield from to_the_signature(petra, language)
    petra.signs()
    yield "sign refused"
    petra.types_the_name()
    petra.signs()
    petra.page.locator(".code").wait_for()
    yield "done"
    yield from afterwards(petra)
    petra.page.locator("form[action='/portal/leave/'] button").click()
    petra.page.wait_for_url("**/portal/leave/")
    yield "left"


def to_the_signature(petra: Patient, language: str) -> Iterator[str]:
    petra.starts()
    yield "read"
    petra.goes_to_the_pictures()
    yield "picture"
    for answer in (Answer.YES, Answer.NO):
        petra.sees_it_large()
        petra.says_to_the_picture(answer)
    yield "choices"
    petra.page.locator("button[form='choices']").click()
    petra.page.locator(".statement--open").first.wait_for()
    yield "choices refused"
    petra.chooses_for_teaching(language)
    yield "sign"


def afterwards(petra: Patient) -> Iterator[str]:
    petra.goes_to("/portal/mine/")
    yield "my pages"
    petra.page.locator("a[href^='/portal/mine/pictures/']").first.click()
    petra.sees_it_large()
    yield "my picture"
    for name in ("looks", "questions"):
        petra.goes_to(f"/portal/mine/{name}/")
        yield name
    petra.goes_to("/portal/mine/")
    petra.page.locator("a[href$='/take-back/']").first.click()
    yield "take back"
    petra.page.locator("button[form='take-back']").click()
    yield "taken back"
    petra.goes_to("/portal/mine/")
    petra.page.locator("a[href='/portal/mine/new-code/']").click()
    yield "new code asked"
    petra.page.locator("button[form='new-code']").click()
    petra.page.locator(".code").wait_for()
    yield "new code"
    petra.goes_to(NOBODYS)
    yield "nothing there"


@pytest.mark.parametrize("device", STAFF_DEVICES)
def test_the_pages_of_the_staff(casting: Casting, asks: Ask, device: str) -> None:
    ready, signed = asks(pictures=2), asks(pictures=2)
    petra = casting("petra", Patient, own_phone("en"))
    petra.comes_in(signed.note)
    petra.goes_all_the_way(2)
    petra.types_the_name()
    petra.signs()
    found: list[str] = []
    for person, path in staff_pages(casting, ready, signed, device):
        assert person.goes_to(path) == 200, path
        wrong = [*grave(person.page), *too_wide(person.page), *clipped(person.page)]
        wrong += unsaid(person.page)
        if device == "phone":
            wrong += walk(person.page)
        found += [f"{path}: {item}" for item in wrong]
    assert found == []


def staff_pages(
    casting: Casting, ready: Asked, signed: Asked, device: str
) -> Iterator[tuple[Person, str]]:
    request, picture = f"/clinic/proposals/{ready.proposal}/", signed.pictures[0]
    of_petra = f"/clinic/patients/{ready.patient}/"
    pages = {
        "alice": [
            *("/clinic/consents/", of_petra, f"{of_petra}ask/", f"{of_petra}ask/?before"),
            *(request, f"{request}pictures/", f"{request}paper/", f"{request}mistake/"),
            *(f"{request}invitation/", f"/clinic/proposals/{signed.proposal}/"),
            f"/clinic/photographs/{picture}/",
        ],
        "theo": [f"/teaching/photographs/{picture}/?use=one-to-one-teaching"],
    }
    for name, paths in pages.items():
        person = casting(name, Person, STAFF_DEVICES[device])
        person.signs_in()
        for path in paths:
            yield person, path
