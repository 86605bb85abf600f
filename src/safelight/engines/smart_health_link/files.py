"""The files behind a link: JWE in compact serialisation (RFC 7516), `dir` and `A256GCM`.

Twenty lines over a kept AEAD rather than a JOSE library: those bound an inflated file at 250 kB,
for all callers in the process at once, and a bundle of pictures has megabytes.
"""

import json
import os
import zlib
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safelight.engines.smart_health_link.encoding import base64url, from_base64url, json_object
from safelight.engines.smart_health_link.errors import HealthLinkFileError, HealthLinkInputError
from safelight.engines.smart_health_link.link import KEY_BYTES

FHIR_JSON: Final = "application/fhir+json"
SEALED_TYPE: Final = "application/jose"
"""What the server calls a sealed file when it hands one out."""

CONTENT_TYPES: Final = frozenset(
    {FHIR_JSON, "application/smart-health-card", "application/smart-api-access"}
)
MOST_BYTES: Final = 256 << 20
"""The largest file in clear."""

_NONCE, _TAG = 12, 16
_RAW = -zlib.MAX_WBITS
_LONGEST_HEADER = 1024


@dataclass(frozen=True, slots=True)
class LinkFile:
    """A file in clear."""

    content: bytes = field(repr=False)
    content_type: str = FHIR_JSON


def seal_file(key: bytes, file: LinkFile, *, is_compressed: bool = False) -> str:
    """`file` under the 32 bytes of `key`, with a fresh nonce each time.

    `is_compressed` asks for raw DEFLATE before sealing. Pictures in a bundle shrink by a quarter,
    which is what base64 added; but not every receiver inflates. HealthLinkInputError for another
    content type, key or size.
    """
    if len(key) != KEY_BYTES or file.content_type not in CONTENT_TYPES:
        raise HealthLinkInputError("A file is sealed with 32 bytes, and of a known type.")
    if len(file.content) > MOST_BYTES:
        raise HealthLinkInputError("The file is too large for a SMART Health Link.")
    header = {"alg": "dir", "enc": "A256GCM", "cty": file.content_type}
    header |= {"zip": "DEF"} if is_compressed else {}
    protected = base64url(json.dumps(header, separators=(",", ":")).encode())
    nonce = os.urandom(_NONCE)
    content = _deflated(file.content) if is_compressed else file.content
    sealed = AESGCM(key).encrypt(nonce, content, protected.encode())
    parts = (protected, "", *map(base64url, (nonce, sealed[:-_TAG], sealed[-_TAG:])))
    return ".".join(parts)


def open_file(key: bytes, sealed: str, *, most_bytes: int = MOST_BYTES) -> LinkFile:
    """What `seal_file`, or another implementation, sealed with `key`.

    HealthLinkFileError for anything else, and for more than `most_bytes` in clear.
    """
    try:
        return _opened(key, sealed, most_bytes)
    except (ValueError, InvalidTag, zlib.error) as error:
        raise HealthLinkFileError from error


def _opened(key: bytes, sealed: str, most_bytes: int) -> LinkFile:
    """ValueError, InvalidTag and zlib.error for what is not a file of this link."""
    if len(key) != KEY_BYTES or len(sealed) > _longest(most_bytes):
        raise ValueError
    protected, wrapped, *encoded = sealed.split(".", 5)
    header = _header(protected)
    nonce, ciphertext, tag = map(from_base64url, encoded)
    # The key is agreed on, not sent (RFC 7518, 4.5).
    if wrapped or (len(nonce), len(tag)) != (_NONCE, _TAG):
        raise ValueError
    content = AESGCM(key).decrypt(nonce, ciphertext + tag, protected.encode())
    if "zip" in header:
        content = _inflated(content, most_bytes)
    if len(content) > most_bytes:
        raise ValueError
    return LinkFile(content, str(header["cty"]))


def _header(protected: str) -> dict[str, object]:
    if len(protected) > _LONGEST_HEADER:
        raise ValueError
    header = json_object(from_base64url(protected))
    # `crit` names extensions that must be understood, and none is here (RFC 7516, 4.1.13).
    if (header.get("alg"), header.get("enc")) != ("dir", "A256GCM") or "crit" in header:
        raise ValueError
    if header.get("cty") not in CONTENT_TYPES or header.get("zip", "DEF") != "DEF":
        raise ValueError
    return header


def _longest(most_bytes: int) -> int:
    """The letters of the largest file, and some for what stands around it."""
    return 2 * _LONGEST_HEADER + most_bytes * 4 // 3


def _deflated(content: bytes) -> bytes:
    engine = zlib.compressobj(wbits=_RAW)
    return engine.compress(content) + engine.flush()


def _inflated(content: bytes, most_bytes: int) -> bytes:
    """ValueError past `most_bytes`, and unless the stream ends exactly where `content` does."""
    engine = zlib.decompressobj(wbits=_RAW)
    whole = engine.decompress(content, most_bytes + 1)
    if len(whole) > most_bytes or not engine.eof or engine.unused_data:
        raise ValueError
    return whole
