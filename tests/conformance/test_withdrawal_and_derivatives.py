"""Does taking back work? Every byte route, every way of ending it, with everything still open.

Each test opens a way, sees that it does show the picture, lets it end, and then tries what a
browser, a proxy or a curious person would: the same session and cookie, the address out of the
history, conditional requests, ranges, other methods, other forms of the same picture.
"""

import pytest
from tests.conformance.judging import PLAIN
from tests.conformance.product import Act
from tests.conformance.safelight import WAYS, Safelight
from tests.conformance.trying import may_be_kept, seen_by_strangers, still_shown

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
PAIRS = [pytest.param(way, act, id=f"{way}: {act}") for way in WAYS for act in Act]
EVERY_WAY = pytest.mark.parametrize("name", WAYS)
# What was seen to apply to a way, so that what does not is not opened again for nothing.
APPLIES: dict[str, frozenset[Act]] = {}


@pytest.fixture
def product(cast: object, tmp_path: object) -> Safelight:
    return Safelight(cast)  # type: ignore[arg-type] # the fixture's own


@pytest.mark.parametrize(("name", "act"), PAIRS)
def test_what_has_ended_shows_nothing_any_more(product: Safelight, name: str, act: Act) -> None:
    if act not in APPLIES.get(name, Act):
        return  # it was opened for another act, and said why not
    way = product.open(name)
    APPLIES[name] = frozenset(way.acts)
    if act not in way.acts:
        assert way.not_applicable[act], f"say why {act!r} does not apply to {name}"
        return
    assert still_shown(way, act) == {}


@EVERY_WAY
def test_every_act_is_done_or_does_not_apply(product: Safelight, name: str) -> None:
    way = product.open(name)
    assert set(way.acts) | set(way.not_applicable) == set(Act)
    assert set(way.acts) & set(way.not_applicable) == set()
    assert way.acts


@EVERY_WAY
def test_nothing_that_is_sent_may_be_kept(product: Safelight, name: str) -> None:
    assert may_be_kept(product.open(name)) == []


@EVERY_WAY
def test_part_of_a_picture_is_not_given_out(product: Safelight, name: str) -> None:
    way = product.open(name)
    whole = way.fetch("GET", PLAIN)
    assert way.fetch("GET", {**PLAIN, "Range": "bytes=0-99"}).status == whole.status == 200


@EVERY_WAY
def test_an_address_alone_is_no_right_to_look(product: Safelight, name: str) -> None:
    assert seen_by_strangers(product.open(name)) == []
