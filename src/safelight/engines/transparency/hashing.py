"""Leaf and node hashes of RFC 6962 section 2.1: SHA-256 with distinct prefixes."""

from collections.abc import Iterable
from functools import reduce
from hashlib import sha256

from safelight.engines.transparency.errors import HashSizeError

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of one entry. The prefix keeps an entry from passing for an inner node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two 32-byte children."""
    return sha256(b"\x01" + left + right).digest()


def perfect_root(hashes: list[bytes]) -> bytes:
    """The root over 1, 2, 4, 8 … hashes of one level."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def joined(subtrees: Iterable[bytes]) -> bytes:
    """The root over perfect subtrees given from right (smallest) to left; EMPTY_ROOT of none."""
    return reduce(_onto, subtrees, None) or EMPTY_ROOT


def _onto(right: bytes | None, left: bytes) -> bytes:
    return node_hash(left, right) if right else left


def check_hashes(*hashes: bytes) -> None:
    """HashSizeError unless each is 32 bytes."""
    if any(len(each) != HASH_SIZE for each in hashes):
        raise HashSizeError
