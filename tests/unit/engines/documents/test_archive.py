"""An archive is written piece by piece, and is one that others read, whole or from its beginning."""

import struct
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.engines.documents import Archive, UnfitContentError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOSTILE = (
    "../evil.jpg",
    "/etc/passwd.txt",
    "pictures/../../evil.jpg",
    "pictures\\..\\evil.jpg",
    "C:evil.jpg",
    "a//b.jpg",
    "./a.jpg",
    "pictures/.jpg",
    "pictures/",
    "con.jpg\x00.exe",
    "a.jpg\n",
    "Petra Okonjo-Müller.jpg",
    "",
)


def archive(entries: dict[str, bytes]) -> bytes:
    made = Archive(NOON)
    return b"".join([*(made.add(name, data) for name, data in entries.items()), made.end()])


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,8}(/[a-z0-9]{1,8})?\.jpg", fullmatch=True), st.binary(), max_size=8
    )
)
def test_what_was_put_in_comes_out(entries: dict[str, bytes]) -> None:
    with ZipFile(BytesIO(archive(entries))) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == entries


def as_it_comes(stream: BytesIO) -> Iterator[tuple[str, bytes]]:
    """Entries by their own headers alone, as somebody reads who has not seen the end yet."""
    while (header := stream.read(30))[:4] == b"PK\x03\x04":
        told = struct.unpack("<4s5H3I2H", header)
        _, _, flags, method, _, _, checksum, packed, size, name, extra = told
        assert (flags & 0x08, method, packed) == (0, 0, size), (
            "it must be stored, and sized in front"
        )
        entry = stream.read(name).decode()
        stream.read(extra)
        content = stream.read(size)
        assert zlib.crc32(content) == checksum
        yield entry, content


def test_it_can_be_read_as_it_comes_before_its_end_is_known() -> None:
    entries = {"pictures/001.jpg": b"one", "pictures/002.jpg": b"", "index.html": b"<p>"}
    assert dict(as_it_comes(BytesIO(archive(entries)))) == entries


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_folder_or_names_a_person(name: str) -> None:
    with pytest.raises(UnfitContentError):
        Archive(NOON).add(name, b"")


def test_a_name_comes_once() -> None:
    made = Archive(NOON)
    made.add("index.html", b"")
    with pytest.raises(UnfitContentError):
        made.add("index.html", b"")


def test_one_that_was_cut_is_not_taken_for_a_whole_one() -> None:
    whole = archive({"a.jpg": b"1" * 100, "b.jpg": b"2" * 100})
    with pytest.raises(BadZipFile):
        ZipFile(BytesIO(whole[:200]))


def test_what_was_handed_on_is_kept_no_longer() -> None:
    made, piece, largest = Archive(NOON), b"\xff" * 1_000_000, 0
    tracemalloc.start()
    for number in range(50):
        made.add(f"pictures/{number:03}.jpg", piece)
        largest = max(largest, tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert largest < 3_000_000
