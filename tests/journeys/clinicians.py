"""What a clinician does: find, take, label, look, and mend what went wrong."""

import re
from pathlib import Path

from playwright.sync_api import Locator, expect
from tests.journeys.people import Person

SAFE_WITHIN = 30_000  # ms
TIMELINE = re.compile(r"/clinic/patients/[0-9a-f-]{36}/$")


class Clinician(Person):
    def scans_a_wristband(self) -> None:
        self.goes_to("/clinic/")
        self.presses("Scan a wristband")
        self.page.wait_for_url(TIMELINE)

    def finds(self, text: str) -> None:
        self.goes_to("/clinic/find/")
        self.page.get_by_label("Name or identifier").fill(text)
        self.presses("Find")

    def opens_the_timeline_of(self, patient: str) -> None:
        self.goes_to(f"/clinic/patients/{self.hospital.patients[patient]}/")

    @property
    def pictures(self) -> Locator:
        """In the timeline, each a link."""
        return self.page.locator("main .tiles a.tile__image")

    # Taking pictures

    def opens_the_camera(self) -> None:
        self.presses("Take pictures")
        expect(self.page.get_by_role("button", name="Take a picture")).to_be_enabled()
        self.page.get_by_label("Patient agreed").select_option("verbal")

    def takes_a_picture(self) -> None:
        self.presses("Take a picture")
        self.presses("Keep")

    def waits_until_sealed(self, count: int) -> None:
        """Sealed, or verified already: the worker is quick."""
        safe = self.page.locator("[data-state='sealed'], [data-state='verified']")
        expect(safe).to_have_count(count, timeout=SAFE_WITHIN)

    def waits_until_verified(self, count: int) -> None:
        verified = self.page.locator("[data-state='verified']")
        expect(verified).to_have_count(count, timeout=SAFE_WITHIN)

    # Labelling

    def goes_on_to_label(self) -> None:
        self.page.locator("[data-capture-done]").click()
        self.page.wait_for_url("**/label/**")

    def taps_the_body(self, region: str, laterality: str) -> None:
        self.page.locator(f"[data-region='{region}'][data-laterality='{laterality}']").click()

    def saves_the_label(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("[data-label-save]").click()

    # Looking

    def opens_the_picture(self, number: int = 0) -> None:
        self.pictures.nth(number).click()
        self.page.wait_for_url("**/clinic/photographs/*/")
        self.sees_a_picture("[data-viewer-image]")

    def sees_a_picture(self, selector: str) -> None:
        """Not only an element: pixels that the browser could decode."""
        shown = self.page.locator(selector).first
        expect(shown).to_be_visible()
        assert shown.evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0

    @property
    def zoom(self) -> float:
        scale = "(image) => new DOMMatrix(getComputedStyle(image).transform).a"
        return float(self.page.locator("[data-viewer-image]").evaluate(scale))

    def asks_who_looked(self) -> list[str]:
        self.presses("Who looked")
        self.page.wait_for_url("**/looks/")
        return self.page.locator("main li.look strong:not(time *)").all_inner_texts()

    # In an emergency, and after a mistake

    def breaks_glass(self, identifier: str, reason: str, text: str) -> None:
        self.finds(identifier)
        self.page.locator("main .patient-card a").click()
        self.chooses(reason)
        self.page.get_by_label("Write why").fill(text)
        self.presses("Break glass")
        self.page.wait_for_url(TIMELINE)

    def moves_the_picture(self, to: str, reason: str) -> None:
        """From the page of the picture to the patient with that identifier."""
        self.presses("Wrong patient? Move it")
        self.page.get_by_label("Who is the right patient?").fill(to)
        self.presses("Find")
        self.page.locator("main .choice").click()
        self.presses("Continue")
        self.chooses(reason)
        self.presses("Move the pictures")
        self.page.wait_for_url(TIMELINE)

    # Sharing

    def chooses_whom(self, done_by: str) -> None:
        """The first of several agreements, one for each journey before; with one there is no choice.

        A page that has begun to come may not have its lines yet, so one or the other is waited for.
        """
        whom = self.page.locator(".task__who a")
        form = self.page.get_by_role("button", name=done_by)
        expect(whom.or_(form).first).to_be_visible()
        if whom.count():
            whom.first.click()
        expect(form).to_be_visible()

    # Files of an institution's camera

    def opens_the_import(self) -> None:
        self.presses("Import")
        self.page.wait_for_url("**/import/")
        self.page.get_by_label("Patient agreed").select_option("verbal")

    def hands_over(self, folder: Path) -> None:
        self.page.set_input_files("[data-import-folder]", folder)

    def result_of(self, name: str) -> Locator:
        """The line of one file, by its name in the folder."""
        return self.page.locator("[data-import-list] > li", has_text=name)
