"""What a teacher typed: a deck's audience, a slide's words, a lecture's day and hours."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Final
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from safelight.institution.selectors import current_zone
from safelight.teaching.errors import LectureRefusedError
from safelight.teaching.rules import Plan, Words
from safelight.vocabulary.purposes import TAUGHT, Purpose
from safelight.web.clinic.forms import as_date, as_uuid

MOST_DIGITS: Final = 3
_CAPTION: Final = "caption-"


def audience(data: Mapping[str, str]) -> tuple[Purpose, int | None]:
    """For whom, and how many. Raises LectureRefusedError."""
    purpose = next((item for item in TAUGHT if item.value == data.get("use", "")), None)
    if purpose is None:
        raise LectureRefusedError(_("Choose for whom it is."))
    typed = data.get("people", "").strip()
    is_number = typed.isdecimal() and len(typed) <= MOST_DIGITS
    return purpose, int(typed) if is_number else None


def plan(data: Mapping[str, str]) -> Plan:
    """A lecture as typed, by the institution's clock. Raises LectureRefusedError."""
    purpose, people = audience(data)
    starts_at, ends_at = (_moment(data, name) for name in ("begins", "ends"))
    return Plan(purpose, people, starts_at, ends_at, data.get("place", ""))


def _moment(data: Mapping[str, str], name: str) -> datetime:
    """The hour of this name on the day; LectureRefusedError for one that is in no calendar."""
    day = as_date(data.get("day", ""))
    try:
        hour = time.fromisoformat(data.get(name, "").strip())
        if day is not None:
            return datetime.combine(day, hour, current_zone()).astimezone(UTC)
    except (
        ValueError,
        OverflowError,
    ):  # no hour; before the year 1 or after 9999 by the other clock
        pass
    raise LectureRefusedError(_("Say on which day it is, when it begins and when it ends."))


def words(data: Mapping[str, str]) -> Words:
    return Words(data.get("title", ""), data.get("text", ""), data.get("notes", ""))


def captions(data: QueryDict) -> dict[UUID, str]:
    """By the id of the reference that each stands under."""
    found: dict[UUID, str] = {}
    for name, typed in data.items():
        picture = as_uuid(name.removeprefix(_CAPTION)) if name.startswith(_CAPTION) else None
        if picture is not None:
            found[picture] = str(typed)
    return found
