"""A hospital of one's own in production mode, and signing in there with a password and an app."""

import base64
import secrets
import time
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from tests.cast import PASSWORD
from tests.journeys.hospital import Hospital
from tests.journeys.people import Person

SERVE = ("-m", "safelight.project.cli", "serve", "--workers", "1", "--port")
STEP = 30  # seconds that a code is shown for


def production_hospital(root: Path) -> Hospital:
    """Set up by its own commands, with Alice of dermatology hired; not open yet."""
    settings = {
        "SAFELIGHT_MODE": "production",
        "SAFELIGHT_SECRET_KEY": secrets.token_urlsafe(48),
        "SAFELIGHT_ROOT_PASSPHRASE": secrets.token_urlsafe(48),
        "SAFELIGHT_ALLOWED_HOSTS": "localhost",
    }
    hospital = Hospital(root, SERVE, ready="answers on", settings=settings)
    hospital.runs("init", "--name", "Hospital of the Test")
    hospital.runs(
        *("create-staff", "alice", "Alice Archer"),
        *("--role", "clinician", "--department", "Dermatology"),
        SAFELIGHT_STAFF_PASSWORD=PASSWORD,
    )
    return hospital


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


def first_sign_in(alice: Person) -> None:
    """With a second step, which is set up on the way."""
    give_password(alice)
    alice.sees("Set up the second step")
    alice.page.locator("summary").click()
    give_code(alice, code_of(authenticator(alice.page.locator("code.secret").inner_text())))
    alice.presses("I have written them down")
