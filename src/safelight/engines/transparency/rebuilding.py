"""The root from nothing but the leaf hashes, which is what `audit verify` compares with."""

from collections.abc import Iterable

from safelight.engines.transparency.hashing import check_hashes, joined, node_hash


class RunningRoot:
    """The RFC 6962 root over the leaves so far, keeping one hash per bit of their number."""

    def __init__(self) -> None:
        """Begin with an empty tree."""
        self.size = 0
        # The perfect subtrees so far, largest first: their heights are the one bits of `size`.
        self._subtrees: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Append one leaf hash; HashSizeError unless it is 32 bytes."""
        check_hashes(leaf)
        subtree, bits = leaf, self.size
        while bits & 1:
            subtree = node_hash(self._subtrees.pop(), subtree)
            bits >>= 1
        self._subtrees.append(subtree)
        self.size += 1

    def root(self) -> bytes:
        """The root over the leaves added so far; EMPTY_ROOT for none."""
        return joined(reversed(self._subtrees))


def rebuild_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The RFC 6962 root over these leaves; HashSizeError for one that is not 32 bytes."""
    running = RunningRoot()
    for leaf in leaf_hashes:
        running.add(leaf)
    return running.root()
