"""Primitive values as FHIR R4 writes them (R4 2.24.0.1); FhirInputError for what it cannot."""

import re
from datetime import date, datetime, timedelta

from safelight.engines.fhir.errors import FhirInputError

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s\x00-\x1f\x7f\ud800-\udfff]+")
_MIME = re.compile(r"[\w!#$&^.+\-]+/[\w!#$&^.+\-]+", re.ASCII)
_NOT_IN_STRINGS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")

_WIDEST_OFFSET = timedelta(hours=14)
_LONGEST_STRING = 1024 * 1024


def instant(moment: object) -> str:
    """An `instant` or full `dateTime`: seconds and the offset from UTC are always written."""
    offset = moment.utcoffset() if isinstance(moment, datetime) else None
    if not isinstance(moment, datetime) or offset is None:
        raise FhirInputError("A time without its offset from UTC is not a time.")
    # Zones had odd seconds before they were standardised; FHIR offsets have none.
    if abs(offset) > _WIDEST_OFFSET or offset % timedelta(minutes=1):
        raise FhirInputError("The offset from UTC is not one of FHIR's.")
    return moment.isoformat()


def day(value: object) -> str:
    """A `dateTime` of the precision of a day. As the end of a period it is that day whole."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise FhirInputError("A day is a date without a time.")
    return value.isoformat()


def string(value: object) -> str:
    """A `string`: never empty or blank, no control characters, at most 1 MB."""
    if not isinstance(value, str) or not value.strip():
        raise FhirInputError("A text is missing.")
    if _NOT_IN_STRINGS.search(value) or len(value) > _LONGEST_STRING:
        raise FhirInputError("A text is too long or has characters that FHIR does not carry.")
    return value


def resource_id(value: object) -> str:
    """An `id`: 1 to 64 letters, digits, hyphens and dots."""
    text = str(value)
    if not _ID.fullmatch(text):
        raise FhirInputError("An identifier is not one of FHIR's.")
    return text


def uri(value: object) -> str:
    """A `uri` that names its scheme."""
    if not isinstance(value, str) or not _URI.fullmatch(value):
        raise FhirInputError("An address is missing or malformed.")
    return value


def mime_type(value: object) -> str:
    """A `code` of BCP 13, such as ``application/pdf``."""
    if not isinstance(value, str) or not _MIME.fullmatch(value):
        raise FhirInputError("A format is not a MIME type.")
    return value
