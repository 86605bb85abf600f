"""Frames that lie about their size, or are none, sent to the scanner."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.cast import Cast
from tests.sessions import browser_of

from safelight.engines.recognition import UnreadableFrameError, read_codes

PNG = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *between: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return PNG + header + b"".join(between) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def swollen(name: bytes) -> bytes:
    return chunk(name, b"a\0\0" + zlib.compress(bytes(20_000_000)))


FRAMES = {
    "900 megapixels": png(30_000, 30_000),
    "100 megapixels": png(10_000, 10_000),
    "one long row": png(2**31 - 1, 1),
    "no pixels": png(0, 0),
    "swollen text": png(10, 10, swollen(b"zTXt")),
    "swollen profile": png(10, 10, swollen(b"iCCP")),
    "a JPEG's beginning": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(40),
    "a PNG's beginning": PNG,
    "a GIF": b"GIF89a" + bytes(50),
    "a drawing": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "too much": b"\xff\xd8\xff" + bytes(2_000_000),
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
def test_a_hostile_frame_is_unreadable_and_nothing_worse(frame: bytes) -> None:
    with pytest.raises(UnreadableFrameError):
        read_codes(frame)


@pytest.mark.django_db(databases=["default", "keystore"])
def test_a_frame_that_claims_900_megapixels_is_told_so_by_the_page(cast: Cast) -> None:
    client = browser_of(cast.alice)
    answer = client.post("/clinic/scan/", FRAMES["900 megapixels"], content_type="image/png")
    assert answer.status_code == 422


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert("RGB").save(out, kind)
    return out.getvalue()


@given(kind=st.sampled_from(["JPEG", "PNG"]), at=st.integers(0, 600), bad=st.binary(max_size=8))
def test_no_damage_to_a_frame_raises_anything_but_our_own_error(
    kind: str, at: int, bad: bytes
) -> None:
    whole = picture(kind)
    with suppress(UnreadableFrameError):
        read_codes(whole[:at] + bad + whole[at + len(bad) :])
