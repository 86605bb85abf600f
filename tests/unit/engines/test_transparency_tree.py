from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.engines.transparency import (
    EMPTY_ROOT,
    HASH_SIZE,
    TILE_WIDTH,
    HashSizeError,
    MemoryTiles,
    ProofError,
    TileError,
    TreeRangeError,
    append,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    rebuild_root,
    root,
    verify_consistency,
    verify_inclusion,
)

# The published test entries and roots of Certificate Transparency (RFC 6962 and its reference
# implementations use them).
ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
ENTRIES += ["606162636465666768696a6b6c6d6e6f"]
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

EDGES = [65535, 65536, 65537]
LEAVES = [sha256(index.to_bytes(4, "big")).digest() for index in range(EDGES[-1])]


def by_definition(leaves):
    """RFC 6962 section 2.1, word for word."""
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY_ROOT
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


@cache
def tree():
    store = MemoryTiles()
    append(store, 0, LEAVES)
    return store


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size):
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]
    store = MemoryTiles()
    append(store, 0, leaves)
    assert root(store, size).hex() == rebuild_root(leaves).hex() == KNOWN_ROOTS[size]


@pytest.mark.parametrize("size", [*range(70), 255, 256, 257, 258, 511, 512, 513, *EDGES])
def test_tiles_and_rebuilding_agree_with_the_definition(size):
    assert root(tree(), size) == rebuild_root(LEAVES[:size]) == by_definition(LEAVES[:size])


@given(batches=st.lists(st.integers(0, 600), max_size=8))
@settings(max_examples=30)
def test_appending_in_batches_of_any_size_gives_the_same_tiles(batches):
    store, size = MemoryTiles(), 0
    for batch in batches:
        size = append(store, size, LEAVES[size : size + batch])
    at_once = MemoryTiles()
    assert append(at_once, 0, LEAVES[:size]) == size == sum(batches)
    assert store.tiles == at_once.tiles


