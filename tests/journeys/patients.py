"""What a patient does in the portal, in whatever language: by place, not by what buttons say."""

import re
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Download, Locator, expect
from tests.cast import PETRA
from tests.consenting import shipped_form
from tests.journeys.people import Person
from tests.journeys.proposing import Note

from safelight.consent.rules.wording import statements_for, use_wording
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose

HOUSE = "Test Hospital"
BORN = PETRA.birth_date
# A hand that goes up and down while it goes right, in widths and heights of the field.
SCRAWL = [(0.1 + place / 25, 0.8 if place % 2 else 0.2) for place in range(20)]


def own_phone(language: str) -> dict[str, Any]:
    """A patient's own, set to their language."""
    return {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
        "locale": language,
    }


class Patient(Person):
    # Coming in

    def scans(self, note: Note) -> None:
        self.page.goto(note.link)

    def types_the_letters_of(self, note: Note) -> None:
        self.goes_to("/portal/enter/")
        self.page.locator("#letters").fill(note.letters)

    def shows_who_it_is(self, code: str, born: date = BORN) -> None:
        for part in ("day", "month", "year"):
            self.page.locator(f"[name='{part}']").fill(str(getattr(born, part)))
        self.page.locator("[name='code']").fill(code)
        self.page.locator("main form button[type='submit']").last.click()

    def comes_in(self, note: Note, born: date = BORN) -> None:
        self.scans(note)
        self.shows_who_it_is(note.code, born)
        self.page.wait_for_url("**/portal/")

    def is_told(self, sentence: str, language: str) -> None:
        """One sentence, in the patient's language."""
        with translation.override(language):
            said = gettext(sentence)
        assert language == "en" or said != sentence, f"not translated: {sentence}"
        expect(self.page.locator(".portal__notice")).to_have_text(said)
        self.reads(language)

    # Reading and looking

    def starts(self) -> None:
        self.page.locator("button[form='start']").click()
        self.page.wait_for_url("**/portal/read/")

    def goes_to_the_pictures(self) -> None:
        self.page.locator("a[href='/portal/pictures/']").last.click()
        self.page.wait_for_url("**/portal/pictures/*/")

    @property
    def picture(self) -> str:
        """The id of the one that is looked at."""
        return self.path.partition("?")[0].split("/")[3]

    def sees_it_large(self) -> None:
        """Real pixels, on much of the screen, and all of them above the answer."""
        shown = self.page.locator("[data-stage-image]")
        expect(shown).to_be_visible()
        assert shown.evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0
        box, screen = shown.bounding_box(), self.page.viewport_size
        assert box is not None
        assert screen is not None
        assert any(box[side] >= 0.4 * screen[side] for side in ("width", "height")), box
        below = self.page.locator(".next").bounding_box()
        assert below is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= below["y"] + 1, (box, below)

    def says_to_the_picture(self, answer: Answer) -> None:
        with self.page.expect_navigation():
            self.page.locator(f"[name='answer'][value='{answer.value}']").click()

    # Choosing and signing

    def choice(self, use: Purpose, language: str = "en") -> Locator:
        """The question about one use, found by its heading in the patient's language."""
        heading = heading_of(use, language)
        return self.page.locator("fieldset.statement", has_text=heading)

    def says(self, use: Purpose, answer: Answer, language: str = "en") -> None:
        box = self.page.locator(f"input[value='{answer.value}']")
        question = self.choice(use, language)
        question.locator("label", has=box).click()
        expect(question.locator(box)).to_be_checked()

    def goes_to_sign(self) -> None:
        self.page.locator("button[form='choices']").click()
        self.page.wait_for_url("**/portal/sign/")

    def draws(self, places: list[tuple[float, float]] = SCRAWL) -> None:
        field = self.page.locator("[data-signature-field]")
        field.scroll_into_view_if_needed()
        box = field.bounding_box()
        assert box is not None
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
        self.page.mouse.move(*points[0])
        self.page.mouse.down()
        for point in points[1:]:
            self.page.mouse.move(*point)
        self.page.mouse.up()

    def types_the_name(self, name: str = "Petra Okonjo-Müller") -> None:
        self.page.locator("#typed").fill(name)

    def signs(self) -> None:
        self.page.locator("button[form='sign']").click()

    def goes_all_the_way(self, pictures: int, language: str = "en") -> None:
        """Up to the signature: every picture may be used, for teaching one learner alone."""
        self.starts()
        self.goes_to_the_pictures()
        for _ in range(pictures):
            self.sees_it_large()
            self.says_to_the_picture(Answer.YES)
        self.chooses_for_teaching(language)

    def chooses_for_teaching(self, language: str = "en") -> None:
        self.says(Purpose.ONE_TO_ONE_TEACHING, Answer.YES, language)
        self.says(Purpose.LECTURE, Answer.NO, language)
        self.goes_to_sign()

    # Afterwards

    @property
    def code(self) -> str:
        """Of the way back, on the page that is shown once."""
        return self.page.locator(".code").inner_text()

    def gets_the_copy(self) -> bytes:
        with self.page.expect_download() as started:
            self.page.locator("form[action^='/portal/copies/'] button").click()
        download: Download = started.value
        assert re.fullmatch(r"[a-z-]+\.pdf", download.suggested_filename)
        return download.path().read_bytes()

    def reads(self, language: str) -> None:
        """The page says in which language it is, and which way it runs."""
        page = self.page.locator("html")
        expect(page).to_have_attribute("lang", re.compile(f"^{language}"))
        expect(page).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")


def heading_of(use: Purpose, language: str) -> str:
    form = shipped_form()
    asked = form.use(use, USUAL_AUDIENCE[use])
    assert asked is not None
    said = use_wording(
        form, asked, language, TextStyle.STANDARD, institution=HOUSE, named=""
    ).heading
    return said.strip()


def answers_in(language: str) -> tuple[str, str]:
    """Yes and no, as the form has them."""
    wording = statements_for(shipped_form(), language, TextStyle.STANDARD, HOUSE)
    return wording.agree, wording.refuse
