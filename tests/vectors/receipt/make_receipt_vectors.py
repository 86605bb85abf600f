"""Makes v1.json beside this file; run it with Python and without arguments.

The vectors are the format's promise: what they hold may be added to, never changed.
"""

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from safelight.engines.transparency import (
    Checkpoint,
    Leaf,
    LogEntry,
    MemoryTiles,
    append,
    canonical,
    certified_objects_hash,
    inclusion_proof,
    leaf_hash,
    log_copy,
    root,
    sign_checkpoint,
    verifier_key,
    write_receipt,
)

TARGET = Path(__file__).with_name("v1.json")

ORIGIN = "hospital.example/safelight/audit"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
PETRA = UUID("5c0e7c9a-1f1d-4b0e-8a65-3d2c1b0a9f88")
PABLO = UUID("0b9f5d1e-52a7-4c63-8f3e-7d1c2b3a4f55")
WITHDRAWN_AT, CERTIFIED_AT = 5, 7
SIZE = 12


def event_id(index):
    return UUID(bytes=sha256(b"event %d" % index).digest()[:16], version=4)


STATEMENT = {
    "effective_at": "2026-03-09T14:05:00+00:00",
    "hospital": "Hospital of the vectors",
    "language": "fr",
    "lines": [{"line": "Retirée : une photographie.", "state": "erased"}, {"line": "تم المحو"}],
    "counts": {"erased": 1, "sealed": 0, "\U0001f56f": 1, "\ufb33": 2},
    "none": None,
    "is_final": True,
    "event": str(event_id(WITHDRAWN_AT)),
}


def leaf(index, subject=PETRA, objects_hash=None):
    return Leaf(
        event_id=event_id(index),
        tag="recall:withdrawal:certified" if objects_hash else "consent:agreement:withdrawn",
        recorded_at=1_767_225_600_000 + index,
        actor=None,
        subject=subject,
        purpose="",
        outcome="success",
        details_hash=sha256(b"").digest(),
        objects_hash=objects_hash or sha256(b"objects %d" % index).digest(),
    )


def log(certified, size=SIZE):
    """Encoded leaves of a small log with this leaf as the certifying one."""
    leaves = [leaf(index).encode() for index in range(size)]
    leaves[CERTIFIED_AT] = certified.encode()
    return leaves


def note(leaves, key=KEY, origin=ORIGIN, name=ORIGIN):
    return sign_checkpoint(Checkpoint(origin, len(leaves), root_of(leaves)), name, key)


def tiles(leaves):
    store = MemoryTiles()
    append(store, 0, [leaf_hash(each) for each in leaves])
    return store


def root_of(leaves):
    return root(tiles(leaves), len(leaves))


def entry(leaves, index):
    return LogEntry(leaves[index], index, tuple(inclusion_proof(tiles(leaves), index, len(leaves))))


GOOD_LEAF = leaf(CERTIFIED_AT, objects_hash=certified_objects_hash(PETRA, STATEMENT))
LOG = log(GOOD_LEAF)
ENTRIES = [entry(LOG, CERTIFIED_AT), entry(LOG, WITHDRAWN_AT)]
GOOD = write_receipt(STATEMENT, ENTRIES, note(LOG))
VERIFIER = verifier_key(ORIGIN, KEY.public_key())


def case(name, outcome, receipt=GOOD, **more):
    return {"name": name, "verifier_key": VERIFIER, "receipt": receipt, "outcome": outcome, **more}


def changed(**members):
    """The good receipt with other members, written as receipts are."""
    return canonical(json.loads(GOOD) | members).decode()


def with_first_entry(**members):
    read = json.loads(GOOD)
    read["entries"][0] |= members
    return canonical(read).decode()


def certified(statement, subject=PETRA, of=None):
    """A receipt whose leaf, subject and statement are these."""
    objects_hash = certified_objects_hash(of or PETRA, statement)
    leaves = log(leaf(CERTIFIED_AT, subject, objects_hash))
    return write_receipt(statement, [entry(leaves, CERTIFIED_AT)], note(leaves))


def altered(text):
    """Base64 of which one bit differs."""
    data = bytearray(b64decode(text))
    data[-1] ^= 1
    return b64encode(data).decode()


