"""A hospital of one's own, behind TLS: set up, hire, and sign in with a password and an app."""

from collections.abc import Iterator

import pytest
from tests.components import CHROMIUM
from tests.journeys.browsing import PHONE
from tests.journeys.conftest import Casting
from tests.journeys.fitness import grave
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person
from tests.journeys.production import (
    authenticator,
    code_of,
    give_code,
    give_password,
    production_hospital,
)
from tests.journeys.proxy import Proxy

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    if CHROMIUM.find() is None:
        pytest.skip(CHROMIUM.left_out)
    with production_hospital(tmp_path_factory.mktemp("production")) as served:
        yield served


@pytest.fixture(scope="module")
def proxy(hospital: Hospital) -> Iterator[Proxy]:
    with Proxy(hospital.port, hospital.root) as proxy:
        yield proxy


@pytest.fixture
def alice(casting: Casting, proxy: Proxy) -> Person:
    alice = casting("alice", Person, PHONE | {"ignore_https_errors": True})
    alice.url = proxy.url
    return alice


def test_the_first_sign_in_sets_up_a_second_step_that_is_asked_for_ever_after(
    alice: Person,
) -> None:
    give_password(alice)
    alice.sees("Set up the second step")
    assert is_fit_for_all(alice)
    alice.page.locator("summary").click()
    app = authenticator(alice.page.locator("code.secret").inner_text())
    first_code = code_of(app)
    give_code(alice, first_code)

    alice.sees("Write them down now")
    assert is_fit_for_all(alice)
    recovery = alice.page.locator(".codes code").first.inner_text()
    alice.presses("I have written them down")
    assert alice.goes_to("/clinic/") == 200
    alice.sees("No patients on your list today")
    for cookie in alice.context.cookies():
        assert cookie["secure"]

    sign_out(alice)
    give_password(alice)
    alice.sees("Enter the code")
    assert is_fit_for_all(alice)
    assert alice.status_of("/clinic/") == 302
    give_code(alice, first_code)
    alice.sees("This code is not right, or it was used before.")
    give_code(alice, code_of(app, steps=1))
    alice.sees("My patients today")

    sign_out(alice)
    give_password(alice)
    alice.page.locator("input[name=code]").fill(recovery)
    alice.presses("Continue")
    alice.sees("My patients today")


def test_there_is_no_one_click_door_and_no_plain_http(alice: Person, hospital: Hospital) -> None:
    alice.goes_to("/")
    assert alice.page.locator("form:has(input[name='username'][type='hidden'])").count() == 0
    alice.ear.expect("404")
    assert alice.goes_to("/accounts/demo/") == 404
    answer = alice.context.request.get(f"{alice.url}/accounts/login/")
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    plain = alice.context.request.get(f"{hospital.url}/accounts/login/", max_redirects=0)
    assert plain.status == 301
    assert plain.headers["location"].startswith("https://")


def sign_out(alice: Person) -> None:
    alice.goes_to("/accounts/")
    alice.presses("Sign out")


def is_fit_for_all(alice: Person) -> bool:
    return not grave(alice.page)
