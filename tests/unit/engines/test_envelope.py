import hmac
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from safelight.engines.envelope import (
    CHUNK_OVERHEAD,
    DEFAULT_CHUNK_SIZE,
    HEADER_SIZE,
    MAX_CHUNK_SIZE,
    MIN_CHUNK_SIZE,
    ChunkSequenceError,
    ChunkSizeError,
    EnvelopeError,
    FieldKey,
    HeaderError,
    KeySizeError,
    KeyUnwrapError,
    Kind,
    Sealer,
    TamperedError,
    TruncatedError,
    chunk_offset,
    keyed_token,
    new_key,
    seal,
    seal_field,
    sealed_size,
    unseal,
    unseal_field,
    unseal_stream,
    unwrap_key,
    whole_chunks,
    wrap_key,
)

KEY = bytes(range(32))
PETRAS = UUID("a3d5f3a0-6c1e-4f57-9a0b-2f5f4f0c9e11")
CHUNK = MIN_CHUNK_SIZE
FRAME = CHUNK + CHUNK_OVERHEAD

sizes = st.integers(0, 3 * CHUNK + 1) | st.sampled_from([CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
chunk_sizes = st.integers(12, 16).map(lambda exponent: 1 << exponent)
kinds = st.sampled_from(Kind)


def pattern(size):
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def original(plaintext, object_id=PETRAS, key=KEY):
    return seal(key, object_id, Kind.ORIGINAL, plaintext, CHUNK)


def opened(sealed, key=KEY):
    return unseal(key, PETRAS, Kind.ORIGINAL, sealed)


def streamed(sealed, key=KEY):
    return b"".join(unseal_stream(key, PETRAS, Kind.ORIGINAL, BytesIO(sealed)))


def stays_closed(sealed):
    """The same refusal both ways."""
    with pytest.raises(EnvelopeError) as at_once:
        opened(sealed)
    with pytest.raises(type(at_once.value)):
        streamed(sealed)


@given(size=sizes, chunk_size=chunk_sizes, kind=kinds, object_id=st.uuids())
def test_what_was_sealed_opens_again_at_any_size(size, chunk_size, kind, object_id):
    plaintext, key = pattern(size), new_key()
    sealed = seal(key, object_id, kind, plaintext, chunk_size)
    assert len(sealed) == sealed_size(size, chunk_size)
    assert unseal(key, object_id, kind, memoryview(sealed)) == plaintext
    chunks = list(unseal_stream(key, object_id, kind, BytesIO(sealed)))
    assert b"".join(chunks) == plaintext
    assert all(len(chunk) == chunk_size for chunk in chunks[:-1])


def test_a_picture_of_several_megabytes_opens_again():
    plaintext = pattern(5 * DEFAULT_CHUNK_SIZE + 17)
    sealed = seal(KEY, PETRAS, Kind.ORIGINAL, bytearray(plaintext))
    assert unseal(KEY, PETRAS, Kind.ORIGINAL, sealed) == plaintext


def test_sealing_twice_gives_other_bytes():
    assert original(b"lesion") != original(b"lesion")


def test_a_stranger_can_open_a_sealed_object_with_the_spec_alone():
    sealed = original(pattern(CHUNK) + b"end")
    header, first, last = sealed[:24], sealed[24 : 24 + FRAME], sealed[24 + FRAME :]
    assert header == b"\x89SLE\x01\x02\x0c\x00" + PETRAS.bytes
    gcm = AESGCM(KEY)
    assert gcm.decrypt(first[:12], first[12:], header + bytes(8) + b"\x00") == pattern(CHUNK)
    assert gcm.decrypt(last[:12], last[12:], header + bytes(7) + b"\x01\x01") == b"end"


@given(data=st.data(), size=sizes)
def test_a_flipped_bit_anywhere_is_an_error(data, size):
    sealed = bytearray(original(pattern(size)))
    at = data.draw(st.integers(0, len(sealed) - 1))
    sealed[at] ^= 1 << data.draw(st.integers(0, 7))
    stays_closed(bytes(sealed))


@given(data=st.data(), size=sizes)
def test_a_truncated_object_is_an_error(data, size):
    sealed = original(pattern(size))
    stays_closed(sealed[: data.draw(st.integers(0, len(sealed) - 1))])


@given(size=sizes, tail=st.binary(min_size=1, max_size=2 * FRAME))
def test_bytes_after_the_end_are_an_error(size, tail):
    stays_closed(original(pattern(size)) + tail)


@given(order=st.lists(st.integers(0, 3), max_size=6).filter(lambda order: order != [0, 1, 2, 3]))
def test_dropped_repeated_or_reordered_chunks_are_an_error(order):
    sealed = original(pattern(4 * CHUNK))
    frames = [sealed[chunk_offset(at, CHUNK) : chunk_offset(at + 1, CHUNK)] for at in range(4)]
    stays_closed(sealed[:HEADER_SIZE] + b"".join(frames[at] for at in order))


def test_a_chunk_of_another_object_under_the_same_key_is_an_error():
    mine, other = original(pattern(3 * CHUNK)), original(pattern(3 * CHUNK), object_id=uuid4())
    start, end = chunk_offset(1, CHUNK), chunk_offset(2, CHUNK)
    stays_closed(mine[:start] + other[start:end] + mine[end:])


def test_another_key_opens_nothing():
    with pytest.raises(TamperedError):
        opened(original(b"lesion"), key=new_key())


@given(
    garbage=st.binary(max_size=200)
    | st.binary(max_size=100).map(lambda tail: original(b"")[:HEADER_SIZE] + tail)
)
def test_garbage_is_refused_and_never_crashes(garbage):
    stays_closed(garbage)
    for refuse in (
        lambda: unwrap_key(KEY, garbage, b""),
        lambda: unseal_field(KEY, b"", garbage),
        lambda: unseal_field(KEY, b"", b"\x01" + garbage),
    ):
        with pytest.raises(EnvelopeError):
            refuse()


def test_a_stream_yields_no_chunk_that_was_changed():
    sealed = bytearray(original(pattern(3 * CHUNK)))
    sealed[chunk_offset(1, CHUNK) + 20] ^= 1
    chunks = unseal_stream(KEY, PETRAS, Kind.ORIGINAL, BytesIO(sealed))
    assert next(chunks) == pattern(CHUNK)
    with pytest.raises(TamperedError):
        next(chunks)


def test_a_stream_refuses_a_bad_header_before_it_is_iterated():
    with pytest.raises(HeaderError):
        unseal_stream(KEY, PETRAS, Kind.ORIGINAL, BytesIO(bytes(100)))


class Trickle(BytesIO):
    """Gives a few bytes at a time, as a socket may."""

    def read(self, size=-1):
        return super().read(min(size, 1000))


def test_a_reader_that_gives_little_at_a_time_is_read_to_the_end():
    chunks = unseal_stream(KEY, PETRAS, Kind.ORIGINAL, Trickle(original(pattern(9000))))
    assert b"".join(chunks) == pattern(9000)


def test_a_stream_reads_no_more_than_two_chunks_ahead():
    reader = BytesIO(original(pattern(20 * CHUNK)))
    next(unseal_stream(KEY, PETRAS, Kind.ORIGINAL, reader))
    assert reader.tell() == chunk_offset(2, CHUNK)


# --- sealing as the bytes arrive ---


def quarantine(next_chunk=0):
    return Sealer(KEY, PETRAS, Kind.QUARANTINE, CHUNK, next_chunk=next_chunk)


def upload(sealer, plaintext):
    """The sealed bytes of what `sealer` has still to send."""
    sealed, rest = b"", plaintext[sealer.next_chunk * CHUNK :]
    while len(rest) > CHUNK:
        sealed, rest = sealed + sealer.seal_chunk(rest[:CHUNK]), rest[CHUNK:]
    return sealed + sealer.seal_chunk(rest, last=True)


@given(size=sizes, kept=st.floats(0, 1))
def test_an_upload_cut_at_any_byte_is_continued_by_a_new_sealer(size, kept):
    plaintext, first = pattern(size), quarantine()
    file = first.header + upload(first, plaintext)
    file = file[: int(kept * len(file))]  # the process was killed, the last write is torn

    done = whole_chunks(len(file), CHUNK)
    second = quarantine(next_chunk=done)
    kept_part = file[: chunk_offset(done, CHUNK)] if done else second.header
    whole = kept_part + upload(second, plaintext)
    assert unseal(KEY, PETRAS, Kind.QUARANTINE, whole) == plaintext


def test_a_chunk_of_full_length_is_never_the_last_of_an_upload():
    sealer = quarantine()
    file = sealer.header + sealer.seal_chunk(pattern(CHUNK), last=True)
    assert len(file) == chunk_offset(1, CHUNK) + CHUNK_OVERHEAD
    assert sealer.finished
    assert unseal(KEY, PETRAS, Kind.QUARANTINE, file) == pattern(CHUNK)


def test_an_empty_last_chunk_may_close_what_ended_on_a_chunk():
    sealer = quarantine()
    file = sealer.header + sealer.seal_chunk(pattern(CHUNK)) + sealer.seal_chunk(b"", last=True)
    assert unseal(KEY, PETRAS, Kind.QUARANTINE, file) == pattern(CHUNK)


def test_an_upload_without_its_last_chunk_is_truncated():
    sealer = quarantine()
    with pytest.raises(TruncatedError):
        unseal(KEY, PETRAS, Kind.QUARANTINE, sealer.header + sealer.seal_chunk(pattern(CHUNK)))


def test_the_same_chunk_sealed_again_has_another_nonce():
    one, two = quarantine(3).seal_chunk(pattern(CHUNK)), quarantine(3).seal_chunk(pattern(CHUNK))
    assert one[:12] != two[:12]


@pytest.mark.parametrize(("length", "last"), [(0, False), (CHUNK - 1, False), (CHUNK + 1, True)])
def test_a_chunk_of_the_wrong_length_is_refused(length, last):
    with pytest.raises(ChunkSequenceError):
        quarantine().seal_chunk(bytes(length), last=last)


def test_nothing_follows_the_last_chunk():
    sealer = quarantine()
    sealer.seal_chunk(b"", last=True)
    with pytest.raises(ChunkSequenceError):
        sealer.seal_chunk(b"", last=True)


@pytest.mark.parametrize("place", [-1, 1 << 32])
def test_a_place_outside_the_format_is_refused(place):
    with pytest.raises(ChunkSequenceError):
        quarantine(place).seal_chunk(b"", last=True)


@pytest.mark.parametrize(
    ("file_size", "whole"),
    [
        (0, 0),
        (HEADER_SIZE - 1, 0),
        (HEADER_SIZE, 0),
        (HEADER_SIZE + FRAME - 1, 0),
        (HEADER_SIZE + FRAME, 1),
        (HEADER_SIZE + 3 * FRAME + 5, 3),
    ],
)
def test_whole_chunks_are_counted_from_the_size_alone(file_size, whole):
    assert whole_chunks(file_size, CHUNK) == whole


@pytest.mark.parametrize("chunk_size", [-4096, 0, 1, 4095, 4097, 6144, 2048, MAX_CHUNK_SIZE * 2])
def test_a_chunk_size_that_is_no_allowed_power_of_two_is_refused(chunk_size):
    for refuse in (
        lambda: seal(KEY, PETRAS, Kind.ORIGINAL, b"", chunk_size),
        lambda: Sealer(KEY, PETRAS, Kind.ORIGINAL, chunk_size),
        lambda: whole_chunks(100, chunk_size),
        lambda: sealed_size(100, chunk_size),
    ):
        with pytest.raises(ChunkSizeError):
            refuse()


# --- keys, fields, tokens ---


@given(context=st.binary(max_size=80), other=st.binary(max_size=80))
def test_a_wrapped_key_opens_in_its_own_context_only(context, other):
    data_key = new_key()
    wrapped = wrap_key(KEY, data_key, context)
    assert unwrap_key(KEY, wrapped, context) == data_key
    if other != context:
        with pytest.raises(KeyUnwrapError):
            unwrap_key(KEY, wrapped, other)


@given(at=st.integers(0, 60), bit=st.integers(0, 7))
def test_a_flipped_bit_of_a_wrapped_key_is_an_error(at, bit):
    wrapped = bytearray(wrap_key(KEY, new_key(), b"context"))
    wrapped[at] ^= 1 << bit
    with pytest.raises(KeyUnwrapError):
        unwrap_key(KEY, bytes(wrapped), b"context")


def stretched(kek, info):
    """HKDF-SHA256 by the letter of RFC 5869, one block."""
    return hmac.digest(hmac.digest(bytes(32), kek, "sha256"), info + b"\x01", "sha256")


def test_a_stranger_can_unwrap_a_key_with_the_spec_alone():
    data_key = new_key()
    wrapped = wrap_key(KEY, data_key, b"custodian")
    subkey = stretched(KEY, b"safelight/wrap/v1\x00custodian")
    assert AESGCM(subkey).decrypt(wrapped[1:13], wrapped[13:], b"\x01") == data_key


def test_a_stranger_can_open_a_field_with_the_spec_alone():
    sealed = seal_field(KEY, b"patient/7/name", b"Petra")
    gcm = AESGCM(stretched(KEY, b"safelight/field/v1"))
    assert gcm.decrypt(sealed[1:13], sealed[13:], b"\x01patient/7/name") == b"Petra"


@given(plaintext=st.binary(max_size=300), context=st.binary(max_size=60))
def test_a_field_opens_again_in_its_own_place_only(plaintext, context):
    fields = FieldKey(KEY)
    sealed = fields.seal(context, plaintext)
    assert fields.unseal(context, sealed) == unseal_field(KEY, context, sealed) == plaintext
    with pytest.raises(TamperedError):
        fields.unseal(context + b"/", sealed)


@given(at=st.integers(0, 28), bit=st.integers(0, 7))
def test_a_flipped_bit_of_a_field_is_an_error(at, bit):
    sealed = bytearray(seal_field(KEY, b"", b"Petra"))
    sealed[at] ^= 1 << bit
    with pytest.raises(EnvelopeError):
        unseal_field(KEY, b"", bytes(sealed))


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_that_is_not_32_bytes_is_refused_everywhere(length):
    short = bytes(length)
    for refuse in (
        lambda: seal(short, PETRAS, Kind.ORIGINAL, b""),
        lambda: Sealer(short, PETRAS, Kind.ORIGINAL),
        lambda: opened(original(b""), key=short),
        lambda: streamed(original(b""), key=short),
        lambda: wrap_key(short, KEY, b""),
        lambda: wrap_key(KEY, short, b""),
        lambda: unwrap_key(short, bytes(61), b""),
        lambda: FieldKey(short),
        lambda: keyed_token(short, "name", "petra"),
    ):
        with pytest.raises(KeySizeError):
            refuse()


words = st.text(st.characters(exclude_categories=()), max_size=12)


@given(one=st.tuples(words, words), two=st.tuples(words, words))
def test_tokens_are_equal_for_equal_kind_and_value_only(one, two):
    assert (keyed_token(KEY, *one) == keyed_token(KEY, *two)) == (one == two)
    assert keyed_token(KEY, *one) != keyed_token(new_key(), *one)
    assert len(keyed_token(KEY, *one)) == 16
