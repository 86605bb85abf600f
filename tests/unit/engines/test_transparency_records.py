from dataclasses import replace
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from safelight.engines.transparency import (
    Checkpoint,
    CheckpointError,
    Leaf,
    LeafError,
    TransparencyError,
    VerifierKeyError,
    open_checkpoint,
    parse_verifier_key,
    sign_checkpoint,
    verifier_key,
)

ORIGIN = "hospital.example/audit"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 7, bytes(32)), ORIGIN, KEY)
LEAF = Leaf(
    event_id=UUID(int=1),
    tag="photo.viewed",
    recorded_at=1_767_225_600_000,
    actor=UUID(int=2),
    subject=UUID(int=3),
    purpose="TREAT",
    outcome="permit",
    details_hash=bytes(32),
    objects_hash=bytes(32),
)

words = st.from_regex(r"[0-9A-Za-z:._-]{0,64}", fullmatch=True)
digests = st.binary(min_size=32, max_size=32)
leaves = st.builds(
    Leaf,
    event_id=st.uuids(),
    tag=words.filter(bool),
    recorded_at=st.integers(0, (1 << 63) - 1),
    actor=st.none() | st.uuids(),
    subject=st.none() | st.uuids(),
    purpose=words,
    outcome=words,
    details_hash=digests,
    objects_hash=digests,
    version=st.just(1),
)
any_text = st.text(st.characters(exclude_categories=()))


def opened(note):
    return open_checkpoint(note, ORIGIN, KEY.public_key())


# --- leaves ---


@given(leaf=leaves)
def test_a_leaf_is_read_back_unchanged(leaf):
    assert Leaf.decode(leaf.encode()) == leaf


@given(one=leaves, two=leaves)
def test_different_leaves_have_different_encodings(one, two):
    assert (one == two) == (one.encode() == two.encode())


@given(data=st.binary(max_size=250) | leaves.map(Leaf.encode), cut=st.integers(0, 250))
def test_whatever_decodes_as_a_leaf_encodes_to_the_same_bytes(data, cut):
    for candidate in (data, data[:cut], data + data[:cut], data[:cut] + b"\x01" + data[cut + 1 :]):
        try:
            leaf = Leaf.decode(candidate)
        except LeafError:
            continue
        assert leaf.encode() == candidate


@pytest.mark.parametrize(
    "change",
    [
        {"tag": ""},
        {"tag": "Petra, 1970"},
        {"purpose": "a" * 65},
        {"purpose": "TREAT\n"},
        {"outcome": "żółć"},
        {"recorded_at": -1},
        {"recorded_at": 1 << 63},
        {"details_hash": bytes(31)},
        {"objects_hash": b""},
        {"version": 2},
    ],
    ids=str,
)
def test_a_leaf_holds_nothing_but_ids_coded_words_times_and_hashes(change):
    with pytest.raises(LeafError):
        replace(LEAF, **change)


# --- checkpoints ---


@given(size=st.integers(0, (1 << 63) - 1), root=digests)
def test_a_checkpoint_is_read_back_unchanged(size, root):
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert opened(sign_checkpoint(checkpoint, ORIGIN, KEY)) == checkpoint


def test_a_checkpoint_reads_as_three_lines_and_a_signature():
    body, signatures = NOTE.split("\n\n")
    assert body == f"{ORIGIN}\n7\n{'A' * 43}="
    assert signatures.startswith(f"— {ORIGIN} ")


@given(data=st.data())
def test_a_changed_character_is_an_error(data):
    at = data.draw(st.integers(0, len(NOTE) - 1))
    other = data.draw(st.characters(exclude_categories=(), exclude_characters=NOTE[at]))
    with pytest.raises(CheckpointError):
        opened(NOTE[:at] + other + NOTE[at + 1 :])


@given(note=any_text | any_text.map(lambda tail: NOTE + tail).filter(lambda note: note != NOTE))
def test_any_text_gives_a_checkpoint_or_a_refusal(note):
    try:
        checkpoint = opened(note)
    except TransparencyError:
        return
    assert checkpoint == Checkpoint(ORIGIN, 7, bytes(32))


def test_a_signature_by_another_key_or_name_is_not_enough():
    checkpoint = Checkpoint(ORIGIN, 7, bytes(32))
    for note in (
        sign_checkpoint(checkpoint, ORIGIN, OTHER),
        sign_checkpoint(checkpoint, "elsewhere.example", KEY),
    ):
        with pytest.raises(CheckpointError):
            opened(note)


def test_sixteen_witnesses_may_sign_beside_the_log():
    checkpoint = Checkpoint(ORIGIN, 7, bytes(32))
    note = NOTE
    for number in range(16):
        signed = sign_checkpoint(checkpoint, f"witness{number}.example", OTHER)
        note += signed.rpartition("\n\n")[2]
    assert opened(note) == checkpoint


def test_an_enormous_note_is_refused():
    with pytest.raises(CheckpointError):
        opened("a" * 100_000 + NOTE)


@pytest.mark.parametrize("origin", ["", "two words", "a+b", "a\nb", "żółć", "a" * 256, "\ud800"])
def test_an_origin_or_key_name_that_could_be_misread_is_refused(origin):
    with pytest.raises(CheckpointError):
        Checkpoint(origin, 0, bytes(32))
    for refuse in (
        lambda: verifier_key(origin, KEY.public_key()),
        lambda: sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), origin, KEY),
        lambda: open_checkpoint(NOTE, origin, KEY.public_key()),
    ):
        with pytest.raises(VerifierKeyError):
            refuse()


@pytest.mark.parametrize(("size", "root"), [(-1, 32), (1 << 63, 32), (0, 31), (0, 33)])
def test_a_checkpoint_of_an_impossible_tree_is_refused(size, root):
    with pytest.raises(CheckpointError):
        Checkpoint(ORIGIN, size, bytes(root))


# --- verifier keys ---


def test_a_verifier_key_is_read_back_unchanged():
    name, public_key = parse_verifier_key(verifier_key(ORIGIN, KEY.public_key()))
    assert (name, public_key) == (ORIGIN, KEY.public_key())


def test_the_verifier_key_of_a_public_log_is_understood():
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    name, public_key = parse_verifier_key(text)
    assert verifier_key(name, public_key) == text


@given(text=any_text)
def test_any_text_is_a_verifier_key_or_refused(text):
    with pytest.raises(VerifierKeyError):
        parse_verifier_key(text)


@given(data=st.data())
def test_a_changed_character_of_a_verifier_key_is_an_error(data):
    text = verifier_key(ORIGIN, KEY.public_key())
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(exclude_categories=(), exclude_characters=text[at]))
    with pytest.raises(VerifierKeyError):
        parse_verifier_key(text[:at] + other + text[at + 1 :])
