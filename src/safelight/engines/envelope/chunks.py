"""One chunk: nonce, ciphertext and tag, bound to its header, place and end (spec section 3.2).

Everything is written straight into the memory that is handed out, so that a picture of any size
is sealed or opened with one allocation and no copy.
"""

from collections.abc import Callable
from io import BytesIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safelight.engines.envelope.errors import TamperedError, TrailingDataError, TruncatedError
from safelight.engines.envelope.layout import CHUNK_OVERHEAD, NONCE_SIZE


def filled(size: int, fill: Callable[[memoryview], None]) -> bytes:
    """`size` bytes that `fill` has written in place.

    BytesIO hands out the very object it was filled in, where ``bytes(bytearray)`` would copy it.
    When `fill` raises, the half-written memory is dropped and nobody sees it.
    """
    buffer = BytesIO(bytes(size))
    with buffer.getbuffer() as view:
        fill(view)
    return buffer.getvalue()


def _bound_to(header: bytes, index: int, *, last: bool) -> bytes:
    return header + index.to_bytes(8, "big") + (b"\x01" if last else b"\x00")


def seal_chunk_into(
    out: memoryview,
    aead: AESGCM,
    header: bytes,
    index: int,
    plaintext: memoryview,
    *,
    last: bool,
    nonce: bytes,
) -> None:
    """Write nonce, ciphertext and tag of chunk `index` to `out`, 28 bytes longer than the text."""
    out[:NONCE_SIZE] = nonce
    bound = _bound_to(header, index, last=last)
    aead.encrypt_into(nonce, plaintext, bound, out[NONCE_SIZE:])


def open_chunk_into(
    out: memoryview, aead: AESGCM, header: bytes, index: int, frame: memoryview, *, last: bool
) -> None:
    """Write the plaintext of chunk `index` to `out`, 28 bytes shorter than `frame`.

    INVARIANT: raises unless every bit of the chunk, its place and its being last or not are what
    was sealed; callers let nothing of `out` go before this returned.
    """
    if len(frame) < CHUNK_OVERHEAD:
        raise TruncatedError
    if _opens(out, aead, _bound_to(header, index, last=last), frame):
        return
    # Which failure it was is told to people; it never makes the bytes acceptable.
    if _opens(out, aead, _bound_to(header, index, last=not last), frame):
        raise TruncatedError if last else TrailingDataError
    raise TamperedError


def _opens(out: memoryview, aead: AESGCM, bound: bytes, frame: memoryview) -> bool:
    try:
        aead.decrypt_into(frame[:NONCE_SIZE], frame[NONCE_SIZE:], bound, out)
    except InvalidTag:
        return False
    return True
