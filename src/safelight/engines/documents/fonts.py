"""The letters on the page: FiraGO, one family for Latin, Arabic, Greek, Cyrillic, Hebrew and more.

The font comes inside the package pymupdf-fonts (SIL Open Font License 1.1). No font of the machine
is used, so that a copy looks the same wherever it was made, and no font of typst either.
"""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pymupdf_fonts
import typst

FAMILY = "FiraGO"
FILES = {"regular.ttf": "figo", "bold.ttf": "figbo"}

# Sets a letter in each, so that both are in memory before their files are gone.
_SPECIMEN = f'#set text(font: "{FAMILY}")\na *b*'.encode()


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """Regular and bold, held in memory for the life of the process.

    typst reads fonts from files only: they are written once to a directory that is then removed.
    """
    with TemporaryDirectory() as directory:
        for name, code in FILES.items():
            Path(directory, name).write_bytes(pymupdf_fonts.myfont(code))
        found = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[directory]
        )
        typst.compile(_SPECIMEN, font_paths=found)
    return found
