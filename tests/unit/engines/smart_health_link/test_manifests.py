"""Who asks for a manifest, how often they may guess, and what they are given."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.smart_health_link.examples import KEY, SECRET

from safelight.engines.smart_health_link import (
    NOT_ACTIVE,
    Attempts,
    FileStatus,
    HealthLinkError,
    HealthLinkInputError,
    LinkFile,
    ManifestFile,
    ManifestRequest,
    ManifestRequestError,
    Passcode,
    manifest,
    read_request,
    seal_file,
    try_passcode,
)

NOON = datetime(2026, 6, 2, 12, tzinfo=UTC)
SEALED = seal_file(KEY, LinkFile(b"{}"))
WHERE = f"https://pictures.hospital.example/shl/{SECRET}"
RHEA = ManifestRequest("Rhea")


def body(**members: object) -> bytes:
    return json.dumps(members).encode()


def test_a_request_says_who_asks_and_with_what() -> None:
    request = read_request(
        body(recipient=" Rhea,  Harbour\tClinic", passcode=" 12 ", embeddedLengthMax=9)
    )

    assert request == ManifestRequest("Rhea, Harbour Clinic", " 12 ", 9)


@pytest.mark.parametrize("name", ["رضا علی\u200cپور", "ක්\u200dෂිත"])
def test_a_name_keeps_what_joins_and_parts_its_letters(name: str) -> None:
    assert read_request(body(recipient=name)).recipient == name


def test_a_recipient_is_enough_and_the_unknown_is_ignored() -> None:
    assert read_request(body(recipient="Rhea", later=[1])) == RHEA


def test_a_passcode_is_not_shown_with_its_request() -> None:
    assert "482913" not in repr(read_request(body(recipient="Rhea", passcode="482913")))


WRONG_VALUES: dict[str, list[Any]] = {
    "recipient": [
        None,
        1,
        "",
        "  ",
        "R" * 201,
        "a\u0000b",
        "a\u202eb",
        "\u200d",
        ["Rhea"],
        "\ud800",
    ],
    "passcode": [1, True, ["1"], "1" * 201, "\ud800"],
    "embeddedLengthMax": [-1, 1.5, "9", True, [], {}],
}
HOSTILE: dict[str, bytes] = {
    "nothing": b"",
    "a list": b"[]",
    "no JSON": b"recipient=Rhea",
    "no UTF-8": b'{"recipient":"\xff"}',
    "a name twice": b'{"recipient":"Rhea","recipient":"Mallory"}',
    "a thousand brackets": b'{"recipient":' + b"[" * 8000,
    "too long": body(recipient="Rhea", more="x" * 9000),
    **{
        f"{name} of {value!r}"[:50]: body(**{"recipient": "Rhea", name: value})
        for name, values in WRONG_VALUES.items()
        for value in values
    },
}


@pytest.mark.parametrize("octets", HOSTILE.values(), ids=HOSTILE)
def test_no_request_is(octets: bytes) -> None:
    with pytest.raises(ManifestRequestError):
        read_request(octets)


@given(st.binary() | st.dictionaries(st.text(), st.text() | st.floats()).map(lambda d: body(**d)))
def test_whatever_is_sent_is_a_request_or_a_refusal(octets: bytes) -> None:
    with suppress(HealthLinkError):
        assert read_request(octets).recipient


def test_the_fifth_wrong_passcode_is_the_last() -> None:
    attempts, told = Attempts(), []
    for _ in range(5):
        attempts, refusal = try_passcode(attempts, Passcode.WRONG)
        assert refusal
        told.append((refusal.status, refusal.body))

    assert told == [(401, {"remainingAttempts": left}) for left in (4, 3, 2, 1, 0)]
    for passcode in Passcode:
        assert try_passcode(attempts, passcode) == (attempts, NOT_ACTIVE)
    assert NOT_ACTIVE.status == 404


def test_a_right_passcode_takes_no_wrong_one_back() -> None:
    assert try_passcode(Attempts(failed=3), Passcode.RIGHT) == (Attempts(failed=3), None)


def test_no_passcode_is_no_guess() -> None:
    attempts, refusal = try_passcode(Attempts(failed=4), Passcode.MISSING)

    assert attempts == Attempts(failed=4)
    assert refusal
    assert (refusal.status, refusal.body) == (401, {"remainingAttempts": 1})


def test_a_link_whose_count_went_past_the_end_is_locked() -> None:
    """As when the institution allows fewer from now on."""
    attempts = Attempts(allowed=3, failed=9)

    assert attempts.is_locked
    assert attempts.remaining == 0


@pytest.mark.parametrize("counted", [{"allowed": 0}, {"failed": -1}])
def test_nobody_counts_backwards(counted: dict[str, int]) -> None:
    with pytest.raises(HealthLinkInputError):
        Attempts(**counted)


@given(st.lists(st.sampled_from(Passcode)))
def test_nobody_guesses_more_often_than_allowed(guesses: list[Passcode]) -> None:
    attempts, answered = Attempts(), []
    for guess in guesses:
        attempts, refusal = try_passcode(attempts, guess)
        answered.append(refusal)

    wrong = guesses.count(Passcode.WRONG)
    assert attempts.failed == min(wrong, 5)
    opened = answered.count(None)
    assert opened <= guesses.count(Passcode.RIGHT)
    assert (NOT_ACTIVE in answered) <= (wrong >= 5)


def test_a_manifest_lists_what_is_fetched_and_what_is_embedded() -> None:
    paris = NOON.astimezone(timezone(timedelta(hours=2))).replace(microsecond=5)
    files = [
        ManifestFile(location=WHERE, last_updated=paris),
        ManifestFile(embedded=SEALED, last_updated=NOON, status=FileStatus.CAN_CHANGE),
    ]

    common = {"contentType": "application/fhir+json", "lastUpdated": "2026-06-02T12:00:00Z"}
    assert manifest(files, RHEA) == {
        "files": [
            {**common, "location": WHERE, "status": "finalized", "fhirVersion": "4.0.1"},
            {**common, "embedded": SEALED, "status": "can-change", "fhirVersion": "4.0.1"},
        ]
    }


def test_nothing_longer_is_embedded_than_the_receiver_takes() -> None:
    file = ManifestFile(embedded=SEALED, last_updated=NOON)
    exactly = ManifestRequest("Rhea", "", len(SEALED))
    less = ManifestRequest("Rhea", "", len(SEALED) - 1)

    assert exactly.takes_embedded(len(SEALED))
    assert not less.takes_embedded(len(SEALED))
    assert manifest([file], exactly)
    with pytest.raises(HealthLinkInputError):
        manifest([file], less)


def test_a_file_of_megabytes_is_never_embedded() -> None:
    assert not RHEA.takes_embedded(2 << 20)
    assert not read_request(body(recipient="Rhea", embeddedLengthMax=1e300)).takes_embedded(2 << 20)


NO_FILES: dict[str, Any] = {
    "nowhere": {},
    "in two places": {"location": WHERE, "embedded": SEALED},
    "at an address that can be guessed": {"location": "https://pictures.hospital.example/1"},
    "at an address without TLS": {"location": WHERE.replace("https", "http")},
    "without an offset": {"location": WHERE, "last_updated": NOON.replace(tzinfo=None)},
}


@pytest.mark.parametrize("members", NO_FILES.values(), ids=NO_FILES)
def test_no_file_is(members: dict[str, Any]) -> None:
    with pytest.raises(HealthLinkInputError):
        ManifestFile(**{"last_updated": NOON, **members})


def test_no_manifest_is_empty() -> None:
    with pytest.raises(HealthLinkInputError):
        manifest([], RHEA)
