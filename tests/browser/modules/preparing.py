"""The page that prepares a picture, and what a person does on it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from playwright.sync_api import Locator, Page, Route, expect
from tests.browser.modules.conftest import PATIENT, jpeg, render
from tests.browser.modules.hospital import Hospital

from safelight.vocabulary.coded import Coded
from safelight.vocabulary.identifiability import Fill, Identifying, MaskShape, Overlooked
from safelight.web.clinic.preparing import answer_choices

WIDTH, HEIGHT = 4000, 3000
FACE: dict[str, Any] = {"id": "1", "kind": "face", "region": [1000, 600, 800, 1000]}
BAND: dict[str, Any] = {"id": "2", "kind": "text", "region": [2400, 2000, 900, 300]}
FOUND = (200, {"findings": [FACE, BAND], "is_done": True})
FOUND_SO_FAR = (200, {"findings": [FACE], "is_done": False})
WISH: dict[str, Any] = {
    "text": "My ring too, please",
    "wished_at": datetime(2025, 3, 1, 9, 30, tzinfo=UTC),
}
DONE = (200, {"location": "/after/"})


def box(region: list[int]) -> dict[str, int]:
    """A region as plans write it; findings write it as a list."""
    return dict(zip(("left", "top", "width", "height"), region, strict=True))


def covered(*region: int, fill: str = "solid", shape: str = "box") -> dict[str, Any]:
    return {"region": box(list(region)), "fill": fill, "shape": shape}


FLOOR: dict[str, Any] = {"masks": [covered(0, 0, 500, 500)], "crop": None}


def options(words: type[Coded]) -> list[dict[str, str]]:
    return [{"value": word.value, "label": word.display} for word in words]


def prepare_page(hospital: Hospital, **facts: Any) -> str:
    told = {
        "picture_url": "/display.jpg",
        "original_url": "/original.jpg",
        "width": WIDTH,
        "height": HEIGHT,
        "findings": None,
        "is_done": facts.get("findings") is not None,
        "draft": None,
        "floor": {"masks": [], "crop": None},
        "fills": [fill.value for fill in Fill],
        "look_url": "/look/",
        "save_url": "/save/",
    }
    shown = {
        "patient": PATIENT,
        "photograph_id": UUID(int=5),
        "picture_alt": "Forearm",
        "wishes": facts.pop("wishes", []),
        "kinds": options(Identifying),
        "fills": options(Fill),
        "shapes": options(MaskShape),
        "answers": answer_choices(),
        "questions": options(Overlooked),
        "facts": told | facts,
    }
    hospital.show_image("/display.jpg", jpeg(1600, 1200))
    hospital.show_image("/original.jpg", jpeg(4000, 3000))
    return hospital.show("/prepare/", render("prepare", **shown))


def open_prepared(page: Page, hospital: Hospital) -> Page:
    """A page on which two things were found."""
    hospital.scan_answers.append(FOUND)
    page.goto(prepare_page(hospital))
    expect(lines(page)).to_have_count(2)
    return page


def hold_looks(page: Page) -> list[Route]:
    """Looks that are asked for and not answered yet."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/look/", hold)
    return held


def lines(page: Page) -> Locator:
    return page.locator(".region")


def masks(page: Page) -> Locator:
    return page.locator("[data-mask]")


def next_step(page: Page) -> Locator:
    return page.locator("[data-prepare-next]")


def answer_everything(page: Page, answer: str = "none") -> None:
    for question in page.locator("[data-mask-question]").all():
        question.locator(f"input[value={answer}]").check()


def sent(page: Page, hospital: Hospital) -> dict[str, Any]:
    """What goes to the server when nothing is missing any more."""
    hospital.scan_answers.append(DONE)
    answer_everything(page)
    next_step(page).click()
    page.wait_for_url("**/after/")
    draft: dict[str, Any] = json.loads(hospital.asks("POST", "/save/")[-1].body)
    return draft


def on_screen(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a pixel of the picture is shown while nothing is zoomed."""
    box = page.locator("[data-mask-stage]").bounding_box()
    assert box
    fit = min(box["width"] / WIDTH, box["height"] / HEIGHT)
    left = box["x"] + (box["width"] - WIDTH * fit) / 2
    top = box["y"] + (box["height"] - HEIGHT * fit) / 2
    return left + x * fit, top + y * fit


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*on_screen(page, *start))
    page.mouse.down()
    page.mouse.move(*on_screen(page, *end), steps=4)
    page.mouse.up()


def near(region: dict[str, int], *wanted: int) -> bool:
    """Within what a screen pixel is worth here."""
    meant = box(list(wanted))
    return all(abs(region[name] - meant[name]) < 40 for name in meant)
