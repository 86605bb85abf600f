"""What a recipient's page does when a picture is put off, and when it is over."""

from collections.abc import Iterator
from itertools import repeat
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect
from tests.browser.modules.conftest import jpeg
from tests.browser.modules.hospital import Hospital

pytestmark = pytest.mark.browser

PICTURE = UUID(int=7)
IMAGE = "img[data-stage-image]"
AT = f"**/pictures/{PICTURE}/**"


def show(page: Page, hospital: Hospital, answers: Iterator[int], shown: str) -> list[int]:
    """The real page; its picture answers with these statuses in turn. What was answered so far."""
    answered: list[int] = []

    def answer(route: Route) -> None:
        answered.append(next(answers))
        route.fulfill(
            status=answered[-1],
            headers={"Retry-After": "1"} if answered[-1] == 503 else {},
            body=jpeg() if answered[-1] == 200 else b"",
            content_type="image/jpeg",
        )

    hospital.pages["/shared/shown/"] = ("application/json", shown.encode())
    context = {
        "shared": SimpleNamespace(recipient="Rhea", question="Wait?", has_passkey=True),
        "pictures": [{"id": PICTURE, "label": "Forearm"}],
        "lease_seconds": 4,
    }
    html = render_to_string("shared/home.html", context)
    page.route(lambda url: str(PICTURE) in url, answer)
    page.goto(hospital.show("/shared/", html))
    return answered


def is_seen(page: Page) -> bool:
    return bool(page.locator(IMAGE).evaluate("(image) => image.naturalWidth > 0"))


def test_a_picture_that_was_put_off_is_asked_for_again_until_it_comes(
    page: Page, hospital: Hospital
) -> None:
    told = f'{{"pictures": ["{PICTURE}"]}}'
    answered = show(page, hospital, iter([503, 503, 503, 200]), told)
    expect(page.locator(IMAGE)).to_have_js_property("naturalWidth", 640)
    assert answered == [503, 503, 503, 200]


def test_a_picture_that_never_comes_is_not_asked_for_without_end(
    page: Page, hospital: Hospital
) -> None:
    answered = show(page, hospital, repeat(503), f'{{"pictures": ["{PICTURE}"]}}')
    page.wait_for_timeout(15_000)
    assert len(answered) == 6
    assert not is_seen(page)
    page.wait_for_timeout(4000)
    assert len(answered) == 6


def test_a_picture_that_is_over_is_taken_away_and_asked_for_no_more(
    page: Page, hospital: Hospital
) -> None:
    answered = show(page, hospital, repeat(404), '{"pictures": []}')
    expect(page.locator(IMAGE)).to_have_count(0)
    so_far = len(answered)
    page.wait_for_timeout(3000)
    assert len(answered) == so_far
