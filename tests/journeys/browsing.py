"""Chromium for journeys: a phone and a desktop, and an ear for everything that goes wrong in them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, expect, sync_playwright
from tests.closing import closing_in_time
from tests.components import find_windowless_chromium
from tests.journeys.camera import FakeCamera

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PATIENCE = 30_000  # ms; other journeys run beside this one

expect.set_options(timeout=PATIENCE)


@contextmanager
def chromium(camera: FakeCamera) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_windowless_chromium(), args=[*ARGUMENTS, *camera.arguments]
        )
        yield browser
        with closing_in_time():
            browser.close()


class Ear:
    """Hears console errors, uncaught exceptions and blocked content in every page of a context."""

    def __init__(self, context: BrowserContext) -> None:
        self.heard: list[str] = []
        self._expected: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self.heard.append(f"uncaught: {error.error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(f"{message.text} ({message.location.get('url', '')})")

    def expect(self, part: str) -> None:
        """What this journey brings about by intent, such as a refusal's status."""
        self._expected.append(part)

    @property
    def complaints(self) -> list[str]:
        return [text for text in self.heard if not any(part in text for part in self._expected)]
