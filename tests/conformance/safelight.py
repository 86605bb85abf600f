"""Safelight as a product under test: every address of its configuration is a byte route or a page.

An address that is added to the site counts as a byte route until it is named among the pages, and
a byte route fails the suite until it is said here how it is opened. `test_every_address.py` sees
that what is called a page shows no picture.
"""

from collections.abc import Callable, Iterator, Mapping

from django.urls import URLPattern, URLResolver, get_resolver
from tests.cast import Cast
from tests.conformance import (
    ways_of_custody,
    ways_of_exports,
    ways_of_lectures,
    ways_of_patients,
    ways_of_publications,
    ways_of_shares,
    ways_of_staff,
)
from tests.conformance.product import Way
from tests.conformance.site import Site

SCENES: Mapping[str, Callable[[Site], Way]] = {
    **ways_of_staff.WAYS,
    **ways_of_lectures.WAYS,
    **ways_of_patients.WAYS,
    **ways_of_publications.WAYS,
    **ways_of_shares.WAYS,
    **ways_of_exports.WAYS,
    **ways_of_custody.WAYS,
}
"""Each by the name of its address, and after a colon what makes it another way."""

WAYS = sorted(SCENES)


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = ""
) -> Iterator[str]:
    """The names of every address that the site has."""
    for item in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(item, URLResolver):
            inner = f"{item.namespace}:" if item.namespace else ""
            yield from addresses(item.url_patterns, space + inner)
        else:
            yield f"{space}{item.name}"


class Safelight:
    """The product, with everybody who plays a part."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def ways(self) -> list[str]:
        return WAYS

    def open(self, name: str) -> Way:
        return SCENES[name](Site(self._cast))
