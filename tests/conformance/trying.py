"""What is asked of one way, before and after it has ended. Knows a product by its types alone."""

from collections.abc import Iterator

from tests.conformance.judging import PLAIN, leads_away, refuses
from tests.conformance.product import Act, Answer, Way, shows_a_picture

FAR = "Fri, 01 Jan 2100 00:00:00 GMT"


def still_shown(way: Way, act: Act) -> dict[str, int]:
    """Let it end, and ask in every manner; what is no refusal, with its status. None is right.

    Raises AssertionError for a way that shows nothing to begin with: it would prove nothing.
    """
    before = way.fetch("GET", PLAIN)
    assert shows_a_picture(before), f"it shows nothing to begin with: {before.status}"
    way.acts[act]()
    return {
        what: answer.status
        for what, answer in tries(way, before)
        if not refuses(answer) and not leads_away(answer)
    }


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


def may_be_kept(way: Way) -> list[str]:
    """What in an answer lets a browser or a proxy keep it, or come back to what it kept."""
    answer = way.fetch("GET", PLAIN)
    found = [] if "no-store" in answer.header("Cache-Control") else ["not told no-store"]
    found += [name for name in ("ETag", "Last-Modified") if answer.header(name)]
    return found + (["Accept-Ranges"] if answer.header("Accept-Ranges") not in {"", "none"} else [])


def seen_by_strangers(way: Way) -> list[str]:
    """Who is shown the picture by its address alone."""
    assert shows_a_picture(way.fetch("GET", PLAIN))
    assert way.strangers
    return [who for who, fetch in way.strangers.items() if shows_a_picture(fetch("GET", PLAIN))]
