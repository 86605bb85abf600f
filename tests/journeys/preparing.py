"""What a clinician does to prepare a picture: cover it, look at the result, approve, confirm."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Locator, expect
from skimage import data
from tests.journeys.clinicians import Clinician

SIZE = (1600, 1200)
FACE_AT = (370, 130)
"""The middle of the face in `portrait`, in its pixels."""
LINES = ("OKONJO, PETRA", "9 March 1971", "H-204817")
LOOKED_WITHIN = 30_000  # ms, on a machine that has other things to do
PREPARE = "Prepare for teaching or sharing"


def portrait(folder: Path) -> Path:
    """A face and a wristband in one picture: a portrait that NASA gave away, and drawn words."""
    picture = Image.new("RGB", SIZE, (150, 150, 150))
    picture.paste(Image.fromarray(data.astronaut()).resize((850, 850)))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((860, 880, 1560, 1160), fill="white")
    for number, line in enumerate(LINES):
        pen.text((890, 905 + 80 * number), line, fill="black", font=ImageFont.load_default(52))
    picture.save(folder / "portrait.jpg", quality=90)
    return folder


class Preparer(Clinician):
    def brings_a_portrait(self, folder: Path, drawn_in: Callable[[Path], Path] = portrait) -> None:
        """Into the record of Petra, labelled; its page is open afterwards."""
        self.opens_the_timeline_of("petra")
        self.opens_the_import()
        self.hands_over(drawn_in(folder))
        self.waits_until_verified(1)
        self.opens_the_timeline_of("petra")
        self.page.locator("main a.nag").click()
        self.taps_the_body("front-forearm", "left")
        self.chooses("Overview")
        self.saves_the_label()
        self.opens_the_timeline_of("petra")
        self.opens_the_picture()

    def begins_to_prepare(self) -> set[str]:
        """The kinds of what the page had first, when writing was still to be looked for."""
        with self.page.expect_response("**/look/", timeout=LOOKED_WITHIN) as looked:
            self.presses(PREPARE)
        self.page.wait_for_url("**/prepare/")
        first = looked.value.json()
        assert not first["is_done"]
        self.waits_for_the_search()
        return {item["kind"] for item in first["findings"]}

    def waits_for_the_search(self) -> None:
        said = "That is help, not proof"
        expect(self.page.get_by_role("status")).to_contain_text(said, timeout=LOOKED_WITHIN)

    def lines(self, kind: str) -> Locator:
        """What was found, or covered by hand, of this kind."""
        return self.page.locator(".region", has=self.page.get_by_text(kind, exact=True))

    @property
    def next_step(self) -> Locator:
        return self.page.locator("[data-prepare-next]")

    def covers_more(self) -> None:
        """By the button and the arrow keys, so it works without drawing."""
        self.presses("Add a region in the middle")
        for key in ("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Escape"):
            self.page.keyboard.press(key)

    def answers_that_nothing_else_is_there(self) -> None:
        for question in self.page.locator("[data-mask-question]").all():
            question.get_by_text("Not there").click()

    def sees_the_result(self) -> None:
        expect(self.next_step).to_have_text("See the result")
        self.next_step.click()
        self.page.wait_for_url("**/prepare/check/", timeout=LOOKED_WITHIN)
        self.sees("May others see it like this?")
        self.sees_a_picture("[data-one=after] img")

    def approves(self) -> None:
        """With a reason for whatever a second search still takes for something."""
        for field in self.page.locator("[name^=reason-]").all():
            field.fill("It shows nothing of a person")
        self.presses("Approve")
        self.page.wait_for_url(re.compile(r"/photographs/[0-9a-f-]{36}/$"))

    def pixel_of(self, path: str, rendition: str, at: tuple[int, int]) -> tuple[int, ...]:
        """One pixel of the picture as this person's session gets it, at a place in `portrait`."""
        answer = self.context.request.get(f"{self.url}{path}bytes/{rendition}")
        assert answer.status == 200
        picture = Image.open(BytesIO(answer.body())).convert("RGB")
        x, y = (round(part * picture.width / SIZE[0]) for part in at)
        pixel = picture.getpixel((x, y))
        assert isinstance(pixel, tuple)
        return pixel
