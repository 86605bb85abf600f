"""A hospital that is open, a camera that sees what a journey needs, and people to act."""

import os
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import Error as PlaywrightError
from tests.closing import closing_in_time
from tests.components import CHROMIUM
from tests.journeys.admitted import admitted
from tests.journeys.browsing import chromium
from tests.journeys.camera import FakeCamera
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person

P = TypeVar("P", bound=Person)


LONGEST = (
    "test_every_page.py",
    "test_consent_pages.py",
    "test_lecture.py",
    "test_nothing_leaks.py",
    "test_consent_bad_input.py",
    "test_consent_on_their_own_phone.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules run side by side: who begins last should not take longest."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


class Casting:
    """Puts people in front of browsers, each in a context of their own."""

    def __init__(self, hospital: Hospital, browser: Browser) -> None:
        self.hospital = hospital
        self.browser = browser
        self.people: list[Person] = []

    def __call__(self, name: str, kind: type[P], device: dict[str, Any]) -> P:
        person = kind.at(name, self.hospital, self.browser.new_context(**device))
        self.people.append(person)
        return person

    def complaints(self) -> dict[str, list[str]]:
        return {
            person.name: person.ear.complaints for person in self.people if person.ear.complaints
        }


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with everybody in it, for all workers of this run."""
    own = tmp_path_factory.getbasetemp()
    return admitted(own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own)


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory, made: Path) -> Iterator[Hospital]:
    """One for each module: what one journey leaves behind, the next may find."""
    if CHROMIUM.find() is None:
        pytest.skip(CHROMIUM.left_out)
    with Hospital(tmp_path_factory.mktemp("hospital"), made=made) as served:
        yield served


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> FakeCamera:
    return FakeCamera(tmp_path_factory.mktemp("camera") / "frames.mjpeg")


@pytest.fixture(scope="module")
def browser(hospital: Hospital, camera: FakeCamera) -> Iterator[Browser]:
    """One for each module: Playwright's loop must not run while other suites use the database."""
    with chromium(camera) as browser:
        yield browser


@pytest.fixture
def casting(hospital: Hospital, browser: Browser) -> Iterator[Casting]:
    """At the end nobody's browser may have complained of anything but what was meant to happen."""
    casting = Casting(hospital, browser)
    yield casting
    for person in casting.people:
        with closing_in_time():
            person.context.close()
    assert casting.complaints() == {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What everybody saw when a journey failed."""
    report = yield
    casting = item.funcargs.get("casting")
    if report.when == "call" and report.failed and isinstance(casting, Casting):
        for person in casting.people:
            path = casting.hospital.root / f"{person.name}.png"
            with suppress(PlaywrightError):  # a screen that hangs hides no failure
                person.page.screenshot(path=path)
            report.sections.append((f"screen of {person.name}", f"{path}\n{person.ear.heard}"))
    return report