def receipts():
    read = json.loads(GOOD)
    first, path = read["entries"][0], read["entries"][0]["path"]
    proven = {
        "index": CERTIFIED_AT,
        "also": [WITHDRAWN_AT],
        "recorded_at": GOOD_LEAF.recorded_at,
        "tag": GOOD_LEAF.tag,
        "size": SIZE,
        "root": root_of(LOG).hex(),
    }
    alone = write_receipt(STATEMENT, ENTRIES[:1], note(LOG))
    unnamed = write_receipt(STATEMENT, [ENTRIES[0], entry(LOG, 4)], note(LOG))
    twice = write_receipt(STATEMENT, [*ENTRIES, ENTRIES[1]], note(LOG))
    other = verifier_key(ORIGIN, OTHER_KEY.public_key())
    foreign = note(LOG, origin="hospital.example/other")
    return [
        case("a statement and the event it names", "success", **proven),
        case("a statement alone", "success", alone, **(proven | {"also": []})),
        case("a line feed at the end", "success", f"{GOOD}\r\n", **proven),
        case("another key", "checkpoint", verifier_key=other),
        case("no key", "verifier-key", verifier_key=""),
        case("a checkpoint of another log", "checkpoint", changed(checkpoint=foreign)),
        case(
            "a checkpoint over another size",
            "checkpoint",
            changed(checkpoint=read["checkpoint"].replace("\n12\n", "\n13\n")),
        ),
        case("no checkpoint", "checkpoint", changed(checkpoint="")),
        case(
            "a checkpoint before the event",
            "proof",
            changed(checkpoint=note(LOG[:CERTIFIED_AT])),
        ),
        case("another statement", "statement", changed(statement=STATEMENT | {"hospital": "X"})),
        case("another subject", "statement", certified(STATEMENT, PABLO)),
        case("no subject", "statement", certified(STATEMENT, None)),
        case("an event that is not named", "statement", unnamed),
        case("an entry twice", "receipt", twice),
        case("an altered leaf", "proof", with_first_entry(leaf=altered(first["leaf"]))),
        case("a leaf cut short", "leaf", with_first_entry(leaf=first["leaf"][:-4])),
        case("another index", "proof", with_first_entry(index=CERTIFIED_AT - 1)),
        case("an index past the end", "proof", with_first_entry(index=SIZE)),
        case("a negative index", "receipt", with_first_entry(index=-1)),
        case("an index that is no number", "receipt", with_first_entry(index=True)),
        case(
            "an altered path",
            "proof",
            with_first_entry(path=[altered(path[0]), *path[1:]]),
        ),
        case("a hash too few", "proof", with_first_entry(path=path[:-1])),
        case("a short hash", "receipt", with_first_entry(path=["AAAA"])),
        case("a path of 65 hashes", "receipt", with_first_entry(path=[path[0]] * 65)),
        case("51 entries", "receipt", changed(entries=[first] * 51)),
        case("no entry", "receipt", changed(entries=[])),
        case("a statement that is no object", "receipt", changed(statement="x")),
        case("base64 without padding", "receipt", with_first_entry(leaf="AA")),
        case("another version", "receipt", changed(version=2)),
        case("a version that is no number", "receipt", changed(version=True)),
        case("another format", "receipt", changed(format="receipt")),
        case("a member more", "receipt", changed(more=1)),
        case("spaces between members", "receipt", json.dumps(read, sort_keys=True)),
        case("a key twice", "receipt", GOOD.replace('{"checkpoint"', '{"a":1,"a":1,"checkpoint"')),
        case("a fraction", "receipt", GOOD.replace('"index":7', '"index":7.0')),
        case("a number too large", "receipt", GOOD.replace('"index":7', f'"index":{1 << 53}')),
        case("half a letter", "receipt", GOOD.replace("Hospital", "\\ud800")),
        case("too deep", "receipt", GOOD.replace('"none":null', f'"none":{"[" * 16}{"]" * 16}')),
        case("no text", "receipt", ""),
        case("no JSON", "receipt", "Petra"),
    ]


def canonicals():
    values = [
        {"b": [1, -1, 0], "a": {"": None}},
        {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
        'quote " backslash \\ slash / tab \t bell \a delete \x7f line \u2028',
        [True, False, None, (1 << 53) - 1],
    ]
    return [{"value": value, "canonical": canonical(value).hex()} for value in values]


def copy_of(leaves, key=KEY):
    return b"".join(log_copy(leaves, note(leaves, key)))


def copy_cases():
    good = copy_of(LOG)
    longer = [*LOG, *(leaf(index).encode() for index in range(SIZE, SIZE + 3))]
    forked = [leaf(index, PABLO).encode() if index == 2 else LOG[index] for index in range(SIZE)]
    place = good.index(LOG[3]) + 20
    flipped = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
    hidden = log_copy(forked, note(LOG))
    return [
        copy_case("the log of the receipt", "success", good),
        copy_case("a log that grew since", "success", copy_of(longer)),
        copy_case("an older log", "log-copy-short", copy_of(LOG[:-1])),
        copy_case("an altered byte", "log-copy", flipped),
        copy_case("an altered leaf with its check made anew", "log-copy", b"".join(hidden)),
        copy_case("another history, signed", "log-copy", copy_of(forked)),
        copy_case("another key", "log-copy", copy_of(LOG, OTHER_KEY)),
        copy_case("a byte less", "log-copy", good[:-1]),
        copy_case("a byte more", "log-copy", good + b"\n"),
        copy_case("broken off in a leaf", "log-copy", good[:place]),
        copy_case("no copy", "log-copy", b"Petra"),
    ]


def copy_case(name, outcome, copy):
    return {"name": name, "copy": b64encode(copy).decode(), "outcome": outcome}


def build():
    return {
        "format": "safelight receipt v1",
        "private_key": bytes(range(32)).hex(),
        "canonical": canonicals(),
        "receipts": receipts(),
        "log_copies": copy_cases(),
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
