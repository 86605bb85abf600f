"""The tree in stored tiles, in the shape of C2SP tlog-tiles with tiles of height 8.

Tile `index` of level 0 holds up to 256 leaf hashes; a tile of level n holds the roots of full
tiles of level n - 1. Whatever lies between two levels is hashed anew when it is needed.
"""

from collections.abc import Sequence
from typing import Protocol

from safelight.engines.transparency.errors import TileError, TreeRangeError
from safelight.engines.transparency.hashing import HASH_SIZE, check_hashes, joined, perfect_root

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
TILE_SIZE = TILE_WIDTH * HASH_SIZE


class TileStore(Protocol):
    """Where tiles are kept."""

    def read(self, level: int, index: int) -> bytes | None:
        """Up to 256 hashes of 32 bytes, or None when the tile was never written."""

    def write(self, level: int, index: int, data: bytes) -> None:
        """Keep this tile, in place of what was there."""


class MemoryTiles:
    """Tiles in a dictionary: for rebuilding and for tests."""

    def __init__(self) -> None:
        """Begin with an empty tree."""
        self.tiles: dict[tuple[int, int], bytes] = {}

    def read(self, level: int, index: int) -> bytes | None:
        """The tile, or None when it was never written."""
        return self.tiles.get((level, index))

    def write(self, level: int, index: int, data: bytes) -> None:
        """Keep this tile, in place of what was there."""
        self.tiles[level, index] = data


def append(store: TileStore, size: int, leaf_hashes: Sequence[bytes]) -> int:
    """Add leaves to a tree of `size` leaves, writing only the tiles they touch; the new size.

    What a store holds beyond `size`, say from an append whose transaction was lost, is
    overwritten, so that appending again after a crash is safe. Raises HashSizeError,
    TreeRangeError for a negative size, and TileError when a tile of the tree so far is missing.
    """
    if size < 0:
        raise TreeRangeError
    check_hashes(*leaf_hashes)
    level, count, hashes = 0, size, b"".join(leaf_hashes)
    while hashes:
        hashes = _extend(store, level, count, hashes)
        level, count = level + 1, count // TILE_WIDTH
    return size + len(leaf_hashes)


def _extend(store: TileStore, level: int, count: int, hashes: bytes) -> bytes:
    """Add hashes to a level that has `count`; the roots of the tiles that became full."""
    first, width = divmod(count, TILE_WIDTH)
    row = (read_tile(store, level, first, width) if width else b"") + hashes
    full_roots = []
    for place, start in enumerate(range(0, len(row), TILE_SIZE)):
        tile = row[start : start + TILE_SIZE]
        store.write(level, first + place, tile)
        if len(tile) == TILE_SIZE:
            full_roots.append(perfect_root(split(tile)))
    return b"".join(full_roots)


def read_tile(store: TileStore, level: int, index: int, width: int) -> bytes:
    """The first `width` hashes of a tile; TileError when it holds fewer."""
    tile = store.read(level, index)
    if tile is None or len(tile) < width * HASH_SIZE:
        raise TileError
    return tile[: width * HASH_SIZE]


def split(hashes: bytes) -> list[bytes]:
    """Concatenated hashes, one by one."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def root(store: TileStore, size: int) -> bytes:
    """The root of the tree over the first `size` leaves; EMPTY_ROOT for none.

    Raises TreeRangeError for a negative size and TileError when a tile is missing or short.
    """
    if size < 0:
        raise TreeRangeError
    return range_root(store, 0, size)


def range_root(store: TileStore, start: int, end: int) -> bytes:
    """The RFC 6962 hash over leaves `start` to `end`, where `start` is aligned as in its tree."""
    subtrees = []
    while start < end:
        height = (end - start).bit_length() - 1
        subtrees.append(_subtree_root(store, start, height))
        start += 1 << height
    return joined(reversed(subtrees))


def _subtree_root(store: TileStore, start: int, height: int) -> bytes:
    """The root of the perfect subtree of 2**height leaves at `start`, from one tile."""
    level, inner_height = divmod(height, TILE_HEIGHT)
    index, offset = divmod(start >> (level * TILE_HEIGHT), TILE_WIDTH)
    width = 1 << inner_height
    tile = read_tile(store, level, index, offset + width)
    return perfect_root(split(tile[offset * HASH_SIZE :]))
