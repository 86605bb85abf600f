"""What a teacher does in front of a hall, and what its screen shows."""

import re
import time

from playwright.sync_api import expect
from tests.journeys.people import Person

DARK_WITHIN = 5.0  # seconds, whatever happened
CODE = re.compile(r"^[0-9A-HJKMNP-TV-Z]{3} [0-9A-HJKMNP-TV-Z]{3}$")
# Whether a canvas that a picture was drawn on stands on the screen, whatever is on it.
HAS_CANVAS = """() => [...document.querySelectorAll("canvas")].some(
  (canvas) => canvas.width && canvas.checkVisibility()
)"""
# Whether a picture stands on the screen: a canvas with pixels that are not all alike.
HAS_PIXELS = """() => [...document.querySelectorAll("canvas")].some((canvas) => {
  if (!canvas.width || !canvas.checkVisibility()) return false;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data).size > 8;
})"""


class Screen(Person):
    """A browser that somebody opened at the address of screens."""

    def opens(self) -> None:
        assert self.goes_to("/screen/") == 200
        expect(self.page.locator(".display__code")).to_have_text(CODE)

    @property
    def code(self) -> str:
        return (self.page.locator(".display__code").text_content() or "").strip()

    @property
    def called(self) -> str:
        return self.page.locator(".display__name strong").inner_text()

    def shows_a_picture(self) -> None:
        self.page.wait_for_function(HAS_PIXELS)

    def goes_dark(self, since: float) -> float:
        """How many seconds after `since` (by time.monotonic) no pixel of a picture was left."""
        self.page.wait_for_function(f"() => !({HAS_CANVAS})()", polling=20)
        took = time.monotonic() - since
        assert took < DARK_WITHIN, took
        assert not self.page.evaluate(
            "() => document.querySelectorAll('canvas, img[src^=blob]').length"
        )
        return took

    def tells(self, words: str) -> None:
        expect(self.page.locator("[data-card]:visible")).to_contain_text(words)


class Teacher(Person):
    def opens_the_lecture(self, lecture: str) -> None:
        assert self.goes_to(f"/teaching/lectures/{lecture}/") == 200

    def types_the_code(self, code: str) -> None:
        self.page.get_by_label("Code on the screen").fill(code)
        self.presses("Find the screen")

    def lets_in(self, screen: Screen) -> None:
        self.types_the_code(screen.code)
        expect(self.page.locator(".screen-name")).to_have_text(screen.called)
        self.presses("Yes, let it in")
        expect(self.page.locator("#screens")).to_contain_text(screen_name(screen))

    def speaks(self) -> None:
        self.presses("Speak")
        self.page.wait_for_url("**/speak/")
        expect(self.page.locator("[data-current] .slide__title")).to_be_visible()


def screen_name(screen: Screen) -> str:
    return screen.called if screen.page.locator(".display__name").count() else ""
