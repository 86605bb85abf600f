"""A link is written as the specification says, and read as a stranger's text is read."""

import json
from base64 import urlsafe_b64decode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.smart_health_link.examples import (
    GOOD,
    HL7,
    KEY,
    PETRAS,
    SECRET,
    a_link,
    encoded,
    raw,
)

from safelight.engines.documents import qr_svg
from safelight.engines.smart_health_link import (
    Flag,
    HealthLink,
    HealthLinkError,
    HealthLinkInputError,
    MalformedHealthLinkError,
    NewerHealthLinkError,
    read_link,
    with_viewer,
    write_link,
)

LONGEST = 128


def payload_of(link: str) -> dict[str, Any]:
    body = link.partition("shlink:/")[2]
    found: dict[str, Any] = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def test_the_link_of_the_specification_is_read() -> None:
    link = read_link(HL7["link"])

    assert (link.url, link.expires) == (HL7["url"], None)
    assert link.flags == {Flag.LONG_TERM, Flag.PASSCODE}
    assert len(link.key) == 32


def test_the_same_link_behind_a_viewer_is_the_same_link() -> None:
    assert read_link(HL7["link_with_viewer"]) == read_link(HL7["link"])
    assert with_viewer(HL7["link"], "https://viewer.example.org#") == HL7["link_with_viewer"]


def test_our_link_holds_what_the_specification_asks_for_and_no_more() -> None:
    link = write_link(PETRAS)

    assert payload_of(link) == GOOD
    assert "=" not in link
    assert b" " not in urlsafe_b64decode(link.removeprefix("shlink:/") + "==")[:40]


def test_without_a_label_there_is_none() -> None:
    assert "label" not in payload_of(write_link(a_link(label="")))


def test_long_term_links_say_so_in_the_order_of_the_alphabet() -> None:
    both = frozenset({Flag.PASSCODE, Flag.LONG_TERM})

    assert payload_of(write_link(a_link(flags=both)))["flag"] == "LP"


def test_the_same_link_is_written_the_same_every_time() -> None:
    assert write_link(PETRAS) == write_link(a_link())


def test_the_longest_link_fits_into_a_code() -> None:
    url = PETRAS.url + "/" + "a" * (LONGEST - len(PETRAS.url) - 1)
    longest = write_link(a_link(url=url, label="ق" * 80))

    assert qr_svg(with_viewer(longest, "https://viewer.hospital.example/look#")).startswith("<svg")


UNWRITABLE: dict[str, Any] = {
    "without a passcode": {"flags": frozenset()},
    "long-term without a passcode": {"flags": frozenset({Flag.LONG_TERM})},
    "without a manifest": {"flags": frozenset({Flag.DIRECT})},
    "for ever": {"expires": None},
    "at an address that can be guessed": {"url": "https://pictures.hospital.example/shl/petra"},
    "at an address with its secret in parts": {
        "url": f"https://pictures.hospital.example/{SECRET[:20]}/{SECRET[20:]}"
    },
}


@pytest.mark.parametrize("changes", UNWRITABLE.values(), ids=UNWRITABLE)
def test_no_link_of_ours_is(changes: dict[str, Any]) -> None:
    with pytest.raises(HealthLinkInputError):
        write_link(a_link(**changes))


IMPOSSIBLE: dict[str, Any] = {
    "a passcode and no manifest": {"flags": frozenset({Flag.PASSCODE, Flag.DIRECT})},
    "a short key": {"key": KEY[:31]},
    "a long key": {"key": KEY + b"\x00"},
    "a long address": {"url": PETRAS.url + "/" + "a" * (LONGEST - len(PETRAS.url))},
    "an address without TLS": {"url": f"http://pictures.hospital.example/{SECRET}"},
    "an address of another kind": {"url": f"ftp://pictures.hospital.example/{SECRET}"},
    "a script": {"url": f"javascript:alert('{SECRET}')"},
    "an address with a query": {"url": f"{PETRAS.url}?patient=petra"},
    "an address with a fragment": {"url": f"{PETRAS.url}#petra"},
    "an address with a password": {"url": f"https://petra:secret@hospital.example/{SECRET}"},
    "an address without a host": {"url": f"https:///{SECRET}"},
    "an address of no port": {"url": f"https://hospital.example:99999/{SECRET}"},
    "an address with a line break": {"url": f"{PETRAS.url}\r\nX: y"},
    "a label of 81 letters": {"label": "a" * 81},
    "a label of two lines": {"label": "one\ntwo"},
    "a label that turns the words around": {"label": "harmless\u202etxt"},
    "an end before 1970": {"expires": -1},
    "an end after the year 9999": {"expires": 253_402_300_800},
}


