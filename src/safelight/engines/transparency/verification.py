"""Check proofs with nothing but hashes (RFC 9162 sections 2.1.3.2 and 2.1.4.2).

Both walk from the lowest hash up. `node` and `end` are the positions, on the level reached so far,
of the node being proven and of the last node of the tree: a node at an even position that is also
the last has no sibling and rises unchanged.
"""

from collections.abc import Sequence

from safelight.engines.transparency.errors import ProofError
from safelight.engines.transparency.hashing import EMPTY_ROOT, HASH_SIZE, node_hash


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Return when `leaf` (a leaf hash) is entry `index` of the tree with this size and root.

    Size and root must come from one signed checkpoint: neighbouring sizes can share the shape of
    a path, so that the proof alone does not vouch for the size. Raises ProofError otherwise.
    """
    _check_sizes([leaf, root, *proof])
    if not 0 <= index < size:
        raise ProofError
    node, end, found = index, size - 1, leaf
    for sibling in proof:
        if end == 0:
            raise ProofError
        if node & 1 or node == end:
            found = node_hash(sibling, found)
            node, end = _rise_to_right_child(node, end)
        else:
            found = node_hash(found, sibling)
        node, end = node >> 1, end >> 1
    if end != 0 or found != root:
        raise ProofError


def verify_consistency(
    old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Return when the new tree begins with exactly the leaves of the old one.

    Raises ProofError otherwise. From an empty tree, and between equal sizes, the proof is empty.
    """
    _check_sizes([old_root, new_root, *proof])
    if not 0 <= old_size <= new_size:
        raise ProofError
    if old_size in {0, new_size}:
        expected = new_root if old_size else EMPTY_ROOT
        if proof or old_root != expected or (new_size == 0 and new_root != EMPTY_ROOT):
            raise ProofError
        return
    if not proof or _climb(old_size, new_size, old_root, proof) != (old_root, new_root):
        raise ProofError


def _climb(
    old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The old and the new root as a non-empty proof makes them; 0 < old_size < new_size."""
    # An old tree that is one perfect subtree is itself the lowest hash, and left out of the proof.
    perfect = old_size & (old_size - 1) == 0
    lowest, *siblings = (old_root, *proof) if perfect else proof
    node, end = old_size - 1, new_size - 1
    while node & 1:
        node, end = node >> 1, end >> 1
    old = new = lowest
    for sibling in siblings:
        if end == 0:
            raise ProofError
        if node & 1 or node == end:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            node, end = _rise_to_right_child(node, end)
        else:
            new = node_hash(new, sibling)
        node, end = node >> 1, end >> 1
    if end != 0:
        raise ProofError
    return old, new


def _rise_to_right_child(node: int, end: int) -> tuple[int, int]:
    """Skip the levels on which a last node without sibling rises unchanged."""
    while node and not node & 1:
        node, end = node >> 1, end >> 1
    return node, end


def _check_sizes(hashes: Sequence[bytes]) -> None:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise ProofError
