import json
import runpy
from base64 import b64decode
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest

from safelight.engines.envelope import (
    EnvelopeError,
    Kind,
    keyed_token,
    unseal,
    unseal_field,
    unseal_stream,
    unwrap_key,
)

FOLDER = Path(__file__).parents[2] / "vectors" / "envelope"
VECTORS = json.loads((FOLDER / "v1.json").read_text(encoding="utf-8"))


def by_name(group):
    return pytest.mark.parametrize("case", VECTORS[group], ids=lambda case: case["name"])


def outcome(opened):
    """What `opened` gives, beside the name the vectors have for it."""
    try:
        return "success", opened()
    except EnvelopeError as error:
        return error.code.removeprefix("envelope."), None


def test_the_published_vectors_are_those_the_script_makes():
    made = runpy.run_path(str(FOLDER / "make_envelope_vectors.py"))["build"]()
    assert made == VECTORS


@by_name("sealed_objects")
@pytest.mark.parametrize("way", ["at once", "as a stream"])
def test_a_sealed_object_opens_or_fails_as_its_vector_says(case, way):
    key, object_id, kind = bytes.fromhex(case["key"]), UUID(case["object_id"]), Kind(case["kind"])
    sealed = b64decode(case["sealed"])
    ways = {
        "at once": lambda: unseal(key, object_id, kind, sealed),
        "as a stream": lambda: b"".join(unseal_stream(key, object_id, kind, BytesIO(sealed))),
    }
    expected = b64decode(case["plaintext"]) if "plaintext" in case else None
    assert outcome(ways[way]) == (case["outcome"], expected)


@by_name("wrapped_keys")
def test_a_wrapped_key_opens_or_fails_as_its_vector_says(case):
    kek, wrapped, context = (bytes.fromhex(case[name]) for name in ("kek", "wrapped", "context"))
    expected = bytes.fromhex(case["data_key"]) if "data_key" in case else None
    assert outcome(lambda: unwrap_key(kek, wrapped, context)) == (case["outcome"], expected)


@by_name("fields")
def test_a_field_opens_or_fails_as_its_vector_says(case):
    kek, context, sealed = (bytes.fromhex(case[name]) for name in ("kek", "context", "sealed"))
    expected = bytes.fromhex(case["plaintext"]) if "plaintext" in case else None
    assert outcome(lambda: unseal_field(kek, context, sealed)) == (case["outcome"], expected)


@pytest.mark.parametrize("case", VECTORS["tokens"], ids=lambda case: case["kind"] or "empty")
def test_a_token_is_the_one_its_vector_says(case):
    token = keyed_token(bytes.fromhex(case["key"]), case["kind"], case["value"])
    assert token == bytes.fromhex(case["token"])


def test_every_class_of_failure_of_the_opening_side_has_a_vector():
    named = {case["outcome"] for group in ("sealed_objects", "fields") for case in VECTORS[group]}
    named |= {case["outcome"] for case in VECTORS["wrapped_keys"]}
    asked_wrongly = {"key-size", "chunk-size", "chunk-sequence"}
    codes = {error.code.removeprefix("envelope.") for error in EnvelopeError.__subclasses__()}
    assert named - {"success"} == codes - asked_wrongly
