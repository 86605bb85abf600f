"""Every address of the site is a byte route that the suite knows, or a page that shows no picture."""

import pytest
from tests.conformance.pages import PAGES
from tests.conformance.product import shows_a_picture
from tests.conformance.safelight import SCENES, addresses
from tests.conformance.site import Browser, Site
from tests.conformance.standing import Standing, stand, url_of

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
BYTE_ROUTES = {name.partition(" ")[0] for name in SCENES}


def test_every_address_is_a_byte_route_of_the_suite_or_named_as_a_page() -> None:
    unknown = set(addresses()) - BYTE_ROUTES - PAGES
    assert unknown == set(), "say how it is opened in tests/conformance, or name it in pages.txt"


def test_nothing_is_named_that_is_not_an_address_or_is_named_twice() -> None:
    assert PAGES - set(addresses()) == set()
    assert BYTE_ROUTES - set(addresses()) == set()
    assert not PAGES & BYTE_ROUTES


def test_no_page_shows_a_picture_to_anybody_while_everything_is_open(cast: object) -> None:
    """Pages point at pictures; none carries one, so only byte routes have anything to take back."""
    standing: Standing = stand(Site(cast))  # type: ignore[arg-type] # the fixture's own
    shown = [
        (name, who)
        for name in sorted(PAGES)
        for who, browser in standing.browsers.items()
        if carries(browser, url_of(name, standing))
    ]
    assert shown == []


def carries(browser: Browser, url: str) -> bool:
    return shows_a_picture(browser.ask(url, headers={"Accept": "text/html"}))
