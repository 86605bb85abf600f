"""A second opinion on a scrubbed picture.

INVARIANT: nothing here is shared with the scrubber. It looks nothing up and skips nothing: it
spells the file as a word, one letter for each segment or chunk, and asks whether the word is in
the language of scrubbed pictures. What may stand beside the pixels is compared byte for byte.
"""

import hashlib
import io
import re
import struct
import zlib

from safelight.engines.imaging.errors import NotCleanError

# SHA-256 of the colour profiles that Safelight itself writes.
PROFILES = frozenset(
    {
        "75c849ccfff70eb28a9d3a4c55c5ce19b3264789d501a1b01e5912c3d8ee03b5",  # sRGB
        "17aa8525f18271c262fde05f87339337f851bdf84148df1f7ef4e591fa0d079b",  # Display P3
        "9147453e3e3f3e4363cc4b99a73deddfdae1ef4340eceae2517e8dfb1c8e50f5",  # Adobe RGB (1998)
        "1748cb6ede7414b9e2ac3968fda72da806d2c7d429a9e892888c09a3d2ac3f08",  # Grey, gamma 2.2
        "9b44487d49e4d32b565a350625a2bc254d1cbf5aefb3c838bceca6289f887941",  # Grey, sRGB curve
    }
)

JFIF = bytes.fromhex("ffe000104a46494600010100000100010000")
ORIENTATION = re.compile(
    rb"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0[\x02-\x08]\0\0\0\0\0\0"
)
ADOBE = re.compile(rb"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0[\0\x01]")
PROFILE_HEAD = re.compile(rb"\xff\xe2(..)ICC_PROFILE\0\x01\x01", re.DOTALL)
MARK_IN_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")
LETTERS = {0xC0: "F", 0xC1: "F", 0xC2: "F", 0xC4: "H", 0xDB: "Q", 0xDD: "R", 0xDA: "S"}
JPEG_WORD = re.compile(r"[HQR]*F[HQR]*S([HQR]*S)*")

PNG_WORD = re.compile(
    "IHDR (iCCP |(cICP )?(sRGB )?(gAMA )?(cHRM )?)(eXIf )?(PLTE )?(tRNS )?(IDAT )+IEND "
)
PNG_SIZES = {"IHDR": (13, 13), "cICP": (4, 4), "sRGB": (1, 1), "gAMA": (4, 4), "cHRM": (32, 32),
             "eXIf": (26, 26), "PLTE": (3, 768), "tRNS": (1, 256), "IEND": (0, 0)}  # fmt: skip


def check_clean(data: bytes | memoryview) -> None:
    """Raise `NotCleanError`, naming what was found, unless `data` is a picture and nothing else.

    A picture is JPEG or PNG; nothing else means: no segment or chunk but those that decoding
    needs, no EXIF but a lone orientation, no colour profile but Safelight's own, no byte after
    the end.
    """
    whole = bytes(data)
    try:
        if whole.startswith(b"\xff\xd8"):
            _check_jpeg(whole)
        elif whole.startswith(b"\x89PNG\r\n\x1a\n"):
            _check_png(io.BytesIO(whole[8:]))
        else:
            raise _unclean("something that is neither JPEG nor PNG")
    except (struct.error, IndexError):
        raise _unclean("a part that is cut short") from None


def _unclean(what: str) -> NotCleanError:
    return NotCleanError(f"A second look at this picture found {what}, so it was not kept.")


# --- JPEG -------------------------------------------------------------------------------------


def _check_jpeg(whole: bytes) -> None:
    if not whole.endswith(b"\xff\xd9"):
        raise _unclean("bytes after the end of the image")
    at = _after_permitted(whole, 2)
    word = ""
    while whole[at : at + 2] != b"\xff\xd9":
        letter, at = _spell(whole, at)
        word += letter
    if at + 2 != len(whole):
        raise _unclean("bytes after the end of the image")
    if not JPEG_WORD.fullmatch(word):
        raise _unclean("segments in an order that no scrubbed picture has")


