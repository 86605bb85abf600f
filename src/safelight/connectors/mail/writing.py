"""A notice in words. They stand in `texts.toml`, four languages side by side."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources

from django.utils import translation
from django.utils.formats import date_format

from safelight.vocabulary.consent_forms import RIGHT_TO_LEFT
from safelight.vocabulary.notices import Letter, Notice

_HOUSE_ENGLISH = "en-gb"
# Numbers and names keep their own direction among words that run from right to left.
_ISOLATE, _LEFT_TO_RIGHT, _END = "\u2068", "\u2066", "\u2069"


def letter_of(notice: Notice, origin: str) -> Letter:
    """What is sent for `notice`; `origin` is this site's, such as ``https://pictures.example``."""
    texts = _texts()[notice.language]
    link = f"{origin}{notice.path}" if notice.path else ""
    words = _words(notice) | {"link": link}
    kind = texts[notice.kind.value]
    frame = texts["frame"]
    lines = [frame["greeting"], kind["text"]]
    if link:
        lines += [link, frame["until"], frame["keep"]]
    lines += [frame["contact"], frame["automatic"]]
    return Letter(
        recipient=notice.recipient,
        language=notice.language,
        subject=_filled(kind["subject"], words | {"institution": notice.institution}),
        body="\n\n".join(_filled(line, words) for line in lines) + "\n",
        link=link,
    )


def _words(notice: Notice) -> dict[str, str]:
    institution, phone = notice.institution, notice.phone
    if notice.language in RIGHT_TO_LEFT:
        institution = f"{_ISOLATE}{institution}{_END}"
        phone = f"{_LEFT_TO_RIGHT}{phone}{_END}"
    until = _moment(notice.ends_at, notice.language) if notice.ends_at else ""
    return {"institution": institution, "phone": phone, "until": until}


def _moment(moment: datetime, language: str) -> str:
    """Day and time as the language writes them, with the zone, since mail crosses zones."""
    with translation.override(_HOUSE_ENGLISH if language == "en" else language):
        return f"{date_format(moment, 'DATETIME_FORMAT')} ({moment:%Z})"


def _filled(text: str, words: Mapping[str, str]) -> str:
    """What is filled in is never looked at for placeholders again."""
    parts = text.replace("}", "{").split("{")
    return "".join(words[part] if odd % 2 else part for odd, part in enumerate(parts))


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    text = resources.files(__package__).joinpath("texts.toml").read_text("utf-8")
    return tomllib.loads(text)
