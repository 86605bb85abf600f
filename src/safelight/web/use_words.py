"""What a picture is wanted for, as an address says it: ``use``, ``audience``, ``recipient``, ``people``."""

from collections.abc import Mapping
from urllib.parse import urlencode
from uuid import UUID

from safelight.release.facts import Use
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose

MOST_DIGITS = 6


def read_use(words: Mapping[str, str]) -> Use:
    """Treatment where nothing is said; ValueError for anything that is no use."""
    if "use" not in words:
        return Use()
    purpose = Purpose(words["use"])
    audience = words.get("audience")
    return Use(
        purpose,
        Audience(audience) if audience else USUAL_AUDIENCE.get(purpose, Audience.CARE_TEAM),
        UUID(words["recipient"]) if words.get("recipient") else None,
        _people(words.get("people")),
    )


def write_use(use: Use) -> str:
    """The query string that `read_use` reads."""
    words = {"use": use.purpose.value, "audience": use.audience.value}
    if use.recipient:
        words["recipient"] = str(use.recipient)
    if use.people:
        words["people"] = str(use.people)
    return urlencode(words)


def _people(said: str | None) -> int | None:
    if not said:
        return None
    if not said.isdecimal() or len(said) > MOST_DIGITS:
        raise ValueError
    return int(said)
