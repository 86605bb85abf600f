"""The words of a visible mark as a picture: FiraGO, set by typst, no font of the machine.

FiraGO has Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari, Georgian and Thai letters, and comes
inside the package pymupdf-fonts (SIL Open Font License 1.1). typst joins Arabic letters and orders
what runs from right to left, which Pillow does only where a library of the machine helps.
"""

import io
import unicodedata
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pymupdf_fonts
import typst
from numpy.typing import NDArray
from PIL import Image, ImageFont

from safelight.engines.watermark.errors import UnwritableMarkError

FAMILY, CODE = "FiraGO", "figbo"
MOST_CHARACTERS = 80
# The words are data of the page, never its source, so no character in them is an instruction.
PAGE = f"""
#set page(width: auto, height: auto, margin: 0.2em, fill: none)
#set text(font: "{FAMILY}", weight: "bold", size: 100pt, fill: white,
  top-edge: "ascender", bottom-edge: "descender")
#sys.inputs.words
""".encode()
POINTS, POINTS_IN_AN_INCH = 100, 72
JOINERS = "\u200c\u200d"  # between letters, and no letters themselves
BETWEEN = " · "
NO_CHARACTER = "\U0010ffff"

Coverage = NDArray[np.uint8]
"""Height x width, 255 where a letter is."""


@lru_cache(maxsize=16)
def lettered(words: str, size: int) -> Coverage:
    """`words` on one line, an em of `size` pixels. Raises `UnwritableMarkError`.

    The last few are remembered: a gallery is opened in one minute by one recipient.
    """
    ppi = POINTS_IN_AN_INCH * size / POINTS
    try:
        png = typst.compile(
            PAGE,
            font_paths=_fonts(),
            format="png",
            ppi=ppi,
            sys_inputs={"words": _isolated(writable(words))},
        )
    except typst.TypstError:
        raise UnwritableMarkError from None  # PHI: typst quotes the words it stumbles over
    with Image.open(io.BytesIO(png)) as image:
        coverage = np.array(image.getchannel("A"), np.uint8)
    coverage.setflags(write=False)
    return coverage


def writable(words: str) -> str:
    """The words composed (NFC), with single spaces. Raises `UnwritableMarkError`.

    A letter that the font does not have would be an empty box, and name nobody.
    """
    composed = unicodedata.normalize("NFC", " ".join(words.split()))
    if not 0 < len(composed) <= MOST_CHARACTERS or not all(map(_has, composed)):
        raise UnwritableMarkError
    return composed


def _isolated(words: str) -> str:
    """Each part between middle dots ordered by itself (Unicode UAX 9, first strong isolate).

    Otherwise a date after an Arabic name is drawn backwards, 09-03-2026 for 2026-03-09.
    """
    return BETWEEN.join(f"\u2068{part}\u2069" for part in words.split(BETWEEN))


@lru_cache(maxsize=4096)
def _has(character: str) -> bool:
    if character in JOINERS:
        return True
    # Controls among them would turn the order of what follows.
    if unicodedata.category(character).startswith("C"):
        return False
    return character == " " or _shape(character) != _shape(NO_CHARACTER)


def _shape(character: str) -> bytes:
    mask = _letters().getmask(character)
    return repr(mask.size).encode() + bytes(mask)


@lru_cache(maxsize=1)
def _letters() -> ImageFont.FreeTypeFont:
    font = io.BytesIO(pymupdf_fonts.myfont(CODE))
    return ImageFont.truetype(font, 24, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Fonts are read by typst from files only: it is written to one that is then removed."""
    with TemporaryDirectory() as directory:
        Path(directory, "bold.ttf").write_bytes(pymupdf_fonts.myfont(CODE))
        found = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[directory]
        )
        # Sets a letter, so that the font is in memory before its file is gone.
        typst.compile(PAGE, font_paths=found, format="png", sys_inputs={"words": "a"})
    return found
