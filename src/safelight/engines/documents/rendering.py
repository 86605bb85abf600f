"""Setting pages as PDF with typst."""

from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import typst

from safelight.engines.documents.content import ConsentCopy
from safelight.engines.documents.errors import RenderingError
from safelight.engines.documents.fonts import fonts
from safelight.engines.documents.payload import inputs


def render_copy(copy: ConsentCopy) -> bytes:
    """`copy` as an unsealed PDF 1.7: tagged (PDF/UA-1), with its fonts inside, the same bytes for
    the same input on every machine.

    A character that no letter of the font exists for is drawn as an empty box, still readable by
    a screen reader; only then the document does not call itself PDF/UA, which forbids the box.
    Raises `UnfitContentError` and `UnfitPictureError` for what cannot stand on the page, and
    `RenderingError` when the page cannot be set.
    """
    return set_page("consent_copy.typ", inputs(copy), copy.created_at)


def set_page(template: str, given: dict[str, str], at: datetime) -> bytes:
    """The template set with what it reads, as `render_copy` says. Raises `RenderingError`."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    try:
        return _set(template, given, moment, "ua-1")
    except typst.TypstError:
        return _set_without_claim(template, given, moment)


def _set_without_claim(template: str, given: dict[str, str], at: datetime) -> bytes:
    try:
        return _set(template, given, at, "1.7")
    except typst.TypstError:
        raise RenderingError from None  # PHI: typst quotes the text that it stumbles over


def _set(
    template: str, given: dict[str, str], at: datetime, standard: Literal["ua-1", "1.7"]
) -> bytes:
    return typst.compile(
        _read(template),
        font_paths=fonts(),
        sys_inputs=given,
        timestamp=at,
        pdf_standards=standard,
    )


@lru_cache(maxsize=4)
def _read(template: str) -> bytes:
    return files(__package__).joinpath(template).read_bytes()
