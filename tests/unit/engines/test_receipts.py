"""A receipt proves its statement to whoever has the key, and nothing that was altered passes."""

import json
import runpy
import subprocess
import sys
from base64 import b64decode, b64encode
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.engines.transparency import (
    LARGEST_RECEIPT,
    LogCopyError,
    ReceiptError,
    StatementError,
    TransparencyError,
    Verified,
    canonical,
    check_log_copy,
    plain_statement,
    statement_ids,
    verify_receipt,
)
from safelight.engines.transparency import check as checking
from safelight.engines.transparency.statements import read_canonical

FOLDER = Path(__file__).parents[2] / "vectors" / "receipt"
VECTORS = json.loads((FOLDER / "v1.json").read_text(encoding="utf-8"))
RECEIPTS = {case["name"]: case for case in VECTORS["receipts"]}
COPIES = {case["name"]: b64decode(case["copy"]) for case in VECTORS["log_copies"]}
GOOD = RECEIPTS["a statement and the event it names"]
TEXT, KEY = GOOD["receipt"], GOOD["verifier_key"]
COPY = COPIES["the log of the receipt"]
OTHER_KEY = RECEIPTS["another key"]["verifier_key"]

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=12,
)


def by_name(group):
    return pytest.mark.parametrize("case", VECTORS[group], ids=lambda case: case["name"])


def outcome(checked):
    try:
        return "success", checked()
    except TransparencyError as error:
        return error.code.removeprefix("transparency."), error.sentence


def test_the_published_vectors_are_those_the_script_makes():
    made = runpy.run_path(str(FOLDER / "make_receipt_vectors.py"))["build"]()
    assert made == VECTORS


@pytest.mark.parametrize("case", VECTORS["canonical"], ids=lambda case: case["canonical"][:12])
def test_plain_data_has_the_one_encoding_its_vector_says(case):
    assert canonical(case["value"]).hex() == case["canonical"]
    assert read_canonical(bytes.fromhex(case["canonical"])) == case["value"]


def test_keys_are_in_the_order_of_rfc_8785():
    """The example of its section 3.2.3."""
    case = VECTORS["canonical"][1]
    assert list(json.loads(bytes.fromhex(case["canonical"])).values()) == [2, 4, 6, 7, 1, 5, 3]


@by_name("receipts")
def test_a_receipt_proves_or_fails_as_its_vector_says(case):
    what, found = outcome(lambda: verify_receipt(case["receipt"], case["verifier_key"]))
    assert what == case["outcome"]
    if what == "success":
        assert (found.certifying.index, found.checkpoint.size) == (case["index"], case["size"])
        assert [item.index for item in found.also] == case["also"]
        leaf = found.certifying.leaf
        assert (leaf.recorded_at, leaf.tag) == (case["recorded_at"], case["tag"])
        assert found.checkpoint.root.hex() == case["root"]
        assert found.statement["hospital"] == "Hospital of the vectors"
    else:
        assert found.endswith(".")


@by_name("log_copies")
def test_a_copy_of_the_log_agrees_or_fails_as_its_vector_says(case):
    found = verify_receipt(TEXT, KEY)
    copy = BytesIO(COPIES[case["name"]])
    assert outcome(lambda: check_log_copy(copy, KEY, found))[0] == case["outcome"]


def test_an_altered_entry_of_a_copy_is_named():
    with pytest.raises(LogCopyError, match="entry 3 "):
        check_log_copy(BytesIO(COPIES["an altered byte"]), KEY, verify_receipt(TEXT, KEY))


def test_two_signed_histories_are_told_from_an_altered_copy():
    found = verify_receipt(TEXT, KEY)
    with pytest.raises(LogCopyError, match="forked"):
        check_log_copy(BytesIO(COPIES["another history, signed"]), KEY, found)
    hidden = COPIES["an altered leaf with its check made anew"]
    with pytest.raises(LogCopyError, match="one of its entries 0 to 11"):
        check_log_copy(BytesIO(hidden), KEY, found)


def flipped(data, place, mask):
    return data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(1, 255))
def test_no_altered_byte_of_a_receipt_passes(place, mask):
    with pytest.raises(TransparencyError):
        verify_receipt(flipped(TEXT.encode(), place, mask), KEY)


@given(st.data())
@pytest.mark.parametrize("part", ["statement", "leaf", "path", "checkpoint"])
def test_no_altered_bit_of_any_part_passes(part, data):
    """In the bytes that the part means, which a reader could be led to take for the part."""
    read = json.loads(TEXT)
    at, bit = data.draw(st.integers(0)), data.draw(st.integers(0, 6))
    if part == "statement":
        read["statement"]["hospital"] = _with_bit(read["statement"]["hospital"], at, bit)
    elif part == "checkpoint":
        read["checkpoint"] = _with_bit(read["checkpoint"], at, bit)
    else:
        item = read["entries"][data.draw(st.integers(0, 1))]
        values = item["path"] if part == "path" else [item["leaf"]]
        which = at % len(values)
        raw = bytearray(b64decode(values[which]))
        raw[at % len(raw)] ^= 1 << bit
        values[which] = _base64(raw)
        item[part] = values if part == "path" else values[0]
    with pytest.raises(TransparencyError):
        verify_receipt(canonical(read), KEY)


def _with_bit(text, at, bit):
    at %= len(text)
    return text[:at] + chr(ord(text[at]) ^ (1 << bit)) + text[at + 1 :]


