"""What a file is, by its first bytes and by nothing else: no name, no declared type."""

from enum import StrEnum

from safelight.engines.imaging.errors import UnsupportedTypeError

TAKEN = "Safelight takes JPEG, PNG, WebP, TIFF and HEIC"

HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})

# Files people do drop by mistake or by malice, named so that the refusal helps.
FOREIGN = (
    (b"%PDF", "a PDF document"),
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP bitmap"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"\xcf\xfa\xed\xfe", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"#!", "a script"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"II+\0", "a BigTIFF"),
    (b"MM\0+", "a BigTIFF"),
    (b"8BPS", "a Photoshop document"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
)


class ImageType(StrEnum):
    """The kinds of picture that Safelight reads; the value is the media type (RFC 6838)."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    TIFF = "image/tiff"
    HEIC = "image/heic"


def identify(data: bytes | memoryview) -> ImageType:
    """The type of a picture by content.

    Raises `UnsupportedTypeError` for everything else, saying what it seems to be.
    """
    head = bytes(data[:512])
    if head.startswith(b"\xff\xd8\xff"):
        return ImageType.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageType.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ImageType.WEBP
    if head[:4] in (b"II*\0", b"MM\0*") and head[8:10] != b"CR":
        return ImageType.TIFF
    if head[4:8] == b"ftyp" and _is_heic(head):
        return ImageType.HEIC
    raise UnsupportedTypeError(_refusal(head))


def _is_heic(head: bytes) -> bool:
    """Whether the file type box (ISO/IEC 23008-12 §10) declares HEVC still pictures."""
    size = int.from_bytes(head[:4], "big")
    brands = {head[i : i + 4] for i in (8, *range(16, min(size, len(head)), 4))}
    return b"avif" not in brands and bool(brands & HEIC_BRANDS)


def _refusal(head: bytes) -> str:
    if not head:
        return "This file is empty."
    if head[8:10] == b"CR":
        return "This is a camera's raw file; export it as JPEG, TIFF or HEIC and send that."
    what = next((name for magic, name in FOREIGN if head.startswith(magic)), None)
    what = what or _textual(head) or _movie(head)
    if what is None:
        return UnsupportedTypeError.message
    return f"This is {what}, not a photograph; {TAKEN}."


def _textual(head: bytes) -> str | None:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start.startswith(b"<"):
        return None
    return "an SVG drawing" if b"<svg" in start else "a web page or XML document"


def _movie(head: bytes) -> str | None:
    if head[4:8] != b"ftyp":
        return None
    return "an AVIF picture" if b"avif" in head[8:40] else "a film or another kind of media file"
