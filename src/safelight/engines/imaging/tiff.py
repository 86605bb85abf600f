"""The structure of a TIFF picture (TIFF 6.0), read without decoding a pixel."""

from safelight.engines.imaging.errors import MalformedError, TruncatedError, UnsupportedTypeError
from safelight.engines.imaging.exif import read_exif
from safelight.engines.imaging.findings import FindingKind, found
from safelight.engines.imaging.ifd import MOST_NUMBERS, Directory, open_tiff
from safelight.engines.imaging.shape import Shape

WIDTH, HEIGHT, BITS, COMPRESSION, SAMPLES = 256, 257, 258, 259, 277
STRIPS, STRIP_SIZES, TILES, TILE_SIZES = 273, 279, 324, 325
TILE_WIDTH, TILE_HEIGHT = 322, 323
KIND, SUB_DIRECTORIES, RAW_VERSION = 254, 330, 50706
REDUCED = 1
# LZW, deflate, PackBits, fax and none keep every pixel; JPEG and its kin do not.
LOSSLESS = frozenset({1, 2, 3, 4, 5, 8, 32773, 32946})
STRUCTURE = frozenset(
    {KIND, 255, WIDTH, HEIGHT, BITS, COMPRESSION, 262, 266, STRIPS, 274, SAMPLES, 278, STRIP_SIZES}
    | {280, 281, 282, 283, 284, 296, 297, 317, 318, 319, 320, TILE_WIDTH, TILE_HEIGHT, TILES}
    | {TILE_SIZES, 338, 339, 347, 529, 530, 531, 532, 34675}
)


def read_tiff(view: memoryview) -> Shape:
    """The shape of the first picture of a TIFF file.

    Raises `TruncatedError`, `MalformedError`, or `UnsupportedTypeError` for the raw files of
    cameras, whose first directory is but a small preview.
    """
    tiff = open_tiff(view)
    chain = tiff.chain() if tiff else []
    if tiff is None or not chain:
        raise TruncatedError
    main = chain[0]
    _refuse_raw(main)
    _check_whole(main, len(view))
    width, height = main.number(WIDTH), main.number(HEIGHT)
    if width <= 0 or height <= 0:
        raise MalformedError
    exif = read_exif(view, place="TIFF", ignore=STRUCTURE)
    findings = list(exif.findings)
    if len(chain) > 1:
        pages = f"{len(chain) - 1} further pictures"
        findings.append(found(FindingKind.MULTI_PICTURE, "TIFF", pages))
    samples, bits = main.number(SAMPLES, 1), main.number(BITS, 1)
    lossless = main.number(COMPRESSION, 1) in LOSSLESS
    return Shape(width, height, samples, bits, len(chain), lossless, exif, tuple(findings))


def _refuse_raw(main: Directory) -> None:
    preview = main.number(KIND) & REDUCED and SUB_DIRECTORIES in main.fields
    if RAW_VERSION in main.fields or preview:
        raise UnsupportedTypeError(
            "This is a camera's raw file; export it as JPEG, TIFF or HEIC and send that."
        )


def _check_whole(main: Directory, size: int) -> None:
    """The pixels must lie within the file, and no tile may be larger than a picture can be."""
    offsets = main.numbers(STRIPS) or main.numbers(TILES)
    sizes = main.numbers(STRIP_SIZES) or main.numbers(TILE_SIZES)
    if not offsets or len(offsets) != len(sizes) or len(offsets) == MOST_NUMBERS:
        raise MalformedError
    if any(offset + length > size for offset, length in zip(offsets, sizes, strict=True)):
        raise TruncatedError
    if main.number(TILE_WIDTH) * main.number(TILE_HEIGHT) > 1 << 24:
        raise MalformedError
