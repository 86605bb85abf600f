"""Somebody in front of a browser, and what everybody can do there."""

import re
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Self

from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.journeys.browsing import PATIENCE, Ear
from tests.journeys.hospital import Hospital

MOST_TABS = 80
REFUSED_WITHIN = 5.0
HOME = re.compile("/(clinic|privacy|forms|teaching)/|/accounts/$")


@dataclass
class Person:
    name: str
    hospital: Hospital
    context: BrowserContext
    ear: Ear
    page: Page
    url: str

    @classmethod
    def at(cls, name: str, hospital: Hospital, context: BrowserContext) -> Self:
        context.set_default_timeout(PATIENCE)
        return cls(name, hospital, context, Ear(context), context.new_page(), hospital.url)

    def signs_in(self) -> None:
        """One click, as the demo offers it."""
        self.goes_to("/")
        self.page.locator(f"form:has(input[value='{self.name}']) button").click()
        self.page.wait_for_url(HOME)

    def goes_to(self, path: str) -> int:
        """The status with which the page came."""
        answer = self.page.goto(f"{self.url}{path}")
        assert answer is not None
        return answer.status

    def presses(self, name: str) -> None:
        """A button or a link, by what it says."""
        button = self.page.get_by_role("button", name=name, exact=True)
        self.page.get_by_role("link", name=name, exact=True).or_(button).first.click()

    def chooses(self, name: str) -> None:
        """One of several, by what it says; its box hides behind its words, so the words are hit."""
        self.page.locator("label", has=self.page.get_by_label(name)).first.click()

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.main).to_contain_text(text)

    def loads_it_again(self) -> None:
        """The page that answered a form, as after a crash: asked for, and nothing is sent once more.

        What a browser would send again, it keeps in its profile.
        """
        with self.page.expect_request(lambda asked: asked.is_navigation_request()) as made:
            answer = self.page.reload()
        assert (made.value.method, answer and answer.status) == ("GET", HTTPStatus.OK)

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.url)

    def status_of(self, path: str) -> int:
        """What the server answers this browser's session, whatever a page would make of it."""
        return self.context.request.get(f"{self.url}{path}", max_redirects=0).status

    def waits_until_refused(self, path: str) -> None:
        """Until the server sends this browser's session away."""
        until = time.monotonic() + REFUSED_WITHIN
        while self.status_of(path) != HTTPStatus.FOUND:
            assert time.monotonic() < until, f"{path} still answers this session"
            time.sleep(0.05)

    def tabs_to(self, wanted: Locator) -> None:
        """By the Tab key alone."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("(e) => Boolean(e.closest(':focus'))"):
                return
        raise AssertionError(f"the Tab key does not reach {wanted}")
