"""What a browser promises about a picture before it sends it, and when the picture was taken."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final, TypeVar
from uuid import UUID

from safelight.capture.errors import (
    ConsentToTakeMissingError,
    ConsentToTakeRefusedError,
    EmergencyReasonMissingError,
    MalformedPromiseError,
    WrittenConsentMissingError,
)
from safelight.engines.policy import MINIMUM_TEXT
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.photograph import CaptureSource, ConsentToTake, Sensitivity

SHA256_SIZE = 32
# Two clocks that both keep the time may differ by this much.
CLOCK_TOLERANCE = timedelta(minutes=5)
# A page sends what its camera took at once, and can hold it no longer than a working day.
CAMERA_MEMORY = timedelta(days=1)

# No digital camera took a patient's picture before; a clock without a battery says it did.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

CLOCK_AHEAD = "The time was in the future; the time of arrival stands instead."
CLOCK_BEHIND = "The device's clock was behind; the time of arrival stands instead."

LONGEST_REASON = 300  # characters

# What is enough where the institution asks for the key. An admission form is signed; a word that
# staff noted is not, so it does not stand in for one. An emergency is no consent: it has a reason.
ENOUGH: Final[Mapping[ConsentToTake, frozenset[ConsentToTake]]] = {
    ConsentToTake.VERBAL: frozenset(
        {ConsentToTake.VERBAL, ConsentToTake.WRITTEN, ConsentToTake.ADMISSION_FORM}
    ),
    ConsentToTake.ADMISSION_FORM: frozenset({ConsentToTake.ADMISSION_FORM, ConsentToTake.WRITTEN}),
    ConsentToTake.WRITTEN: frozenset({ConsentToTake.WRITTEN}),
}

CodedWord = TypeVar("CodedWord", bound=Coded)


@dataclass(frozen=True, kw_only=True)
class Details:
    """What whoever takes the picture says about it.

    PHI: `emergency_reason`, why a patient could not be asked; "" where they were.
    """

    taken_at: datetime
    encounter: UUID | None
    sensitivity: Sensitivity
    consent_to_take: ConsentToTake
    source: CaptureSource
    emergency_reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What is going to arrive: the whole picture's size in bytes and its SHA-256."""

    upload: UUID
    patient: UUID
    size: int
    sha256: bytes
    details: Details

    def __post_init__(self) -> None:
        """Refuse what no picture can be."""
        if self.size < 0 or len(self.sha256) != SHA256_SIZE:
            raise MalformedPromiseError


def read_details(text: str) -> Details:
    """The details as the browser writes them: a JSON object of coded values and one sentence.

    Raises MalformedPromiseError, and ConsentToTakeMissingError when none was noted.
    """
    try:
        data = json.loads(text)
        moment = _moment(data["taken_at"])
        encounter = UUID(data["encounter"]) if data.get("encounter") else None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise MalformedPromiseError from error
    except RecursionError:
        raise MalformedPromiseError from None
    if not data.get("consent_to_take"):
        raise ConsentToTakeMissingError
    return Details(
        taken_at=moment,
        encounter=encounter,
        sensitivity=_coded(data, "sensitivity", Sensitivity),
        consent_to_take=_coded(data, "consent_to_take", ConsentToTake),
        source=_coded(data, "source", CaptureSource),
        emergency_reason=_reason(data),
    )


def _reason(data: dict[str, Any]) -> str:
    """Kept only where there is an emergency to give a reason for."""
    said = data.get("emergency_reason") or ""
    if data["consent_to_take"] != ConsentToTake.BREAK_GLASS:
        return ""
    if not isinstance(said, str) or len(said) > LONGEST_REASON or not said.isprintable():
        raise MalformedPromiseError
    return said.strip()


def accepted_consents(asked_for: ConsentToTake, *, has_written: bool) -> tuple[ConsentToTake, ...]:
    """How a patient may have agreed, where the institution asks for at least `asked_for`.

    `has_written`: a written agreement of this patient to being photographed is on record.
    """
    enough = ENOUGH[asked_for]
    return tuple(
        item
        for item in ConsentToTake
        if item is ConsentToTake.BREAK_GLASS
        or (item in enough and (has_written or item is not ConsentToTake.WRITTEN))
    )


def check_consent(details: Details, asked_for: ConsentToTake, *, has_written: bool) -> None:
    """No noted consent, no picture, except in an emergency with a reason.

    Raises EmergencyReasonMissingError, WrittenConsentMissingError or ConsentToTakeRefusedError.
    """
    said = details.consent_to_take
    if said is ConsentToTake.BREAK_GLASS:
        if not is_reason(details.emergency_reason):
            raise EmergencyReasonMissingError
    elif said not in ENOUGH[asked_for]:
        raise ConsentToTakeRefusedError
    elif said is ConsentToTake.WRITTEN and not has_written:
        raise WrittenConsentMissingError


def is_reason(text: str) -> bool:
    """Whether it says something: as many visible characters as broken glass asks for."""
    return sum(c.isprintable() and not c.isspace() for c in text) >= MINIMUM_TEXT


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise MalformedPromiseError("The time of a picture must say its zone.")
    return moment.astimezone(UTC)


def _coded(data: dict[str, Any], name: str, words: type[CodedWord]) -> CodedWord:
    try:
        return words(str(data.get(name)))
    except ValueError as error:
        raise MalformedPromiseError(f"The {name.replace('_', ' ')} is not a known one.") from error


def time_taken(
    source: CaptureSource,
    said: datetime,
    in_file: datetime | None,
    *,
    now: datetime,
    zone: tzinfo,
) -> tuple[datetime, str]:
    """When the picture was taken, and what there is to say about that ("" for nothing).

    The browser's clock counts for its own camera, the camera's for a file; `zone` is for cameras
    that do not say theirs. A clock that cannot be right gives way to `now`, the time of arrival.
    """
    moment = said
    if source is CaptureSource.FILE and in_file is not None:
        moment = in_file if in_file.tzinfo else in_file.replace(tzinfo=zone)
    if moment > now + CLOCK_TOLERANCE:
        return now, CLOCK_AHEAD
    earliest = now - CAMERA_MEMORY if source is CaptureSource.CAMERA else EARLIEST
    if moment < earliest:
        return now, CLOCK_BEHIND
    return moment, ""
