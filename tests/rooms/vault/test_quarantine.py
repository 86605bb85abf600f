"""Uploads under way: sealed as they arrive, in constant memory, and never two writers in one file."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.engines import envelope
from safelight.vault import quarantine
from safelight.vault.errors import BlobMissingError, KeyMissingError, TakenOverError
from safelight.vault.quarantine import CHUNK_SIZE

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]


@pytest.fixture
def upload() -> UUID:
    made = uuid4()
    quarantine.begin(made)
    return made


def plain(size: int) -> bytes:
    return bytes(index * 7 % 251 for index in range(1000)) * (size // 1000 + 1)


def append(upload: UUID, data: bytes, promised: int, offset: int = 0) -> int:
    return quarantine.append(upload, [data], offset=offset, promised_size=promised)


@pytest.mark.parametrize(
    "size", [1, 1000, CHUNK_SIZE - 1, CHUNK_SIZE, CHUNK_SIZE + 1, 3 * CHUNK_SIZE]
)
def test_what_arrived_whole_opens_whole(upload: UUID, size: int):
    data = plain(size)[:size]
    assert append(upload, data, size) == size
    assert bytes(quarantine.open_upload(upload, size)) == data


def test_nothing_plain_is_in_the_file(upload: UUID, stores: Path):
    data = plain(CHUNK_SIZE + 500)[: CHUNK_SIZE + 500]
    append(upload, data, len(data))
    (path,) = (stores / "quarantine").iterdir()
    assert data[:64] not in path.read_bytes()
    assert data[-64:] not in path.read_bytes()


def test_a_torn_rest_is_not_kept(upload: UUID):
    data = plain(3 * CHUNK_SIZE)[: 3 * CHUNK_SIZE]
    assert append(upload, data[: CHUNK_SIZE + 100], len(data)) == CHUNK_SIZE
    assert quarantine.received(upload) == CHUNK_SIZE


def test_what_exceeds_the_promise_is_not_read(upload: UUID):
    def pieces() -> Iterator[bytes]:
        yield b"promised"
        raise AssertionError("read on")

    assert quarantine.append(upload, pieces(), offset=0, promised_size=8) == 8
    assert bytes(quarantine.open_upload(upload, 8)) == b"promised"


def test_an_unfinished_upload_does_not_open(upload: UUID):
    append(upload, plain(CHUNK_SIZE), 2 * CHUNK_SIZE)
    with pytest.raises(envelope.TruncatedError):
        quarantine.open_upload(upload, 2 * CHUNK_SIZE)


def test_an_upload_that_never_came_has_nothing(upload: UUID):
    assert quarantine.received(upload) == 0
    with pytest.raises(BlobMissingError):
        quarantine.open_upload(upload, 10)


def test_without_its_key_an_upload_neither_grows_nor_opens(upload: UUID):
    append(upload, b"sealed", 6)
    quarantine.end(upload)
    for act in (lambda: append(upload, b"x", 6), lambda: quarantine.open_upload(upload, 6)):
        with pytest.raises(KeyMissingError):
            act()


def test_one_uploads_file_does_not_open_as_anothers(upload: UUID, stores: Path):
    append(upload, b"of the one", 10)
    other = uuid4()
    quarantine.begin(other)
    (path,) = (stores / "quarantine").iterdir()
    path.rename(path.with_name(other.hex))
    with pytest.raises(envelope.WrongObjectError):
        quarantine.open_upload(other, 10)


def test_who_was_overtaken_writes_where_nobody_reads(upload: UUID):
    mine, theirs = plain(2 * CHUNK_SIZE)[: 2 * CHUNK_SIZE], b"\x01" * 2 * CHUNK_SIZE

    def overtaken() -> Iterator[bytes]:
        yield mine[: CHUNK_SIZE + 10]
        append(upload, theirs, len(theirs))
        yield mine[CHUNK_SIZE + 10 :]

    with pytest.raises(TakenOverError):
        quarantine.append(upload, overtaken(), offset=0, promised_size=len(mine))
    assert bytes(quarantine.open_upload(upload, len(theirs))) == theirs


def test_a_large_upload_needs_little_memory(upload: UUID):
    size = 40 * CHUNK_SIZE
    piece = plain(64 * 1024)[: 64 * 1024]

    def pieces() -> Iterator[bytes]:
        for _ in range(size // len(piece)):
            yield piece

    tracemalloc.start()
    try:
        quarantine.append(upload, pieces(), offset=0, promised_size=size)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 6 * CHUNK_SIZE


cuts = st.lists(st.integers(0, 5 * CHUNK_SIZE), min_size=1, max_size=5)


@settings(max_examples=20, deadline=None)
@given(size=st.integers(1, 5 * CHUNK_SIZE), broken_at=cuts, piece=st.integers(1000, 3 * CHUNK_SIZE))
def test_however_often_it_breaks_the_whole_arrives(size: int, broken_at: list[int], piece: int):
    upload, data = uuid4(), plain(size)[:size]
    quarantine.begin(upload)
    there = 0
    for cut in [*broken_at, size]:
        sent = data[there : max(there, cut)]
        pieces = (sent[at : at + piece] for at in range(0, len(sent), piece))
        there = quarantine.append(upload, pieces, offset=there, promised_size=size)
        if there == size:
            break
        assert there == quarantine.received(upload)
    assert bytes(quarantine.open_upload(upload, size)) == data
