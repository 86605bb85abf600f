"""Words from people, made fit for a page: nothing in them steers the page or its reader."""

import re

_LINE_ENDS = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls and lone surrogates mean nothing on paper; embeddings, overrides and isolates can make
# a name or an amount read otherwise than it is written (Unicode TR 36, 3.4.1). The weak marks
# U+200E, U+200F and U+061C stay: right-to-left text needs them, and they cannot reorder a word.
_STEERING = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]")


def clean(text: str) -> str:
    """`text` without what could steer the page; line breaks become U+000A."""
    return _STEERING.sub("", _LINE_ENDS.sub("\n", text)).strip()


def clean_line(text: str) -> str:
    """`text` on one line."""
    return " ".join(clean(text).split())
