"""What a clinician does to ask a patient, and to give them a way in."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO

import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, expect
from tests.journeys.clinicians import Clinician

from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose

REQUEST = re.compile(r"/clinic/proposals/[0-9a-f-]{36}/$")


@dataclass(frozen=True)
class Note:
    """What a patient takes along: the link as its QR code says it, its letters, and the code."""

    link: str
    letters: str
    code: str


class Proposer(Clinician):
    def takes_pictures(self, count: int) -> None:
        """Of the left forearm; verified and labelled."""
        self.opens_the_camera()
        for _ in range(count):
            self.takes_a_picture()
        self.waits_until_verified(count)
        self.goes_on_to_label()
        self.taps_the_body("front-forearm", "left")
        self.chooses("Close-up")
        self.saves_the_label()

    def asks(
        self,
        pictures: Collection[str],
        uses: Collection[Purpose],
        *,
        named: Mapping[Purpose, str] | None = None,
        language: str = "en",
    ) -> None:
        """From the timeline, about these pictures, for these uses."""
        self.presses("Ask")
        for picture in pictures:
            self.page.locator("label.pick", has=self.field("photograph", picture)).click()
        for use in uses:
            key = f"{use.value}.{USUAL_AUDIENCE[use].value}"
            self.unfolds(box := self.field("use", key))
            box.check()
            if named and use in named:
                self.page.locator(f"[name='named-{key}']").fill(named[use])
        self.unfolds(spoken := self.page.locator("#language"))
        spoken.select_option(language)

    def continues(self) -> None:
        self.presses("Continue")
        self.page.wait_for_url(REQUEST)

    def unfolds(self, wanted: Locator) -> None:
        """Opens what hides it, if anything does."""
        wanted.wait_for(state="attached")
        folded = self.page.locator("details:not([open])", has=wanted)
        if folded.count():
            folded.locator("summary").first.click()

    def field(self, name: str, value: str) -> Locator:
        return self.page.locator(f"[name='{name}'][value='{value}']")

    def makes_a_link(self) -> Note:
        """What stands on the page that is shown once."""
        button = re.compile("Send to their own phone|Make a new link")
        self.page.get_by_role("button", name=button).first.click()
        self.page.wait_for_url("**/invitation/")
        drawn = self.page.locator(".invitation__qr").screenshot()
        square = zxingcpp.BarcodeFormat.QRCode
        scanned = zxingcpp.read_barcodes(
            Image.open(BytesIO(drawn)), formats=zxingcpp.BarcodeFormats(square)
        )
        note = Note(
            scanned[0].text,
            self.page.locator("[data-invitation-letters]").inner_text(),
            self.page.locator("[data-invitation-code]").inner_text(),
        )
        self.presses("They have it")
        self.page.wait_for_url(REQUEST)
        return note

    def answers(self) -> dict[str, str]:
        """Each use on the page of the request, and what was said to it."""
        lines = self.page.locator(".agreements .agreement")
        return {
            line.locator("strong").first.inner_text(): line.locator(
                ".agreement__answer"
            ).inner_text()
            for line in lines.all()
        }

    def expects_a_locked_link(self) -> None:
        expect(self.main).to_contain_text("Their link is locked")