@pytest.mark.parametrize("changes", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_no_link_at_all_has(changes: dict[str, Any]) -> None:
    with pytest.raises(HealthLinkInputError):
        a_link(**changes)


def test_the_demo_may_be_asked_on_its_own_machine() -> None:
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert read_link(write_link(a_link(url=f"http://{host}/{SECRET}"))).url.startswith("http:")


def test_a_key_is_not_shown_with_its_link() -> None:
    assert repr(KEY) not in repr(PETRAS)


@pytest.mark.parametrize(
    "viewer",
    ["https://viewer.example", "http://viewer.example#", "https://viewer.example/?x=#", "#", "x#"],
)
def test_a_viewer_gets_nothing_but_the_fragment(viewer: str) -> None:
    with pytest.raises(HealthLinkInputError):
        with_viewer(write_link(PETRAS), viewer)


def test_a_viewer_is_put_before_a_link_only() -> None:
    with pytest.raises(HealthLinkInputError):
        with_viewer("https://elsewhere.example", "https://viewer.example#")


def test_what_is_not_known_here_is_ignored() -> None:
    more = {**GOOD, "flag": "APZ", "extension": {}, "_ours": [1], "later": None}

    assert read_link(encoded(more)) == PETRAS


def test_a_version_may_be_left_out_and_a_number_may_have_a_point() -> None:
    bare = {key: value for key, value in GOOD.items() if key != "v"}

    assert read_link(encoded(bare)) == PETRAS
    assert read_link(encoded({**GOOD, "exp": 1.9e9, "v": 1.0})) == PETRAS


def test_a_newer_version_is_refused_by_name() -> None:
    with pytest.raises(NewerHealthLinkError):
        read_link(encoded({**GOOD, "v": 2}))


WRONG_VALUES: dict[str, list[Any]] = {
    "url": [None, 1, "", "x", [], "https://", f"{PETRAS.url}?a=b", PETRAS.url + "é"],
    "key": [None, 1, "", "AAAA", "A" * 42, "A" * 44, "/" * 43, "A" * 42 + "B"],
    "exp": [None, "soon", True, 0, -1, 1.5, 1e300, []],
    "flag": [None, 1, "PU", "PL", "PP", "P ", "P1", ["P"]],
    "label": [None, 1, "a" * 81, "\ud800", "\x00"],
    "v": [None, "1", True, 0, -1, 1.5],
}
HOSTILE: dict[str, str] = {
    "nothing": "",
    "the scheme alone": "shlink:/",
    "another scheme": "shc:/567629595326546034602925",
    "a scheme in capitals": write_link(PETRAS).replace("shlink", "SHLINK"),
    "two slashes": write_link(PETRAS).replace(":/", "://"),
    "a torn link": write_link(PETRAS)[:-1],
    "blanks around it": f" {write_link(PETRAS)} ",
    "a line break": write_link(PETRAS) + "\n",
    "padding": raw(b'{"url":"x"}') + "=",
    "spare bits that are set": "shlink:/e31",
    "letters of another script": "shlink:/жюJ1",
    "the letters of plain base64": raw(b"{}") + "+/",
    "a viewer without TLS": "http://viewer.example#" + write_link(PETRAS),
    "a viewer that is a script": "javascript:alert(1)#" + write_link(PETRAS),
    "no viewer": "#" + write_link(PETRAS),
    "two fragments": "https://viewer.example#x#" + write_link(PETRAS),
    "too long": "shlink:/" + "A" * 10_000,
    "a list": encoded([GOOD]),
    "a string": encoded("shlink"),
    "null": encoded(None),
    "no JSON": raw(b"{url: x}"),
    "no UTF-8": raw(b'{"url": "\xff"}'),
    "UTF-16": raw(json.dumps(GOOD).encode("utf-16")),
    "a name twice": raw(b'{"v":1,' + json.dumps(GOOD).encode()[1:]),
    "a thousand brackets": raw(b'{"x":' + b"[" * 6000),
    "a number of six thousand digits": raw(b'{"exp":' + b"9" * 6000 + b"}"),
    "no number": raw(json.dumps(GOOD).replace("1900000000", "NaN").encode()),
    "a number without end": raw(json.dumps(GOOD).replace("1900000000", "1e999").encode()),
    **{
        f"{name} is {value!r}": encoded({**GOOD, name: value})
        for name, values in WRONG_VALUES.items()
        for value in values
    },
    **{
        f"without {name}": encoded({key: value for key, value in GOOD.items() if key != name})
        for name in ("url", "key")
    },
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=[name[:60] for name in HOSTILE])
def test_a_link_is_refused_that_is(text: str) -> None:
    with pytest.raises(MalformedHealthLinkError):
        read_link(text)


@given(st.text() | st.text().map(lambda text: "shlink:/" + text) | st.binary().map(raw))
def test_whatever_is_read_is_a_link_or_a_refusal(text: str) -> None:
    with suppress(HealthLinkError):
        assert isinstance(read_link(text), HealthLink)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(list(GOOD)), JSON).map(lambda changes: {**GOOD, **changes}))
def test_whatever_stands_in_a_payload_is_a_link_or_a_refusal(payload: dict[str, Any]) -> None:
    try:
        link = read_link(encoded(payload))
    except HealthLinkError:
        return
    assert link.flags <= set(Flag)


PLAIN = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"]),
    max_size=80,
)


@given(
    key=st.binary(min_size=32, max_size=32),
    expires=st.integers(1, 253_402_300_799),
    is_long_term=st.booleans(),
    label=PLAIN,
)
def test_what_is_written_is_read_again(
    *, key: bytes, expires: int, is_long_term: bool, label: str
) -> None:
    flags = {Flag.PASSCODE} | ({Flag.LONG_TERM} if is_long_term else set())
    link = a_link(key=key, expires=expires, flags=frozenset(flags), label=label)

    assert read_link(write_link(link)) == link
