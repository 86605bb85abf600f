"""The structure of a PNG file (W3C PNG, third edition, §5), read without decoding a pixel."""

import zlib
from dataclasses import dataclass

from safelight.engines.imaging.errors import MalformedError, TruncatedError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
OVERHEAD = 12  # length, name, checksum
MOST_CHUNKS = 50_000
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
COMPONENTS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
PALETTE_COLOUR = 3
ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk: its data, and the whole of it with length, name and checksum, both as views."""

    name: bytes
    data: memoryview
    whole: memoryview


@dataclass(frozen=True, slots=True)
class Header:
    """IHDR: size in pixels, bits per sample, colour type, whether interlaced."""

    width: int
    height: int
    bits: int
    colour: int
    interlaced: bool

    @property
    def raw_size(self) -> int:
        """How many bytes the image data inflate to (§9.2): filtered rows of one or seven passes."""
        bits = self.bits * COMPONENTS[self.colour]
        passes = ADAM7 if self.interlaced else ((0, 0, 1, 1),)
        total = 0
        for x, y, dx, dy in passes:
            columns, rows = -(-(self.width - x) // dx), -(-(self.height - y) // dy)
            if columns > 0 and rows > 0:
                total += rows * (1 + -(-columns * bits // 8))
        return total


@dataclass(frozen=True, slots=True)
class Png:
    """All chunks, IEND included, and what follows it."""

    header: Header
    chunks: tuple[Chunk, ...]
    trailing: memoryview


def read_png(data: bytes | memoryview) -> Png:
    """Walk every chunk to IEND, checking each checksum.

    Raises `TruncatedError` or `MalformedError`.
    """
    view = memoryview(data)
    chunks: list[Chunk] = []
    at = len(SIGNATURE)
    while not chunks or chunks[-1].name != b"IEND":
        chunk = _chunk(view, at)
        at += len(chunk.whole)
        chunks.append(chunk)
        if len(chunks) > MOST_CHUNKS:
            raise MalformedError
    _check_order(chunks)
    return Png(_header(chunks[0]), tuple(chunks), view[at:])


def make_chunk(name: bytes, data: bytes) -> bytes:
    """A chunk ready to be written."""
    checksum = zlib.crc32(data, zlib.crc32(name))
    return len(data).to_bytes(4, "big") + name + data + checksum.to_bytes(4, "big")


def _chunk(view: memoryview, at: int) -> Chunk:
    if at + OVERHEAD > len(view):
        raise TruncatedError
    size = int.from_bytes(view[at : at + 4], "big")
    end = at + OVERHEAD + size
    name = bytes(view[at + 4 : at + 8])
    if not name.isalpha():
        raise MalformedError
    if end > len(view):
        raise TruncatedError
    if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
        raise MalformedError
    return Chunk(name, view[at + 8 : end - 4], view[at:end])


def _check_order(chunks: list[Chunk]) -> None:
    names = [c.name for c in chunks]
    unknown = {n for n in names if n[:1].isupper()} - {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
    if names[0] != b"IHDR" or names.count(b"IHDR") > 1 or names.count(b"PLTE") > 1 or unknown:
        raise MalformedError
    if b"IDAT" not in names:
        raise TruncatedError


def _header(chunk: Chunk) -> Header:
    if len(chunk.data) != 13:  # noqa: PLR2004 - §11.2.1
        raise MalformedError
    width, height = (int.from_bytes(chunk.data[i : i + 4], "big") for i in (0, 4))
    bits, colour, compression, filtering, interlace = chunk.data[8:]
    sound = bits in DEPTHS.get(colour, ()) and compression == filtering == 0 and interlace in (0, 1)
    if not (sound and width and height):
        raise MalformedError
    return Header(width, height, bits, colour, bool(interlace))
