"""Ten bytes as signs that may be half lost: six of payload, four of a keyed tag.

Each byte is one of 256 words of 128 signs, any two of which differ in at least half of their
signs (a biorthogonal code, like that in which Mariner 9 sent its pictures of Mars). The
tag is an HMAC over the payload.

INVARIANT: no payload is given unless all 32 bits of its tag agree. What is tried is bounded by
`GUESSES`, so that an unmarked picture names somebody with a chance of 2^-28 per decoding at most.
"""

import hmac
from collections.abc import Iterator
from hashlib import sha256
from itertools import product

import numpy as np
from numpy.typing import NDArray

from safelight.engines.watermark.errors import UnfitPayloadError

PAYLOAD_BYTES, TAG_BYTES = 6, 4
BYTES = PAYLOAD_BYTES + TAG_BYTES
SIGNS = 128  # of one word
SLOTS = BYTES * SIGNS
MOST_PAYLOAD = 2 ** (8 * PAYLOAD_BYTES) - 1
# The four least certain bytes may each be the second best word.
DOUBTED = 4
GUESSES = 2**DOUBTED


def _hadamard() -> NDArray[np.float32]:
    """Sylvester's matrix: 128 rows of 128 signs, each orthogonal to every other."""
    matrix = np.ones((1, 1), np.float32)
    while len(matrix) < SIGNS:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


WORDS = _hadamard()


def sent(payload: int, key: bytes) -> NDArray[np.float32]:
    """The signs of `payload` and its tag, one for each slot. Raises `UnfitPayloadError`."""
    if isinstance(payload, bool) or not 0 <= payload <= MOST_PAYLOAD:
        raise UnfitPayloadError
    plain = payload.to_bytes(PAYLOAD_BYTES, "big")
    values = np.frombuffer(plain + _tag(plain, key), np.uint8).astype(np.int64)
    signs = np.where(values < SIGNS, 1, -1).astype(np.float32)
    return np.asarray((WORDS[values % SIGNS] * signs[:, None]).ravel(), np.float32)


def received(slots: NDArray[np.float32], key: bytes) -> int | None:
    """The payload whose words the slots resemble, or None when no tag agrees."""
    likeness = slots.reshape(BYTES, SIGNS) @ WORDS
    both = np.concatenate([likeness, -likeness], axis=1)
    order = np.argsort(both, axis=1)
    best, second = order[:, -1], order[:, -2]
    rows = np.arange(BYTES)
    doubt = np.argsort(both[rows, best] - both[rows, second])[:DOUBTED]
    for guess in _guesses(best, second, doubt):
        plain, tag = guess[:PAYLOAD_BYTES], guess[PAYLOAD_BYTES:]
        if hmac.compare_digest(tag, _tag(plain, key)):
            return int.from_bytes(plain, "big")
    return None


def _guesses(
    best: NDArray[np.int64], second: NDArray[np.int64], doubt: NDArray[np.int64]
) -> Iterator[bytes]:
    for choice in product((False, True), repeat=DOUBTED):
        values = best.copy()
        values[doubt] = np.where(choice, second[doubt], best[doubt])
        yield values.astype(np.uint8).tobytes()


def _tag(plain: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"safelight watermark 1 tag" + plain, sha256)[:TAG_BYTES]
