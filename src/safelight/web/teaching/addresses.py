"""What a teacher typed to reach a picture: an address or an id, and what for."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl
from uuid import UUID

from django.urls import reverse

from safelight.release.facts import Use
from safelight.vocabulary.purposes import Purpose
from safelight.web.use_words import read_use, write_use

TAUGHT: Final = (
    Purpose.ONE_TO_ONE_TEACHING,
    Purpose.SMALL_GROUP_TEACHING,
    Purpose.LECTURE,
    Purpose.CONFERENCE,
)
LONGEST_ADDRESS: Final = 500
ONE_LEARNER: Final = "1"
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def find_photograph(typed: str) -> UUID | None:
    """The picture that an address, or a line with an id in it, speaks of.

    Behind the question mark another id may stand: that of a named recipient.
    """
    path, _mark, _query = typed[:LONGEST_ADDRESS].partition("?")
    found = _ID.search(path)
    return UUID(found.group()) if found else None


def find_use(typed: str, chosen: Mapping[str, str]) -> Use:
    """The use that the address itself states, else the one that was chosen; ValueError for neither."""
    _path, _mark, query = typed[:LONGEST_ADDRESS].strip().partition("?")
    stated = dict(parse_qsl(query))
    if "use" in stated:
        return read_use(stated)
    purpose = Purpose(chosen.get("use", ""))
    if purpose not in TAUGHT:
        raise ValueError
    is_alone = purpose is Purpose.ONE_TO_ONE_TEACHING
    people = ONE_LEARNER if is_alone else chosen.get("people", "").strip()
    return read_use({"use": purpose.value, "people": people})


def address_of(photograph: UUID, use: Use) -> str:
    """Where this picture is shown for this use."""
    return f"{reverse('teaching:photograph', args=[photograph])}?{write_use(use)}"
