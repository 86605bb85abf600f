"""Makes v1.json beside this file; run it with Python and without arguments.

The vectors are the format's promise: what they hold may be added to, never changed.
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safelight.engines.transparency import (
    Checkpoint,
    Leaf,
    MemoryTiles,
    append,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root,
    sign_checkpoint,
    verifier_key,
)

TARGET = Path(__file__).with_name("v1.json")

LEAVES = [f"event {index}".encode() for index in range(300)]
STORE = MemoryTiles()
append(STORE, 0, [leaf_hash(leaf) for leaf in LEAVES])

ORIGIN = "hospital.example/safelight/audit"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
EVENT = UUID("a3d5f3a0-6c1e-4f57-9a0b-2f5f4f0c9e11")
ALICE = UUID("0b9f5d1e-52a7-4c63-8f3e-7d1c2b3a4f55")
PETRA = UUID("5c0e7c9a-1f1d-4b0e-8a65-3d2c1b0a9f88")
TREE_SIZES = [0, 1, 2, 3, 7, 8, 255, 256, 257, 300]


def inclusion(name, outcome, index, size, /, **changed):
    case = {
        "name": name,
        "leaf_hash": leaf_hash(LEAVES[index]).hex(),
        "index": index,
        "size": size,
        "proof": [each.hex() for each in inclusion_proof(STORE, index, size)],
        "root": root(STORE, size).hex(),
        "outcome": outcome,
    }
    return case | changed


def inclusions():
    places = [(0, 1), (0, 2), (1, 2), (2, 3), (4, 7), (7, 8), (255, 256), (256, 257), (100, 300)]
    proof = [each.hex() for each in inclusion_proof(STORE, 4, 7)]
    return [
        *(inclusion(f"leaf {at} of {size}", "success", at, size) for at, size in places),
        inclusion("another leaf", "proof", 4, 7, leaf_hash=leaf_hash(LEAVES[5]).hex()),
        inclusion("another index", "proof", 4, 7, index=5),
        inclusion("an index past the end", "proof", 4, 7, index=7),
        inclusion("another size", "proof", 4, 7, size=5),
        inclusion("another root", "proof", 4, 7, root=root(STORE, 6).hex()),
        inclusion("a hash too few", "proof", 4, 7, proof=proof[:-1]),
        inclusion("a hash too many", "proof", 4, 7, proof=[*proof, proof[0]]),
        inclusion("hashes out of order", "proof", 4, 7, proof=proof[::-1]),
        inclusion("a short hash", "proof", 4, 7, proof=[proof[0][:-2], *proof[1:]]),
    ]


def consistency(name, outcome, old, new, /, **changed):
    case = {
        "name": name,
        "old_size": old,
        "new_size": new,
        "old_root": root(STORE, old).hex(),
        "new_root": root(STORE, new).hex(),
        "proof": [each.hex() for each in consistency_proof(STORE, old, new)],
        "outcome": outcome,
    }
    return case | changed


def consistencies():
    pairs = [(0, 0), (0, 5), (1, 1), (1, 2), (3, 7), (4, 7), (6, 8), (255, 257), (256, 300)]
    proof = [each.hex() for each in consistency_proof(STORE, 3, 7)]
    return [
        *(consistency(f"{old} leaves, then {new}", "success", old, new) for old, new in pairs),
        consistency("another old root", "proof", 3, 7, old_root=root(STORE, 2).hex()),
        consistency("another new root", "proof", 3, 7, new_root=root(STORE, 6).hex()),
        consistency("another old size", "proof", 3, 7, old_size=2),
        consistency("a tree that shrank", "proof", 7, 7, new_size=3),
        consistency("equal sizes with other roots", "proof", 7, 7, new_root=proof[0]),
        consistency("a proof where none is needed", "proof", 7, 7, proof=proof),
        consistency("an empty tree with a root", "proof", 0, 7, old_root=proof[0]),
        consistency("no proof", "proof", 3, 7, proof=[]),
        consistency("a hash too few", "proof", 3, 7, proof=proof[:-1]),
        consistency("a hash too many", "proof", 3, 7, proof=[*proof, proof[0]]),
    ]


def leaf_cases():
    full = Leaf(
        event_id=EVENT,
        tag="photo.viewed",
        recorded_at=1_767_225_600_123,
        actor=ALICE,
        subject=PETRA,
        purpose="TREAT",
        outcome="permit",
        details_hash=sha256(b"details").digest(),
        objects_hash=sha256(b"objects").digest(),
    )
    bare = Leaf(
        event_id=EVENT,
        tag="log.started",
        recorded_at=0,
        actor=None,
        subject=None,
        purpose="",
        outcome="",
        details_hash=bytes(32),
        objects_hash=bytes(32),
    )
    good = full.encode()
    return [
        leaf_success("every field", full),
        leaf_success("nothing optional", bare),
        leaf_failure("an unknown version", b"\x02" + good[1:]),
        leaf_failure("an actor of 15 bytes", good[:25] + b"\x0f" + good[26:41] + good[42:]),
        leaf_failure("a space in a word", good.replace(b"photo.viewed", b"photo viewed")),
        leaf_failure("a byte that is not ASCII", good.replace(b"permit", b"permi\xe9")),
        leaf_failure("an empty tag", bare.encode().replace(b"\x0blog.started", b"\x00")),
        leaf_failure("a time before 1970", good[:17] + b"\xff" + good[18:]),
        leaf_failure("cut short", good[:-1]),
        leaf_failure("a byte more", good + b"\x00"),
        leaf_failure("no bytes", b""),
    ]


def leaf_success(name, leaf):
    return {
        "name": name,
        "encoded": leaf.encode().hex(),
        "outcome": "success",
        "leaf_hash": leaf_hash(leaf.encode()).hex(),
        "event_id": str(leaf.event_id),
        "tag": leaf.tag,
        "recorded_at": leaf.recorded_at,
        "actor": leaf.actor and str(leaf.actor),
        "subject": leaf.subject and str(leaf.subject),
        "purpose": leaf.purpose,
        "outcome_word": leaf.outcome,
        "details_hash": leaf.details_hash.hex(),
        "objects_hash": leaf.objects_hash.hex(),
    }


def leaf_failure(name, encoded):
    return {"name": name, "encoded": encoded.hex(), "outcome": "leaf"}


def note_case(name, note, outcome, **more):
    verifier = verifier_key(ORIGIN, KEY.public_key())
    return {"name": name, "verifier_key": verifier, "note": note, "outcome": outcome, **more}


def signed(body, name=ORIGIN, key=KEY):
    """A note over any text, also over one that is no checkpoint."""
    identifier = verifier_key(name, key.public_key()).split("+")[1]
    blob = bytes.fromhex(identifier) + key.sign(body.encode())
    return f"{body}\n— {name} {b64encode(blob).decode()}\n"


def checkpoints():
    checkpoint = Checkpoint(ORIGIN, 300, root(STORE, 300))
    body, good = checkpoint.body(), sign_checkpoint(checkpoint, ORIGIN, KEY)
    witness = signature_of(signed(body, "witness.example/rhea", OTHER_KEY))
    witness_first = f"{body}\n{witness}{signature_of(good)}"
    forged = signature_of(signed(body + "other\n"))
    details = {"origin": ORIGIN, "size": 300, "root": checkpoint.root.hex()}
    secret = {"private_key": bytes(range(32)).hex()}
    root_line = body.split("\n")[2]
    return [
        note_case("a checkpoint", good, "success", **details, **secret),
        note_case("a witness signed too", good + witness, "success", **details),
        note_case("a witness signed first", witness_first, "success", **details),
        note_case("another size", good.replace("\n300\n", "\n301\n"), "checkpoint"),
        note_case("another key of this name", signed(body, key=OTHER_KEY), "checkpoint"),
        note_case("this key under another name", signed(body, "bob.example"), "checkpoint"),
        note_case("only a witness signed", f"{body}\n{witness}", "checkpoint"),
        note_case("one good and one bad signature", good + forged, "checkpoint"),
        note_case("no signature", body + "\n", "checkpoint"),
        note_case("no empty line", good.replace("\n\n", "\n"), "checkpoint"),
        note_case("no newline at the end", good[:-1], "checkpoint"),
        note_case("text after the signatures", good + "more\n", "checkpoint"),
        note_case("base64 without padding", good[:-2] + "\n", "checkpoint"),
        note_case("a carriage return", good.replace("\n", "\r\n"), "checkpoint"),
        note_case("a size with a leading zero", signed(body.replace("300", "0300")), "checkpoint"),
        note_case("a size out of range", signed(body.replace("300", str(1 << 63))), "checkpoint"),
        note_case("a short root", signed(body.replace(root_line, "AAAA")), "checkpoint"),
        note_case("an extension line", signed(body + "more\n"), "checkpoint"),
        note_case("no text", "", "checkpoint"),
    ]


def signature_of(note):
    return note.rpartition("\n\n")[2]


def build():
    return {
        "format": "safelight audit log v1",
        "entries": "entry i of the trees below is the ASCII text 'event i'",
        "roots": [{"size": size, "root": root(STORE, size).hex()} for size in TREE_SIZES],
        "inclusion_proofs": inclusions(),
        "consistency_proofs": consistencies(),
        "leaves": leaf_cases(),
        "checkpoints": checkpoints(),
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
