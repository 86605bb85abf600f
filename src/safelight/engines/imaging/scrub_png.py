"""Take everything out of a PNG file that decoding does not need, and touch no pixel."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from safelight.engines.imaging.errors import MalformedError, TruncatedError
from safelight.engines.imaging.exif import UPRIGHT, Exif, only_orientation, read_exif
from safelight.engines.imaging.findings import Finding, FindingKind, found, found_bytes
from safelight.engines.imaging.icc import LARGEST, Profile
from safelight.engines.imaging.jpeg_metadata import xmp_findings
from safelight.engines.imaging.png import PALETTE_COLOUR, SIGNATURE, Chunk, Png, make_chunk
from safelight.engines.imaging.scrub_jpeg import study_profile

# Chunks that say what the numbers mean as colours, with the only sizes they may have.
COLOUR = {b"cICP": 4, b"sRGB": 1, b"gAMA": 4, b"cHRM": 32}
SILENT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"iCCP", *COLOUR})
SILENTLY_DROPPED = frozenset({b"pHYs", b"bKGD", b"sBIT", b"hIST"})
TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
KINDS = {
    b"tIME": (FindingKind.TIMESTAMP, "tIME"),
    b"acTL": (FindingKind.ANIMATION, "acTL"),
    b"fcTL": (FindingKind.ANIMATION, "fcTL"),
    b"fdAT": (FindingKind.ANIMATION, "fdAT"),
    b"caBX": (FindingKind.PROVENANCE, "content credentials"),
}
GREY_COLOURS = (0, 4)
BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class PngReading:
    """What a PNG file says beside its pixels, and why it cannot be kept as it is, if so.

    `icc` is the embedded profile, `profile` the one to write in its place.
    """

    exif: Exif
    findings: tuple[Finding, ...]
    profile: Profile | None
    obstacle: str | None
    icc: bytes


def study_png(png: Png) -> PngReading:
    """Decide what of the metadata stays, and whether the pixels can stay untouched."""
    exif = next((read_exif(c.data) for c in png.chunks if c.name == b"eXIf"), Exif())
    findings = [*exif.findings]
    for chunk in png.chunks:
        findings.extend(_tell(chunk))
    if png.trailing:
        size = len(png.trailing)
        findings.append(found_bytes(FindingKind.TRAILING_DATA, "after the end of the image", size))
    embedded = next((_profile(c) for c in png.chunks if c.name == b"iCCP"), b"")
    grey = png.header.colour in GREY_COLOURS
    profile, about_profile, obstacle = study_profile(embedded, grey=grey)
    every = (*findings, *about_profile)
    return PngReading(exif, every, profile, obstacle, embedded or b"")


def write_png(png: Png, reading: PngReading) -> bytes:
    """The same picture with nothing beside it: the same samples in the same order.

    The image data are copied as they are unless they run on past the picture, where older
    pixels or anything else may hide; then they are packed again.
    """
    parts: list[bytes | memoryview] = [SIGNATURE, png.chunks[0].whole]
    parts += _colour(png, reading.profile)
    if reading.exif.orientation != UPRIGHT:
        parts.append(make_chunk(b"eXIf", only_orientation(reading.exif.orientation)))
    parts += _palette(png)
    parts += _image_data(png)
    parts.append(make_chunk(b"IEND", b""))
    return b"".join(parts)


def _colour(png: Png, profile: Profile | None) -> list[bytes | memoryview]:
    """The chunks that give the samples a colour, each at most once; a profile overrides them."""
    if profile is not None:
        packed = b"icc\0\0" + zlib.compress(profile.icc, 9)
        return [make_chunk(b"iCCP", packed)]
    first: dict[bytes, Chunk] = {}
    for chunk in png.chunks:
        if COLOUR.get(chunk.name) == len(chunk.data):
            first.setdefault(chunk.name, chunk)
    return [first[name].whole for name in COLOUR if name in first]


def _palette(png: Png) -> list[bytes | memoryview]:
    kept: list[bytes | memoryview] = []
    palettes = [c for c in png.chunks if c.name == b"PLTE"]
    indexed = png.header.colour == PALETTE_COLOUR
    if indexed:
        if not palettes or not 3 <= len(palettes[0].data) <= 768 or len(palettes[0].data) % 3:  # noqa: PLR2004 - 1 to 256 colours (§11.2.2)
            raise MalformedError
        kept.append(palettes[0].whole)
    alphas = [c for c in png.chunks if c.name == b"tRNS"]
    sizes = {0: (2,), 2: (6,), 3: range(1, 257)}.get(png.header.colour, ())
    if alphas and len(alphas[0].data) in sizes:
        kept.append(alphas[0].whole)
    return kept


def _image_data(png: Png) -> list[bytes | memoryview]:
    chunks = [c for c in png.chunks if c.name == b"IDAT"]
    if _fits(chunks, png.header.raw_size):
        return [c.whole for c in chunks]
    packer = zlib.compressobj(6)
    rows = _inflate(chunks, png.header.raw_size)
    packed = b"".join([*(packer.compress(block) for block in rows), packer.flush()])
    return [make_chunk(b"IDAT", packed)]


def _fits(chunks: list[Chunk], size: int) -> bool:
    """Whether the image data are one zlib stream of exactly `size` bytes, and end with it."""
    stream = zlib.decompressobj()
    got = 0
    for chunk in chunks:
        if stream.eof and len(chunk.data):
            return False
        for block in _expand(stream, chunk.data):
            got += len(block)
            if got > size:
                return False
    if got < size:
        raise TruncatedError
    return stream.eof and not stream.unused_data


def _inflate(chunks: list[Chunk], size: int) -> Iterator[bytes]:
    """The first `size` bytes of the image data, a block at a time."""
    stream = zlib.decompressobj()
    left = size
    for chunk in chunks:
        for block in _expand(stream, chunk.data):
            yield block[:left]
            left -= min(left, len(block))
            if not left:
                return


def _expand(stream: "zlib._Decompress", data: memoryview) -> Iterator[bytes]:
    """Inflate a little at a time, so that memory stays small however far the data expand."""
    try:
        for at in range(0, len(data), BLOCK):
            waiting: bytes | memoryview = data[at : at + BLOCK]
            block = b"full"
            while (len(waiting) or block) and not stream.eof:
                block = stream.decompress(waiting, BLOCK)
                waiting = stream.unconsumed_tail
                yield block
    except zlib.error:
        raise MalformedError from None


def _profile(chunk: Chunk) -> bytes | None:
    """The profile of an iCCP chunk (§11.3.2.3): a name, NUL, method 0, a zlib stream."""
    name, _, rest = bytes(chunk.data).partition(b"\0")
    if not name or rest[:1] != b"\0":
        return None
    try:
        return zlib.decompressobj().decompress(rest[1:], LARGEST)
    except zlib.error:
        return None


def _tell(chunk: Chunk) -> list[Finding]:
    if chunk.name in SILENT | SILENTLY_DROPPED | {b"eXIf"}:
        return []
    if chunk.name in TEXTS:
        return _text(chunk)
    kind, place = KINDS.get(chunk.name, (FindingKind.OTHER, f"{chunk.name.decode()} chunk"))
    if chunk.name == b"tIME" and len(chunk.data) == 7:  # noqa: PLR2004 - §11.3.6.1
        year, (month, day, *_) = int.from_bytes(chunk.data[:2], "big"), chunk.data[2:]
        return [found(kind, place, f"{year}-{month:02}-{day:02}")]
    return [found_bytes(kind, place, len(chunk.data))]


def _text(chunk: Chunk) -> list[Finding]:
    keyword, _, value = bytes(chunk.data[:4096]).partition(b"\0")
    place = f"{chunk.name.decode()} {keyword.decode('latin-1')[:40]}"
    if keyword == b"XML:com.adobe.xmp":
        xmp = found_bytes(FindingKind.XMP, "XMP", len(chunk.data))
        return [xmp, *xmp_findings(bytes(chunk.data))]
    if chunk.name == b"tEXt":
        return [found(FindingKind.TEXT, place, value)]
    if chunk.name == b"iTXt" and value[:1] == b"\0":
        return [found(FindingKind.TEXT, place, value.split(b"\0")[-1])]
    return [found_bytes(FindingKind.TEXT, place, len(chunk.data))]
