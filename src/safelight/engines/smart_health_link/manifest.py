"""Asking for a manifest, and the manifest: which files are behind a link right now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from safelight.engines.smart_health_link.addresses import has_secret, is_address
from safelight.engines.smart_health_link.encoding import json_object, whole_number
from safelight.engines.smart_health_link.errors import HealthLinkInputError, ManifestRequestError
from safelight.engines.smart_health_link.files import FHIR_JSON

LONGEST_REQUEST: Final = 8192
LONGEST_RECIPIENT: Final = 200
LONGEST_PASSCODE: Final = 200
LONGEST_LOCATION: Final = 2048
LONGEST_EMBEDDED: Final = 1 << 20
"""Letters of a sealed file that stands in the manifest itself; larger ones are fetched."""

LOCATION_SECONDS: Final = 3600
"""An address of a file answers no longer than this after the manifest was given."""

_FHIR_VERSION = "4.0.1"
# Beyond it, JavaScript's numbers have gaps; whoever sends more means no bound at all.
_LARGEST = 2**53 - 1


@dataclass(frozen=True, slots=True)
class ManifestRequest:
    """Who asks, with what passcode ("" for none), and the longest file to embed (None: any)."""

    recipient: str
    passcode: str = field(default="", repr=False)
    embedded_length_max: int | None = None

    def takes_embedded(self, length: int) -> bool:
        """Whether a sealed file of `length` letters stands in the manifest itself."""
        bound = LONGEST_EMBEDDED if self.embedded_length_max is None else self.embedded_length_max
        return length <= min(bound, LONGEST_EMBEDDED)


def read_request(body: bytes) -> ManifestRequest:
    """The request in `body`, JSON in UTF-8 of at most 8 kB. Unknown members are ignored.

    PHI: the recipient is what a stranger typed; it goes into the sealed details of the event.
    ManifestRequestError for anything else.
    """
    try:
        if len(body) > LONGEST_REQUEST:
            raise ValueError  # noqa: TRY301 - one refusal for all
        asked = json_object(body)
        most = asked.get("embeddedLengthMax")
        return ManifestRequest(
            recipient=_recipient(asked.get("recipient")),
            passcode=_passcode(asked.get("passcode")),
            embedded_length_max=None if most is None else _bound(most),
        )
    except ValueError as error:
        raise ManifestRequestError from error


# Between letters of Persian and Indic names (Unicode 23.2, "Cursive Connection and Ligatures").
_JOINERS: Final = dict.fromkeys(map(ord, "\u200c\u200d"))


def _recipient(value: object) -> str:
    """On one line, with something on it."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    seen = text.translate(_JOINERS)
    if not seen.isprintable() or not seen.strip() or len(text) > LONGEST_RECIPIENT:
        raise ValueError
    return text


def _passcode(value: object) -> str:
    """As it was typed; what is not writable in UTF-8 cannot be compared with a hash."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_PASSCODE:
        raise ValueError
    value.encode()
    return value


def _bound(value: object) -> int:
    number = whole_number(value)
    if number < 0:
        raise ValueError
    return min(number, _LARGEST)


class FileStatus(StrEnum):
    """Whether a file may change (`files.status`)."""

    FINALIZED = "finalized"
    CAN_CHANGE = "can-change"
    ENTERED_IN_ERROR = "entered-in-error"
    NO_LONGER_VALID = "no-longer-valid"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFile:
    """One file: either `embedded`, sealed by `seal_file`, or at `location`, never both.

    `location` is an address of its own with 256 random bits, for one hour at most. `last_updated`
    has its offset from UTC. HealthLinkInputError otherwise.
    """

    location: str = ""
    embedded: str = field(default="", repr=False)
    last_updated: datetime
    status: FileStatus = FileStatus.FINALIZED

    def __post_init__(self) -> None:
        """Refuse what would lead nowhere, or could be guessed."""
        if bool(self.location) == bool(self.embedded):
            raise HealthLinkInputError("A file is embedded or has an address, and not both.")
        if self.last_updated.utcoffset() is None:
            raise HealthLinkInputError("A time without its offset from UTC is not a time.")
        if self.location and not _is_location(self.location):
            raise HealthLinkInputError("The address of a file is not of https, or can be guessed.")

    def element(self) -> dict[str, object]:
        """As the manifest has it: files of FHIR R4, times in UTC to the second."""
        moment = self.last_updated.astimezone(UTC).replace(microsecond=0, tzinfo=None)
        where = {"location": self.location} if self.location else {"embedded": self.embedded}
        return {
            "contentType": FHIR_JSON,
            **where,
            "lastUpdated": f"{moment.isoformat()}Z",
            "status": self.status.value,
            "fhirVersion": _FHIR_VERSION,
        }


def manifest(files: Sequence[ManifestFile], request: ManifestRequest) -> dict[str, object]:
    """The answer to `request` as JSON values, to be sent as application/json.

    HealthLinkInputError without files, or for an embedded one that is longer than was asked for.
    """
    if not files:
        raise HealthLinkInputError("A manifest lists at least one file.")
    if not all(request.takes_embedded(len(file.embedded)) for file in files):
        raise HealthLinkInputError("A file is longer than the receiver lets us embed.")
    return {"files": [file.element() for file in files]}


def _is_location(text: str) -> bool:
    return len(text) <= LONGEST_LOCATION and is_address(text) and has_secret(text)