def test_tiles_have_the_shape_that_tlog_tiles_gives_for_70000_leaves():
    store = MemoryTiles()
    append(store, append(store, 0, LEAVES), LEAVES[: 70_000 - len(LEAVES)])
    widths = {place: len(tile) // HASH_SIZE for place, tile in store.tiles.items()}
    assert widths == {
        **dict.fromkeys(((0, index) for index in range(273)), TILE_WIDTH),
        (0, 273): 112,
        (1, 0): TILE_WIDTH,
        (1, 1): 17,
        (2, 0): 1,
    }


class CountingTiles(MemoryTiles):
    def __init__(self):
        super().__init__()
        self.written = []

    def write(self, level, index, data):
        self.written.append((level, index))
        super().write(level, index, data)


def test_appending_writes_only_the_tiles_it_touches():
    store = CountingTiles()
    append(store, 0, LEAVES[:1000])
    store.written.clear()
    append(store, 1000, LEAVES[1000:1100])
    assert store.written == [(0, 3), (0, 4), (1, 0)]


def test_appending_again_after_a_lost_append_replaces_what_it_left():
    store, clean = MemoryTiles(), MemoryTiles()
    append(store, 0, LEAVES[:200])
    append(store, 200, LEAVES[5000:5100])  # the transaction of this one was rolled back
    append(store, 200, LEAVES[200:700])
    append(clean, 0, LEAVES[:700])
    assert root(store, 700) == root(clean, 700)


@pytest.mark.parametrize("size", range(1, 71))
def test_every_leaf_of_a_small_tree_is_proven(size):
    whole = root(tree(), size)
    for index in range(size):
        proof = inclusion_proof(tree(), index, size)
        verify_inclusion(LEAVES[index], index, size, proof, whole)


@pytest.mark.parametrize("new", range(71))
def test_every_small_tree_is_proven_to_begin_with_each_smaller_one(new):
    for old in range(new + 1):
        proof = consistency_proof(tree(), old, new)
        verify_consistency(old, new, root(tree(), old), root(tree(), new), proof)


@pytest.mark.parametrize("size", [255, 256, 257, 258, *EDGES])
def test_leaves_at_the_edges_of_tiles_are_proven(size):
    for index in {0, 1, 254, 255, 256, size // 2, size - 2, size - 1}:
        if index < size:
            proof = inclusion_proof(tree(), index, size)
            verify_inclusion(LEAVES[index], index, size, proof, root(tree(), size))


@pytest.mark.parametrize("new", [256, 257, 258, *EDGES])
@pytest.mark.parametrize("old", [1, 255, 256, 257, 32768, 65535, 65536])
def test_trees_at_the_edges_of_tiles_are_consistent(old, new):
    if old <= new:
        proof = consistency_proof(tree(), old, new)
        verify_consistency(old, new, root(tree(), old), root(tree(), new), proof)


places = st.integers(1, 300).flatmap(
    lambda size: st.tuples(st.integers(0, size - 1), st.just(size))
)


def flip(hashes, at, bit):
    changed = bytearray(hashes[at])
    changed[bit // 8] ^= 1 << bit % 8
    return [*hashes[:at], bytes(changed), *hashes[at + 1 :]]


@given(place=places, data=st.data())
def test_inclusion_never_holds_after_any_bit_flips(place, data):
    index, size = place
    parts = [LEAVES[index], root(tree(), size), *inclusion_proof(tree(), index, size)]
    at = data.draw(st.integers(0, len(parts) - 1))
    leaf, whole, *proof = flip(parts, at, data.draw(st.integers(0, 255)))
    with pytest.raises(ProofError):
        verify_inclusion(leaf, index, size, proof, whole)


@given(place=places, other=st.integers(-2, 302))
def test_inclusion_never_holds_at_another_index(place, other):
    index, size = place
    if other != index:
        proof = inclusion_proof(tree(), index, size)
        with pytest.raises(ProofError):
            verify_inclusion(LEAVES[index], other, size, proof, root(tree(), size))


@given(place=places, data=st.data())
def test_consistency_never_holds_after_any_bit_flips(place, data):
    old, new = place
    parts = [root(tree(), old), root(tree(), new), *consistency_proof(tree(), old, new)]
    # A consistency proof from nothing says nothing about the new root.
    changeable = [at for at in range(len(parts)) if old or at != 1]
    at = data.draw(st.sampled_from(changeable))
    old_root, new_root, *proof = flip(parts, at, data.draw(st.integers(0, 255)))
    with pytest.raises(ProofError):
        verify_consistency(old, new, old_root, new_root, proof)


@given(place=places, data=st.data())
def test_a_rewritten_past_is_never_consistent(place, data):
    old, new = place
    if old == 0:
        return
    changed = list(LEAVES[:new])
    changed[data.draw(st.integers(0, old - 1))] = LEAVES[-1]
    store = MemoryTiles()
    append(store, 0, changed)
    with pytest.raises(ProofError):
        verify_consistency(
            old, new, root(tree(), old), root(store, new), consistency_proof(store, old, new)
        )


a_hash = st.binary(min_size=32, max_size=32) | st.binary(max_size=40)
hashes = st.lists(a_hash, max_size=8)


@given(one=st.integers(-1, 40), two=st.integers(-1, 40), start=a_hash, end=a_hash, proof=hashes)
def test_made_up_proofs_are_refused_and_never_crash(one, two, start, end, proof):
    # Made unlike any `end`: a tree is rightly consistent with itself.
    start = sha256(start).digest() if len(start) == HASH_SIZE else start
    with pytest.raises(ProofError):
        verify_inclusion(start, one, two, proof, end)
    with pytest.raises(ProofError):
        verify_consistency(one, two, start, end, proof)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: root(tree(), -1),
        lambda: append(MemoryTiles(), -1, []),
        lambda: inclusion_proof(tree(), 5, 5),
        lambda: inclusion_proof(tree(), -1, 5),
        lambda: consistency_proof(tree(), 6, 5),
        lambda: consistency_proof(tree(), -1, 5),
    ],
)
def test_places_outside_the_tree_are_refused(ask):
    with pytest.raises(TreeRangeError):
        ask()


@pytest.mark.parametrize("damaged", [None, b"", bytes(31), bytes(32 * 9)])
def test_a_missing_or_short_tile_is_an_error(damaged):
    store = MemoryTiles()
    append(store, 0, LEAVES[:10])
    if damaged is None:
        del store.tiles[0, 0]
    else:
        store.tiles[0, 0] = damaged
    for ask in (
        lambda: root(store, 10),
        lambda: append(store, 10, LEAVES[10:11]),
        lambda: inclusion_proof(store, 0, 10),
    ):
        with pytest.raises(TileError):
            ask()


def test_only_hashes_are_appended():
    with pytest.raises(HashSizeError):
        append(MemoryTiles(), 0, [bytes(31)])
    with pytest.raises(HashSizeError):
        rebuild_root([bytes(33)])
