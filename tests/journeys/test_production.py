"""A hospital of one's own, behind TLS: set up, hire, and sign in with a password and an app."""

import base64
import secrets
import time
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from tests.cast import PASSWORD
from tests.components import CHROMIUM
from tests.journeys.browsing import PHONE
from tests.journeys.conftest import Casting
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person
from tests.journeys.proxy import Proxy

pytestmark = pytest.mark.browser

SERVE = ("-m", "safelight.project.cli", "serve", "--workers", "1", "--port")
STEP = 30  # seconds that a code is shown for


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hospital]:
    if CHROMIUM.find() is None:
        pytest.skip(CHROMIUM.left_out)
    settings = {
        "SAFELIGHT_MODE": "production",
        "SAFELIGHT_SECRET_KEY": secrets.token_urlsafe(48),
        "SAFELIGHT_ROOT_PASSPHRASE": secrets.token_urlsafe(48),
        "SAFELIGHT_ALLOWED_HOSTS": "localhost",
    }
    root = tmp_path_factory.mktemp("production")
    hospital = Hospital(root, SERVE, ready="answers on", settings=settings)
    hospital.runs("init", "--name", "Hospital of the Test")
    hospital.runs(
        *("create-staff", "alice", "Alice Archer"),
        *("--role", "clinician", "--department", "Dermatology"),
        SAFELIGHT_STAFF_PASSWORD=PASSWORD,
    )
    with hospital as served:
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


def give_password(alice: Person) -> None:
    alice.goes_to("/")
    alice.page.get_by_label("Username").fill("alice")
    alice.page.get_by_label("Password").fill(PASSWORD)
    alice.presses("Sign in")


def authenticator(secret: str) -> TOTP:
    padded = secret.strip() + "=" * (-len(secret.strip()) % 8)
    # HMAC-SHA-1 is what authenticator apps speak.
    return TOTP(base64.b32decode(padded), 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303


def code_of(app: TOTP, steps: int = 0) -> str:
    """What the app shows now, or so many steps later: a phone's clock may be a little ahead."""
    return app.generate(time.time() + steps * STEP).decode()


def give_code(alice: Person, code: str) -> None:
    alice.page.locator("input[name=code]").fill(code)
    alice.page.locator("main button.button--primary").click()


def sign_out(alice: Person) -> None:
    alice.goes_to("/accounts/")
    alice.presses("Sign out")


def is_fit_for_all(alice: Person) -> bool:
    violations = Axe().run(alice.page).response["violations"]
    return not [found for found in violations if found["impact"] in {"serious", "critical"}]
