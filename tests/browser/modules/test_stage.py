"""A slide on a screen: when a lease ends, what stands under a picture goes with it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.modules.conftest import jpeg
from tests.browser.modules.hospital import Hospital

pytestmark = pytest.mark.browser

CAPTION = "Three weeks after the graft"
OTHER = "Beside it, before"
PAGE = """<!doctype html><title>Screen</title>
<div data-root data-blocked="This picture is not shown." data-picture="A picture" data-duty="Do not copy.">
</div>"""
WORDS = {
    "title": "How wounds heal",
    "text": [],
    "pictures": [{"id": "one", "caption": CAPTION}, {"id": "two", "caption": OTHER}],
    "number": 1,
    "of": 1,
}
BEGIN = """async (words) => {
  const { Stage } = await import("/static/safelight/js/stage.js");
  const root = document.querySelector("[data-root]");
  window.stage = new Stage(root, (id) => `/pictures/${id}.jpg`);
  window.stage.set(words);
}"""
PERMIT = "(permitted) => window.stage.show((id) => permitted.includes(id))"


@pytest.fixture
def screen(page: Page, hospital: Hospital) -> Page:
    for name in ("one", "two"):
        hospital.show_image(f"/pictures/{name}.jpg", jpeg())
    page.goto(hospital.show("/screen/", PAGE))
    page.evaluate(BEGIN, WORDS)
    return page


def permits(screen: Page, *pictures: str) -> None:
    screen.evaluate(PERMIT, list(pictures))


def stands(screen: Page) -> Any:
    return screen.locator("[data-root]").inner_text()


def test_before_there_is_a_lease_no_caption_stands(screen: Page) -> None:
    assert CAPTION not in stands(screen)
    assert OTHER not in stands(screen)


def test_when_the_lease_of_a_picture_ends_its_caption_goes_with_its_pixels(screen: Page) -> None:
    permits(screen, "one", "two")
    expect(screen.locator("canvas")).to_have_count(2)
    assert CAPTION in stands(screen)
    assert OTHER in stands(screen)
    permits(screen, "two")
    expect(screen.locator("canvas")).to_have_count(1)
    assert CAPTION not in screen.content()
    assert OTHER in stands(screen)
    assert "This picture is not shown." in stands(screen)


def test_a_picture_that_may_be_shown_again_has_its_caption_again(screen: Page) -> None:
    permits(screen, "one")
    permits(screen)
    assert CAPTION not in screen.content()
    permits(screen, "one")
    expect(screen.locator("canvas")).to_have_count(1)
    assert CAPTION in stands(screen)


def test_when_the_screen_is_cleared_nothing_of_the_slide_is_left(screen: Page) -> None:
    permits(screen, "one", "two")
    expect(screen.locator("canvas")).to_have_count(2)
    screen.evaluate("() => window.stage.clear()")
    assert screen.locator("[data-root]").inner_html() == ""