def _after_permitted(whole: bytes, at: int) -> int:
    """Step over the four segments that may precede the tables, each at most once, in order."""
    if whole.startswith(JFIF, at):
        at += len(JFIF)
    if match := ORIENTATION.match(whole, at):
        at = match.end()
    if match := PROFILE_HEAD.match(whole, at):
        end = at + 2 + int.from_bytes(match[1], "big")
        _check_profile(whole[match.end() : end])
        at = end
    if match := ADOBE.match(whole, at):
        at = match.end()
    return at


def _spell(whole: bytes, at: int) -> tuple[str, int]:
    """The letter of the segment at `at`, and where the next begins."""
    mark, code, size = struct.unpack_from(">BBH", whole, at)
    if mark != 0xFF:  # noqa: PLR2004 - every marker begins with it
        raise _unclean("bytes between two segments")
    letter = LETTERS.get(code)
    if letter is None:
        raise _unclean(f"a segment of type {code:02X}")
    end = at + 2 + size
    if not _exact(letter, whole[at + 4 : end]):
        raise _unclean(f"a segment of type {code:02X} with more in it than it should have")
    if letter == "S":
        mark_ahead = MARK_IN_SCAN.search(whole, end)
        if mark_ahead is None:
            raise _unclean("a scan without an end")
        end = mark_ahead.start()
    return letter, end


def _exact(letter: str, body: bytes) -> bool:
    """Whether the parameters fill their segment exactly."""
    if letter == "F":
        return len(body) == 6 + 3 * body[5] and body[0] == 8 and body[5] in (1, 3)  # noqa: PLR2004
    if letter == "S":
        return len(body) == 4 + 2 * body[0]
    if letter == "R":
        return len(body) == 2  # noqa: PLR2004 - one 16-bit number
    rest = io.BytesIO(body)
    while head := rest.read(1):
        size = 64 * (1 + (head[0] >> 4)) if letter == "Q" else sum(_counts(rest.read(16)))
        if head[0] & 0xEC or len(rest.read(size)) != size:
            return False
    return True


def _counts(row: bytes) -> tuple[int, ...]:
    return struct.unpack(">16B", row)


# --- PNG --------------------------------------------------------------------------------------


def _check_png(file: io.BytesIO) -> None:
    word = ""
    while not word.endswith("IEND "):
        size, name = struct.unpack(">I4s", file.read(8))
        body = file.read(size)
        (checksum,) = struct.unpack(">I", file.read(4))
        if checksum != zlib.crc32(name + body):
            raise _unclean("a chunk whose checksum is wrong")
        title = name.decode("latin-1")
        _check_chunk(title, body)
        word += title + " "
    if file.read(1):
        raise _unclean("bytes after the end of the image")
    if not PNG_WORD.fullmatch(word):
        raise _unclean("chunks in an order that no scrubbed picture has")


def _check_chunk(title: str, body: bytes) -> None:
    if title == "IDAT":
        return
    if title == "iCCP":
        if not body.startswith(b"icc\0\0"):
            raise _unclean("a colour profile with a name")
        unpacker = zlib.decompressobj()
        try:
            profile = unpacker.decompress(body[5:], 1 << 16)
        except zlib.error:
            raise _unclean("a colour profile that cannot be read") from None
        if unpacker.unused_data or not unpacker.eof:
            raise _unclean("a colour profile with bytes missing or left over")
        _check_profile(profile)
        return
    if title not in PNG_SIZES:
        raise _unclean(f"a chunk of type {title!a}")
    least, most = PNG_SIZES[title]
    if not least <= len(body) <= most:
        raise _unclean(f"a chunk of type {title} with more in it than it should have")
    if title == "eXIf" and not ORIENTATION.fullmatch(b"\xff\xe1\0\x22Exif\0\0" + body):
        raise _unclean("EXIF other than a lone orientation")


def _check_profile(profile: bytes) -> None:
    if hashlib.sha256(profile).hexdigest() not in PROFILES:
        raise _unclean("a colour profile that is not one of Safelight's own")
