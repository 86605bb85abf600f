"""Makes v1.json beside this file: ``python tests/vectors/envelope/make_envelope_vectors.py``.

The vectors are the format's promise: what they hold may be added to, never changed.
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safelight.engines.envelope import FieldKey, Kind, keyed_token
from safelight.engines.envelope.keys import wrap_with_nonce
from safelight.engines.envelope.sealing import seal_with_nonces

TARGET = Path(__file__).with_name("v1.json")
CHUNK = 4096
FRAME = CHUNK + 28
HEADER = 24

KEY = bytes(range(32))
KEK = bytes(range(32, 64))
OBJECT_ID = UUID("a3d5f3a0-6c1e-4f57-9a0b-2f5f4f0c9e11")
OTHER_ID = UUID("0b9f5d1e-52a7-4c63-8f3e-7d1c2b3a4f55")
CONTEXT = b"custodian:1/object:2"


def pattern(size):
    return bytes(index * 7 % 251 for index in range(size))


def nonces(seed, count):
    return [sha256(f"{seed}/{index}".encode()).digest()[:12] for index in range(count)]


def sealed(plaintext, object_id=OBJECT_ID, kind=Kind.ORIGINAL, seed="nonce"):
    chosen = iter(nonces(seed, 16))
    return seal_with_nonces(KEY, object_id, kind, plaintext, chunk_size=CHUNK, nonces=chosen)


def frames(data):
    body = data[HEADER:]
    return [body[at : at + FRAME] for at in range(0, len(body), FRAME)]


def flipped(data, at, bit=1):
    return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]


def opening(name, data, outcome, **more):
    return {
        "name": name,
        "key": KEY.hex(),
        "object_id": str(OBJECT_ID),
        "kind": int(Kind.ORIGINAL),
        "sealed": b64encode(data).decode(),
        "outcome": outcome,
        **more,
    }


def whole(name, size):
    plaintext = pattern(size)
    chunks = max(1, -(-size // CHUNK))
    return opening(
        name,
        sealed(plaintext),
        "success",
        plaintext=b64encode(plaintext).decode(),
        chunk_size=CHUNK,
        nonces=[nonce.hex() for nonce in nonces("nonce", chunks)],
    )


def resumed():
    """Full chunks sealed before anybody knew that nothing would follow."""
    first = sealed(pattern(CHUNK + 1))[: HEADER + FRAME]
    nonce = nonces("end", 1)[0]
    bound = first[:HEADER] + (1).to_bytes(8, "big") + b"\x01"
    data = first + nonce + AESGCM(KEY).encrypt(nonce, b"", bound)
    text = b64encode(pattern(CHUNK)).decode()
    return opening("an empty last chunk after a full one", data, "success", plaintext=text)


def bad_headers():
    good = sealed(b"Petra")
    newer_and_other = flipped(sealed(b"Petra", object_id=OTHER_ID), 4, 3)
    return [
        opening("an unknown magic", flipped(good, 0), "header"),
        opening("an unknown version", flipped(good, 4, 3), "header"),
        opening("an unknown kind", good[:5] + b"\x63" + good[6:], "header"),
        opening("a chunk size below the least", good[:6] + b"\x0b" + good[7:], "header"),
        opening("a chunk size above the greatest", good[:6] + b"\x19" + good[7:], "header"),
        opening("a reserved byte in use", good[:7] + b"\x01" + good[8:], "header"),
        opening("an unknown version comes before another object", newer_and_other, "header"),
        opening("another object", sealed(b"Petra", object_id=OTHER_ID), "wrong-object"),
        opening("another kind", sealed(b"Petra", kind=Kind.DISPLAY), "wrong-kind"),
        opening("a relabelled chunk size", good[:6] + b"\x0d" + good[7:], "tampered"),
        opening(
            "another object under this header",
            good[:HEADER] + sealed(b"Petra", object_id=OTHER_ID)[HEADER:],
            "tampered",
        ),
    ]


def bad_bodies():
    good = sealed(pattern(2 * CHUNK + 5))
    header, (first, second, last) = good[:HEADER], frames(good)
    full = sealed(pattern(CHUNK))
    other_key = opening("another key", full, "tampered")
    return [
        other_key | {"key": KEK.hex()},
        opening("a flipped nonce bit", flipped(good, HEADER), "tampered"),
        opening("a flipped ciphertext bit", flipped(good, HEADER + 12), "tampered"),
        opening("a flipped tag bit", flipped(good, len(good) - 1), "tampered"),
        opening("two chunks swapped", header + second + first + last, "tampered"),
        opening("the first chunk dropped", header + second + last, "tampered"),
        opening("a middle chunk dropped", header + first + last, "tampered"),
        opening("a chunk repeated", header + first + first + second + last, "tampered"),
        opening("the last chunk dropped", header + first + second, "truncated"),
        opening("all but a nonce cut off", header + last[:12], "truncated"),
        opening("a last chunk cut short", good[:-1], "tampered"),
        opening("no chunk at all", header, "truncated"),
        opening("half a header", header[:12], "truncated"),
        opening("no bytes", b"", "truncated"),
        opening("a byte after a short last chunk", good + b"\x00", "tampered"),
        opening("a byte after a full last chunk", full + b"\x00", "trailing-data"),
        opening("two objects in a row", full + full, "trailing-data"),
    ]


def wrapped_keys():
    nonce = nonces("wrap", 1)[0]
    good = wrap_with_nonce(KEK, KEY, CONTEXT, nonce)

    def case(name, data, outcome, **more):
        entry = {"name": name, "kek": KEK.hex(), "context": CONTEXT.hex(), "wrapped": data.hex()}
        return entry | {"outcome": outcome} | more

    return [
        case("a wrapped key", good, "success", data_key=KEY.hex(), nonce=nonce.hex()),
        case("another context", good, "key-unwrap", context=b"custodian:1/object:3".hex()),
        case("another key-encryption key", good, "key-unwrap", kek=KEY.hex()),
        case("an unknown version", flipped(good, 0, 3), "key-unwrap"),
        case("a flipped bit", flipped(good, 30), "key-unwrap"),
        case("cut short", good[:-1], "key-unwrap"),
        case("a byte more", good + b"\x00", "key-unwrap"),
        case("no bytes", b"", "key-unwrap"),
    ]


def fields():
    nonce = nonces("field", 1)[0]
    text = b"Petra, 1970-01-01"
    good = FieldKey(KEK).seal_with_nonce(b"patient/name/7", text, nonce)

    def case(name, data, outcome, **more):
        entry = {"name": name, "kek": KEK.hex(), "context": b"patient/name/7".hex()}
        return entry | {"sealed": data.hex(), "outcome": outcome} | more

    empty = FieldKey(KEK).seal_with_nonce(b"", b"", nonces("empty", 1)[0])
    return [
        case("a field", good, "success", plaintext=text.hex(), nonce=nonce.hex()),
        case("an empty field and context", empty, "success", plaintext="", context=""),
        case("another context", good, "tampered", context=b"patient/name/8".hex()),
        case("another key", good, "tampered", kek=KEY.hex()),
        case("an unknown version", flipped(good, 0, 3), "header"),
        case("a flipped bit", flipped(good, 20), "tampered"),
        case("cut short", good[:-1], "tampered"),
        case("shorter than the overhead", good[:28], "truncated"),
        case("no bytes", b"", "truncated"),
    ]


def tokens():
    values = [("name", "petra"), ("nam", "epetra"), ("birth-date", "1970-01-01"), ("name", "żółć")]
    return [
        {
            "key": KEK.hex(),
            "kind": kind,
            "value": value,
            "token": keyed_token(KEK, kind, value).hex(),
        }
        for kind, value in [*values, ("", "")]
    ]


def build():
    sizes = {
        "an empty object": 0,
        "one byte": 1,
        "one full chunk": CHUNK,
        "one byte more than a chunk": CHUNK + 1,
        "three chunks": 2 * CHUNK + 5,
    }
    good = [whole(name, size) for name, size in sizes.items()]
    return {
        "format": "safelight envelope v1",
        "sealed_objects": [*good, resumed(), *bad_headers(), *bad_bodies()],
        "wrapped_keys": wrapped_keys(),
        "fields": fields(),
        "tokens": tokens(),
    }


if __name__ == "__main__":
    TARGET.write_text(json.dumps(build(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
