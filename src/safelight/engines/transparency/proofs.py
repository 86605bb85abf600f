"""Inclusion and consistency proofs, read from tiles (RFC 6962 sections 2.1.1 and 2.1.2)."""

from safelight.engines.transparency.errors import TreeRangeError
from safelight.engines.transparency.tiles import TileStore, range_root


def inclusion_proof(store: TileStore, index: int, size: int) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root over `size` leaves, lowest first.

    Raises TreeRangeError when there is no such leaf, TileError when a tile is missing.
    """
    if not 0 <= index < size:
        raise TreeRangeError
    start, end, proof = 0, size, []
    while end - start > 1:
        middle = _middle(start, end)
        if index < middle:
            proof.append(range_root(store, middle, end))
            end = middle
        else:
            proof.append(range_root(store, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(store: TileStore, old: int, new: int) -> list[bytes]:
    """The hashes that show that the tree over `new` leaves begins with that over `old` leaves.

    Empty when `old` is zero or equals `new`. Raises TreeRangeError when `old` is larger than
    `new` or negative, TileError when a tile is missing.
    """
    if not 0 <= old <= new:
        raise TreeRangeError
    if old == 0:
        return []
    start, end, proof = 0, new, []
    while end != old:
        middle = _middle(start, end)
        if old <= middle:
            proof.append(range_root(store, middle, end))
            end = middle
        else:
            proof.append(range_root(store, start, middle))
            start = middle
    # A subtree at the very left is the whole old tree, whose root the verifier has already.
    if start:
        proof.append(range_root(store, start, end))
    return proof[::-1]


def _middle(start: int, end: int) -> int:
    """Where RFC 6962 splits a tree: after the largest power of two smaller than its size."""
    return start + (1 << (end - start - 1).bit_length() - 1)
