"""A real Chromium with a camera that draws its own pictures, and a page for it to open."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.browser.modules.hospital import Hospital
from tests.closing import closing_in_time
from tests.components import find_windowless_chromium

CHROMIUM = find_windowless_chromium() or ""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
PATIENT = {
    "id": UUID(int=1),
    "name": "Petra Test",
    "birth_date": date(1980, 2, 29),
    "age": 45,
    "identifier": "0001",
    "identifier_label": "Hospital number",
}
INTAKE: dict[str, Any] = {
    "patient": PATIENT,
    "upload_url": "/uploads/",
    "status_url": "/states/",
    "after_url": "/after/",
    "max_bytes": 50_000_000,
    "takes_consent": [{"value": "verbal", "label": "Agreed in words"}],
    "sensitivities": [{"value": "ordinary", "label": "Ordinary"}],
    "encounters": [{"id": "", "label": "Ward round"}],
}
PATIENCE = 20_000  # ms; other tests run beside this one
expect.set_options(timeout=PATIENCE)
TAKEN_AT = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: Playwright's loop must not run while other suites use the database."""
    if not CHROMIUM:
        missing = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("SAFELIGHT_REQUIRE_ALL") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        with closing_in_time():
            chromium.close()


@pytest.fixture
def hospital() -> Iterator[Hospital]:
    with Hospital() as server:
        server.show("/after/", "<!doctype html><title>After</title>")
        yield server


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    phone = browser.new_context(viewport={"width": 390, "height": 844})
    phone.set_default_timeout(PATIENCE)
    yield phone
    with closing_in_time():
        phone.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that may not fail in silence: no uncaught error, nothing that the policy blocks."""
    shown = context.new_page()
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.on(
        "console",
        lambda message: errors.append(message.text) if "Security Policy" in message.text else None,
    )
    yield shown
    assert errors == []


def render(template: str, **context: Any) -> str:
    """The real template, as the views show it."""
    return render_to_string(f"clinic/{template}.html", {"csrf_token": "its-token"} | context)


def jpeg(width: int = 640, height: int = 480, colour: str = "peru") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def photograph(number: int, **more: Any) -> dict[str, Any]:
    """A card as the pictures' pages take it."""
    return {
        "id": UUID(int=number),
        "taken_at": TAKEN_AT,
        "taken_by": "Alice",
        "body_site": "Forearm",
        "sensitivity": "Ordinary",
        "state": "verified",
        "thumbnail_url": "/display.jpg",
        "image_url": "/display.jpg",
        "original_url": "/original.jpg",
        "is_selected": True,
    } | more
