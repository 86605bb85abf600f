"""Promises, details and clocks."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pictures import DETAILS

from safelight.capture.errors import ConsentToTakeMissingError, MalformedPromiseError
from safelight.capture.rules import (
    CLOCK_AHEAD,
    CLOCK_BEHIND,
    EARLIEST,
    Promise,
    read_details,
    time_taken,
)
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import CaptureSource, ConsentToTake, Sensitivity

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
CAMERA, FILE = CaptureSource.CAMERA, CaptureSource.FILE


def details(**changes: object) -> str:
    whole = {
        "taken_at": "2026-03-09T11:59:58.123Z",
        "encounter": None,
        "sensitivity": "intimate",
        "consent_to_take": "verbal",
        "source": "camera",
    }
    return json.dumps(whole | changes)


def test_the_details_of_a_page_are_read():
    encounter = uuid4()
    found = read_details(details(encounter=str(encounter)))
    assert found.taken_at == datetime(2026, 3, 9, 11, 59, 58, 123_000, UTC)
    assert found.encounter == encounter
    assert found.sensitivity is Sensitivity.INTIMATE
    assert found.consent_to_take is ConsentToTake.VERBAL
    assert found.source is CAMERA


@pytest.mark.parametrize("none", [None, ""])
def test_without_a_note_of_consent_nothing_is_taken(none: object):
    with pytest.raises(ConsentToTakeMissingError, match="how the patient agreed"):
        read_details(details(consent_to_take=none))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "\x00",
        details(taken_at="yesterday"),
        details(taken_at="2026-03-09T11:59:58"),
        details(taken_at=12),
        details(taken_at="0001-01-01T00:00:00+14:00"),
        details(encounter="bed 4"),
        details(encounter=7),
        details(sensitivity="very"),
        details(sensitivity=None),
        details(source="scanner"),
        details(source=["camera"]),
        details(consent_to_take="assumed"),
        "[" * 100_000,
    ],
)
def test_details_that_are_not_understood_are_refused(text: str):
    with pytest.raises(MalformedPromiseError):
        read_details(text)


@given(st.recursive(st.none() | st.integers() | st.text(), st.lists) | st.text())
def test_no_details_raise_anything_but_a_refusal(data: object):
    try:
        read_details(data if isinstance(data, str) else details(taken_at=data, encounter=data))
    except SafelightError as error:
        assert error.sentence  # noqa: PT017 - any SafelightError will do


@pytest.mark.parametrize(("size", "sha256"), [(-1, bytes(32)), (1, bytes(31)), (1, b"")])
def test_a_promise_that_no_picture_can_keep_is_refused(size: int, sha256: bytes):
    with pytest.raises(MalformedPromiseError):
        Promise(upload=uuid4(), patient=uuid4(), size=size, sha256=sha256, details=DETAILS)


SAID = NOW - timedelta(minutes=1)
EXIF = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001 - cameras say no zone
EXIF_AWARE = EXIF.replace(tzinfo=ZoneInfo("America/New_York"))
AHEAD, LONG_AGO = NOW + timedelta(days=400), datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "said", "in_file", "expected", "note"),
    [
        (CAMERA, SAID, None, SAID, ""),
        (CAMERA, SAID, EXIF, SAID, ""),
        (CAMERA, NOW + timedelta(minutes=4), None, NOW + timedelta(minutes=4), ""),
        (CAMERA, AHEAD, None, NOW, CLOCK_AHEAD),
        (CAMERA, LONG_AGO, None, NOW, CLOCK_BEHIND),
        (FILE, SAID, EXIF, EXIF.replace(tzinfo=ZONE), ""),
        (FILE, SAID, EXIF_AWARE, EXIF_AWARE, ""),
        (FILE, SAID, None, SAID, ""),
        (FILE, LONG_AGO, None, NOW, CLOCK_BEHIND),
        (FILE, SAID, EXIF.replace(year=1), NOW, CLOCK_BEHIND),
        (FILE, SAID, AHEAD, NOW, CLOCK_AHEAD),
        (FILE, AHEAD, None, NOW, CLOCK_AHEAD),
    ],
)
def test_the_clock_that_can_be_right_says_when(
    source: CaptureSource,
    said: datetime,
    in_file: datetime | None,
    expected: datetime,
    note: str,
):
    assert time_taken(source, said, in_file, now=NOW, zone=ZONE) == (expected, note)


moments = st.datetimes(timezones=st.just(UTC))
nows = st.datetimes(datetime(2020, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive by contract


@given(st.sampled_from(CaptureSource), moments, st.none() | st.datetimes(), nows)
def test_no_picture_was_taken_in_the_future_or_before_there_were_cameras(
    source: CaptureSource, said: datetime, in_file: datetime | None, now: datetime
):
    found, _ = time_taken(source, said, in_file, now=now, zone=ZONE)
    assert EARLIEST <= found <= now + timedelta(minutes=5)
