"""Does taking back work? Every byte route, every way of ending it, with everything still open.

Each test opens a way, sees that it does show the picture, lets it end, and then tries what a
browser, a proxy or a curious person would: the same session and cookie, the address out of the
history, conditional requests, ranges, other methods, other forms of the same picture.
"""

from collections.abc import Iterator

import pytest
from tests.conformance.judging import PLAIN, leads_away, refuses
from tests.conformance.product import Act, Answer, Way, shows_a_picture
from tests.conformance.safelight import WAYS, Safelight

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
FAR = "Fri, 01 Jan 2100 00:00:00 GMT"
PAIRS = [pytest.param(way, act, id=f"{way}: {act}") for way in WAYS for act in Act]
EVERY_WAY = pytest.mark.parametrize("name", WAYS)
# What was seen to apply to a way, so that what does not is not opened again for nothing.
APPLIES: dict[str, frozenset[Act]] = {}


@pytest.fixture
def product(cast: object, tmp_path: object) -> Safelight:
    return Safelight(cast)  # type: ignore[arg-type] # the fixture's own


def tries(way: Way, before: Answer) -> Iterator[tuple[str, Answer]]:
    """What may be asked afterwards, and what comes back."""
    tag = before.header("ETag") or '"anything"'
    asked = {
        "again": ("GET", PLAIN),
        "from the history": ("GET", {"Sec-Fetch-Mode": "navigate", "Accept": "text/html"}),
        "if it has changed": ("GET", {**PLAIN, "If-None-Match": tag}),
        "whatever it is": ("GET", {**PLAIN, "If-None-Match": "*"}),
        "if it is newer": ("GET", {**PLAIN, "If-Modified-Since": FAR}),
        "a range": ("GET", {**PLAIN, "Range": "bytes=0-"}),
        "its end": ("GET", {**PLAIN, "Range": "bytes=-16"}),
        "a range if unchanged": ("GET", {**PLAIN, "Range": "bytes=0-99", "If-Range": tag}),
        "only the head": ("HEAD", PLAIN),
        "by another method": ("POST", PLAIN),
    }
    for what, (method, headers) in asked.items():
        yield what, way.fetch(method, headers)
    for number, sibling in enumerate(way.siblings):
        yield f"another form of it ({number})", sibling("GET", PLAIN)


@pytest.mark.parametrize(("name", "act"), PAIRS)
def test_what_has_ended_shows_nothing_any_more(product: Safelight, name: str, act: Act) -> None:
    if act not in APPLIES.get(name, Act):
        return  # it was opened for another act, and said why not
    way = product.open(name)
    APPLIES[name] = frozenset(way.acts)
    if act not in way.acts:
        assert way.not_applicable[act], f"say why {act!r} does not apply to {name}"
        return
    before = way.fetch("GET", PLAIN)
    assert shows_a_picture(before), f"{name} shows nothing to begin with: {before.status}"
    way.acts[act]()
    shown = {
        what: answer.status
        for what, answer in tries(way, before)
        if not refuses(answer) and not leads_away(answer)
    }
    assert shown == {}


@EVERY_WAY
def test_every_act_is_done_or_does_not_apply(product: Safelight, name: str) -> None:
    way = product.open(name)
    assert set(way.acts) | set(way.not_applicable) == set(Act)
    assert set(way.acts) & set(way.not_applicable) == set()
    assert way.acts


@EVERY_WAY
def test_nothing_that_is_sent_may_be_kept(product: Safelight, name: str) -> None:
    answer = product.open(name).fetch("GET", PLAIN)
    assert "no-store" in answer.header("Cache-Control")
    assert answer.header("ETag") == ""
    assert answer.header("Last-Modified") == ""
    assert answer.header("Accept-Ranges") in {"", "none"}


@EVERY_WAY
def test_part_of_a_picture_is_not_given_out(product: Safelight, name: str) -> None:
    way = product.open(name)
    whole = way.fetch("GET", PLAIN)
    assert way.fetch("GET", {**PLAIN, "Range": "bytes=0-99"}).status == whole.status == 200


@EVERY_WAY
def test_an_address_alone_is_no_right_to_look(product: Safelight, name: str) -> None:
    way = product.open(name)
    assert shows_a_picture(way.fetch("GET", PLAIN))
    assert way.strangers
    shown = [who for who, fetch in way.strangers.items() if shows_a_picture(fetch("GET", PLAIN))]
    assert shown == []
