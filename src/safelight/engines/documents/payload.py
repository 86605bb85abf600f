"""A copy as the JSON its page is set from: strings, lists and truth values, never markup."""

import json
import re
from dataclasses import fields

from safelight.engines.documents.codes import qr_svg
from safelight.engines.documents.content import (
    ConsentCopy,
    CopyPicture,
    CopySigner,
    CopyStatement,
    CopyUse,
    Labels,
)
from safelight.engines.documents.errors import UnfitContentError
from safelight.engines.documents.pictures import strokes_svg, thumbnail_svg
from safelight.engines.documents.words import clean, clean_line

MOST_CHARACTERS = 400_000  # of JSON; a copy with 200 pictures has some 60 000
LONGEST_LINE = 500  # characters; still fits on one page in the narrowest column
MOST_PICTURES = 200
MOST_PEOPLE = 20

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})

# These stand in headings and answers, which no page may end in the middle of.
_LINES = frozenset({"title", "label", "name", "decision"})
_NOT_WORDS = frozenset({"created_at", "thumbnail", "strokes"})
_LANGUAGE = re.compile("[a-z]{2,3}")
_LINK = re.compile(r"https?://[!-~]{1,1000}")

Parts = CopyUse | CopyPicture | CopyStatement | CopySigner | Labels | ConsentCopy


def inputs(copy: ConsentCopy) -> dict[str, str]:
    """What the template reads: the `words` of the copy, its `drawings` and its `links`, as JSON.

    Raises `UnfitContentError` for more than fits, an unknown kind of language or a link that is
    not one to a page; `UnfitPictureError` for a thumbnail that is not a picture.
    """
    _check(copy)
    words = json.dumps(_parts(copy) | {"is_rtl": copy.language in RIGHT_TO_LEFT})
    if len(words) > MOST_CHARACTERS:
        raise UnfitContentError
    drawings = {
        "portal": qr_svg(copy.portal_url),
        "thumbnails": [_thumbnail(picture) for picture in copy.pictures],
        "signatures": [_signature(person) for person in copy.people],
    }
    links = {"portal": copy.portal_url, "verify": copy.verify_url}
    return {"words": words, "drawings": json.dumps(drawings), "links": json.dumps(links)}


def _thumbnail(picture: CopyPicture) -> str | None:
    return None if picture.thumbnail is None else thumbnail_svg(picture.thumbnail)


def _signature(person: CopySigner) -> str | None:
    return strokes_svg(person.strokes) if any(person.strokes) else None


def _check(copy: ConsentCopy) -> None:
    is_fit = (
        copy.created_at.tzinfo is not None
        and _LANGUAGE.fullmatch(copy.language)
        and _LINK.fullmatch(copy.portal_url)
        and _LINK.fullmatch(copy.verify_url)
        and len(copy.pictures) <= MOST_PICTURES
        and len(copy.people) <= MOST_PEOPLE
    )
    if not is_fit:
        raise UnfitContentError


def _parts(whole: Parts) -> dict[str, object]:
    values = {field.name: getattr(whole, field.name) for field in fields(whole)}
    return {
        name: _line(value) if name in _LINES else _said(value)
        for name, value in values.items()
        if name not in _NOT_WORDS
    }


def _line(text: str) -> str:
    line = clean_line(text)
    if len(line) > LONGEST_LINE:
        raise UnfitContentError
    return line


def _said(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, tuple):
        return [_said(item) for item in value]
    return _parts(value) if isinstance(value, Parts) else value
