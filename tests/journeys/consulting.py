"""What two clinicians do when one asks the other: at a desk, and with a phone in one hand."""

import re

from playwright.sync_api import expect
from tests.journeys.clinicians import Clinician

THREAD = re.compile(r"/colleague-questions/[0-9a-f-]{36}/$")
ASKED = re.compile(r"/questions-asked/[0-9a-f-]{36}/$")


class Consultant(Clinician):
    taps = 0

    def taps_on(self, name: str) -> None:
        """One tap; the journey counts them."""
        self.taps += 1
        self.presses(name)

    def asks(self, colleague: str, question: str) -> None:
        """From the page of a picture; nothing but taps and the text."""
        self.taps_on("Ask a colleague")
        self.page.wait_for_url("**/colleague/**")
        self.taps += 1
        self.chooses(colleague)
        self.page.keyboard.type(question)
        self.taps_on("Ask")
        self.page.wait_for_url(THREAD)

    def opens_what_is_asked(self, by: str) -> str:
        """From the list; the path of the question."""
        self.goes_to("/clinic/questions-asked/")
        self.page.locator(".question-line__who a", has_text=by).first.click()
        self.page.wait_for_url(ASKED)
        return self.path

    @property
    def is_shown(self) -> bool:
        """Whether the picture on the stage has been drawn."""
        shown = "async (image) => (await image.decode(), image.naturalWidth)"
        return int(self.page.locator("[data-viewer-image]").evaluate(shown)) > 0

    def answers(self, text: str) -> None:
        self.page.get_by_label("Your answer").fill(text)
        self.presses("Answer")
        expect(self.page.locator(".thread")).to_contain_text(text)