def _base64(raw):
    return b64encode(bytes(raw)).decode()


@given(st.integers(0, len(COPY) - 1), st.integers(1, 255))
def test_no_altered_byte_of_a_copy_passes(place, mask):
    found = verify_receipt(TEXT, KEY)
    with pytest.raises(LogCopyError):
        check_log_copy(BytesIO(flipped(COPY, place, mask)), KEY, found)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8")))
def test_nothing_else_is_a_receipt_or_raises_anything_raw(data):
    with pytest.raises(ReceiptError):
        verify_receipt(data, KEY)


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 100_000, '{"a":' * 100_000, " " * (LARGEST_RECEIPT + 1), "1" * 5000, "\ud800"),
        *('{"format":"safelight-receipt","version":1}', "null", '"\\ud800"', "NaN", "\ufeff{}"),
    ],
    ids=range(10),
)
def test_what_would_trouble_a_reader_is_refused_in_a_sentence(text):
    with pytest.raises(ReceiptError):
        verify_receipt(text, KEY)


@given(plain)
def test_plain_data_is_read_back_as_it_was(value):
    assert read_canonical(canonical(value)) == value


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), 2**53, b"x", {1: 2}, "\ud800", object(), {"a": {1}}, UUID(int=1)]
)
def test_what_is_not_plain_has_no_encoding(value):
    with pytest.raises(StatementError):
        canonical({"value": value})


def test_a_statement_that_holds_itself_has_no_encoding():
    value: dict[str, object] = {}
    value["itself"] = value
    with pytest.raises(StatementError):
        canonical(value)


def test_the_ids_of_a_statement_are_its_hash():
    assert b"".join(each.bytes for each in statement_ids({})).hex() == (
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"lines": "Petra"},
        {"lines": [{"line": 1}]},
        {"lines": [{}]},
        {"lines": 5},
        {"hospital": None},
        {"effective_at": "soon"},
        {"effective_at": "2026-03-09T14:05:00"},
        {"effective_at": 1},
        {"language": 1},
    ],
    ids=str,
)
def test_a_statement_of_another_shape_is_read_as_none(change):
    statement = json.loads(TEXT)["statement"]
    shown = plain_statement(statement)
    assert shown is not None
    assert shown.lines == ("Retirée : une photographie.", "تم المحو")
    assert plain_statement(statement | change) is None


@pytest.fixture
def files(tmp_path):
    (tmp_path / "receipt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "key").write_text(KEY + "\n")
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "a.safelog").write_bytes(COPY)
    (tmp_path / "copies" / "b.safelog").write_bytes(COPIES["a log that grew since"])
    return tmp_path


def ran(*arguments):
    return checking.main([str(item) for item in arguments])


def test_the_program_says_what_is_proven(files, capsys):
    code = ran(files / "receipt", "--key", files / "key", "--log", files / "copies")
    told = capsys.readouterr().out
    assert code == 0
    for words in (
        "The receipt is genuine: it was signed by hospital.example/safelight/audit.",
        "entry 7 of the log: recall:withdrawal:certified, 2026-01-01T00:00:00+00:00",
        "It names entry 5 of the log: consent:agreement:withdrawn",
        "- Retirée : une photographie.",
        "(a.safelog, 12 entries) is whole and agrees.",
        "(b.safelog, 15 entries) is whole and agrees.",
    ):
        assert words in told


def test_one_altered_byte_in_one_copy_fails_by_name(files, capsys):
    (files / "copies" / "b.safelog").write_bytes(COPIES["an altered byte"])
    assert ran(files / "receipt", "--key", KEY, "--log", files / "copies") == 1
    assert "entry 3 is not what it was" in capsys.readouterr().err


def test_a_receipt_under_another_key_fails(files, capsys):
    assert ran(files / "receipt", "--key", OTHER_KEY) == 1
    assert "not signed with this key" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("receipt", "key", "log"),
    [
        ("missing", KEY, None),
        ("copies", KEY, None),
        ("receipt", "missing", None),
        ("receipt", "receipt", None),
        ("receipt", "\0", None),
        ("receipt", KEY, "missing"),
        ("receipt", KEY, "empty"),
        ("receipt", KEY, "old"),
    ],
)
def test_what_cannot_be_checked_is_another_exit_code(files, capsys, receipt, key, log):
    (files / "empty").mkdir()
    (files / "old").write_bytes(COPIES["an older log"])
    there = key if "+" in key or key == "\0" else files / key
    code = ran(files / receipt, "--key", there, *(["--log", files / log] if log else []))
    assert code == 2
    assert capsys.readouterr().err.strip().endswith(".")


def test_what_a_statement_holds_moves_no_cursor(files, capsys):
    found = verify_receipt(TEXT, KEY)
    statement = {**found.statement, "lines": [{"line": "\x1b[2J\rgone"}]}
    told = "\n".join(checking.told(Verified(statement, found.certifying, (), found.checkpoint)))
    assert "\x1b" not in told
    assert "gone" in told


STAND_ALONE = """
import sys
from safelight.engines.transparency.check import main
code = main({arguments!r})
rest = sorted(name for name in sys.modules if name.split(".")[0] in ("django", "sqlite3", "socket"))
sys.exit(code or (f"loaded {{rest}}" if rest else 0))
"""


def test_the_program_needs_no_django_no_database_and_no_network(files):
    arguments = [str(files / "receipt"), "--key", KEY]
    code = STAND_ALONE.format(arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
