"""The root from nothing but the leaf hashes, which is what `audit verify` compares with."""

from collections.abc import Iterable

from safelight.engines.transparency.hashing import check_hashes, joined, node_hash


def rebuild_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The RFC 6962 root over these leaves, keeping one hash per bit of their number.

    Raises HashSizeError for a leaf hash that is not 32 bytes.
    """
    # The perfect subtrees so far, largest first: their heights are the one bits of `count`.
    subtrees: list[bytes] = []
    for count, leaf in enumerate(leaf_hashes):
        check_hashes(leaf)
        subtree, bits = leaf, count
        while bits & 1:
            subtree = node_hash(subtrees.pop(), subtree)
            bits >>= 1
        subtrees.append(subtree)
    return joined(reversed(subtrees))
