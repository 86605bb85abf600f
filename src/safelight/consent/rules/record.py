"""The signed record: what was asked, shown, answered and signed, in one canonical text."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

RECORD_VERSION: Final = "safelight/consent-record/v1"


def write_record(data: Mapping[str, Any]) -> str:
    """Canonical JSON: keys sorted, no white space, UTF-8; the same for the same content."""
    content = {**data, "version": RECORD_VERSION}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def record_digest(text: str) -> bytes:
    """SHA-256 of a record as stored; what the signature and the event commit to."""
    return hashlib.sha256(text.encode()).digest()
