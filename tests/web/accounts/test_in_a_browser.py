"""Passkeys and the lock, in a real Chromium with an authenticator made of software."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer
from tests.cast import PASSWORD, Cast
from tests.components import find_windowless_chromium

from safelight.audit.models import Event
from safelight.people.models import Presence
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "keystore"]),
]

CHROMIUM = find_windowless_chromium() or ""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}

Journey = Callable[[Page], None]


@pytest.fixture
def travel(hospital: Cast, live_server: LiveServer) -> Callable[[Journey], None]:
    if not CHROMIUM:
        missing = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("SAFELIGHT_REQUIRE_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)

    def travel(journey: Journey) -> None:
        # Playwright's loop may not run in the thread that speaks to the database.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(in_chromium, live_server.url, journey).result(timeout=120)

    return travel


def in_chromium(url: str, journey: Journey) -> None:
    errors: list[str] = []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_context(base_url=url, viewport={"width": 390, "height": 844}).new_page()
        page.set_default_timeout(20000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda said: errors.append(said.text) if "Security Policy" in said.text else None,
        )
        devices = page.context.new_cdp_session(page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        journey(page)
        chromium.close()
    assert errors == []


def enrol_a_passkey(page: Page) -> None:
    page.goto(reverse("account_login"))
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_label("Name").fill("Ward phone")
    page.get_by_role("button", name="Add this device").click()
    page.get_by_role("link", name="I have written them down").click()
    expect(page.get_by_text("Ward phone")).to_be_visible()


def test_a_passkey_is_set_up_and_opens_the_door_alone(
    travel: Callable[[Journey], None], hospital: Cast
) -> None:
    def journey(page: Page) -> None:
        enrol_a_passkey(page)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url(f"**{reverse('clinic:today')}")

    travel(journey)

    assert Presence.objects.get().has_second_factor
    assert not Event.objects.filter(tag=EventTag.ACCOUNT_SIGN_IN_REFUSED).exists()


def test_a_passkey_is_the_second_step_after_the_password(
    travel: Callable[[Journey], None],
) -> None:
    def journey(page: Page) -> None:
        enrol_a_passkey(page)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("Username").fill("alice")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Use a passkey instead").click()
        page.wait_for_url(f"**{reverse('clinic:today')}")

    travel(journey)

    assert Presence.objects.get().has_second_factor


@pytest.mark.parametrize("proof", ["password", "passkey"])
def test_the_lock_covers_the_page_and_gives_it_back_as_it_was(
    travel: Callable[[Journey], None], proof: str
) -> None:
    def journey(page: Page) -> None:
        enrol_a_passkey(page)
        page.clock.install()
        page.goto(reverse("account"))
        heading = page.get_by_role("heading", name="Passkeys")
        page.evaluate("window.unsent = 'a picture'")

        page.clock.fast_forward("14:30")
        expect(page.get_by_text("This page locks in less than a minute")).to_be_visible()
        expect(heading).to_be_visible()
        page.clock.fast_forward("01:00")
        expect(page.get_by_role("heading", name="Locked while you were away")).to_be_visible()
        expect(heading).to_be_hidden()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(heading).to_be_hidden()

        unlock(page, proof)

        expect(heading).to_be_visible()
        assert page.evaluate("window.unsent") == "a picture"

    travel(journey)

    tags = Event.objects.values_list("tag", flat=True)
    assert EventTag.ACCOUNT_SESSION_LOCKED in tags
    assert EventTag.ACCOUNT_SESSION_UNLOCKED in tags
    assert Presence.objects.get().locked_at is None


def unlock(page: Page, proof: str) -> None:
    if proof == "passkey":
        page.get_by_role("button", name="Use a passkey instead").click()
        return
    page.get_by_label("Password").fill("a wrong guess")
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_text("This is not the password of this account.")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Unlock").click()


def test_a_touch_before_the_hour_keeps_the_page_awake(
    travel: Callable[[Journey], None],
) -> None:
    def journey(page: Page) -> None:
        enrol_a_passkey(page)
        page.clock.install()
        page.goto(reverse("account"))
        page.clock.fast_forward("14:30")
        with page.expect_response(f"**{reverse('lock')}") as told:
            page.get_by_role("button", name="I am here").click()
        assert told.value.json() == {"locked": False}
        page.clock.fast_forward("10:00")
        expect(page.get_by_role("heading", name="Passkeys")).to_be_visible()

    travel(journey)
