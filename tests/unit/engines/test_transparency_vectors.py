import json
import runpy
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safelight.engines.transparency import (
    Checkpoint,
    Leaf,
    TransparencyError,
    leaf_hash,
    open_checkpoint,
    parse_verifier_key,
    rebuild_root,
    sign_checkpoint,
    verify_consistency,
    verify_inclusion,
)

FOLDER = Path(__file__).parents[2] / "vectors" / "transparency"
VECTORS = json.loads((FOLDER / "v1.json").read_text(encoding="utf-8"))


def by_name(group):
    return pytest.mark.parametrize("case", VECTORS[group], ids=lambda case: case["name"])


def outcome(checked):
    """What `checked` gives, beside the name the vectors have for it."""
    try:
        return "success", checked()
    except TransparencyError as error:
        return error.code.removeprefix("transparency."), None


def raw(case, *names):
    return [bytes.fromhex(case[name]) for name in names]


def test_the_published_vectors_are_those_the_script_makes():
    made = runpy.run_path(str(FOLDER / "make_transparency_vectors.py"))["build"]()
    assert made == VECTORS


@pytest.mark.parametrize("case", VECTORS["roots"], ids=lambda case: str(case["size"]))
def test_a_root_is_the_one_its_vector_says(case):
    entries = (f"event {index}".encode() for index in range(case["size"]))
    assert rebuild_root(map(leaf_hash, entries)).hex() == case["root"]


@by_name("inclusion_proofs")
def test_an_inclusion_proof_holds_or_fails_as_its_vector_says(case):
    leaf, root = raw(case, "leaf_hash", "root")
    proof = [bytes.fromhex(each) for each in case["proof"]]
    found = outcome(lambda: verify_inclusion(leaf, case["index"], case["size"], proof, root))
    assert found == (case["outcome"], None)


@by_name("consistency_proofs")
def test_a_consistency_proof_holds_or_fails_as_its_vector_says(case):
    old, new = case["old_size"], case["new_size"]
    old_root, new_root = raw(case, "old_root", "new_root")
    proof = [bytes.fromhex(each) for each in case["proof"]]
    found = outcome(lambda: verify_consistency(old, new, old_root, new_root, proof))
    assert found == (case["outcome"], None)


@by_name("leaves")
def test_a_leaf_decodes_or_fails_as_its_vector_says(case):
    encoded = bytes.fromhex(case["encoded"])
    expected = leaf_of(case) if case["outcome"] == "success" else None
    assert outcome(lambda: Leaf.decode(encoded)) == (case["outcome"], expected)
    if expected:
        assert expected.encode() == encoded
        assert leaf_hash(encoded).hex() == case["leaf_hash"]


def leaf_of(case):
    details_hash, objects_hash = raw(case, "details_hash", "objects_hash")
    return Leaf(
        event_id=UUID(case["event_id"]),
        tag=case["tag"],
        recorded_at=case["recorded_at"],
        actor=case["actor"] and UUID(case["actor"]),
        subject=case["subject"] and UUID(case["subject"]),
        purpose=case["purpose"],
        outcome=case["outcome_word"],
        details_hash=details_hash,
        objects_hash=objects_hash,
    )


@by_name("checkpoints")
def test_a_checkpoint_opens_or_fails_as_its_vector_says(case):
    name, public_key = parse_verifier_key(case["verifier_key"])
    expected = None
    if case["outcome"] == "success":
        expected = Checkpoint(case["origin"], case["size"], bytes.fromhex(case["root"]))
    found = outcome(lambda: open_checkpoint(case["note"], name, public_key))
    assert found == (case["outcome"], expected)
    if expected and "private_key" in case:
        private_key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["private_key"]))
        assert sign_checkpoint(expected, name, private_key) == case["note"]
