"""What was found beside the pixels."""

from dataclasses import dataclass
from enum import StrEnum

LONGEST_VALUE = 80
LONGEST_LOOK = 400


class FindingKind(StrEnum):
    """What a finding says about a person, a place, a device or a time."""

    GPS = "gps"
    SERIAL_NUMBER = "serial-number"
    OWNER = "owner"
    CAMERA = "camera"
    SOFTWARE = "software"
    TIMESTAMP = "timestamp"
    MAKER_NOTE = "maker-note"
    THUMBNAIL = "thumbnail"
    EXIF = "exif"
    XMP = "xmp"
    IPTC = "iptc"
    COMMENT = "comment"
    TEXT = "text"
    MULTI_PICTURE = "multi-picture"
    GAIN_MAP = "gain-map"
    PROVENANCE = "provenance"
    ANIMATION = "animation"
    ICC_UNKNOWN = "icc-unknown"
    TRAILING_DATA = "trailing-data"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found beside the pixels, and where.

    PHI: `value` may name a person or a place. It is for whoever already holds the file; it
    belongs in no log, event or row.
    """

    kind: FindingKind
    place: str
    value: str


def found(kind: FindingKind, place: str, value: str | bytes) -> Finding:
    """A finding safe to print on a terminal: one short line, no control bytes.

    A file names some places itself, such as the chunk of a text.
    """
    # PHI: shown to the holder of the file only
    start = value[:LONGEST_LOOK]
    text = start.decode("utf-8", "replace") if isinstance(start, bytes) else start
    return Finding(kind, _line(place), _line(text))


def found_bytes(kind: FindingKind, place: str, size: int) -> Finding:
    """A finding of which only the size is worth showing."""
    return Finding(kind, _line(place), f"{size:,} bytes")


def _line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_VALUE else line[: LONGEST_VALUE - 1] + "…"
