"""The certificate of a withdrawal as a page: every line of the board, and how anybody can check it.

Plain words in the patient's language, never markup, as on a copy (`content.py`).
"""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime

from safelight.engines.documents.codes import qr_svg
from safelight.engines.documents.errors import UnfitContentError
from safelight.engines.documents.payload import RIGHT_TO_LEFT
from safelight.engines.documents.rendering import set_page
from safelight.engines.documents.words import clean

MOST_CHARACTERS = 3_000_000  # of JSON; a line has some 200
_LANGUAGE = re.compile("[a-z]{2,3}")
_LINK = re.compile(r"https?://[!-~]{1,1000}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """One thing that the withdrawal reached. `proof`: the id of its entry in the record, or ""."""

    text: str
    is_open: bool
    """Whether something remains to be done about it."""
    proof: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateCount:
    """How many lines stand in one state."""

    words: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLabels:
    """The fixed words of the page."""

    contact: str
    check_code: str
    """Beside the QR code."""
    check_code_alt: str
    """Said by a screen reader in place of it."""
    effective: str
    issued: str
    code: str
    summary: str
    lines: str
    proof: str
    kept: str
    not_retractable: str
    backups: str
    checking: str
    how_to_check: str
    checkpoint: str
    inclusion: str
    seal: str
    page: str
    """At the foot; `{n}` and `{m}` stand for this page and the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalCertificate:
    """What was taken back, from when on, what became of every trace, and the proof of it."""

    language: str
    """BCP 47 primary language; it also decides the direction of writing."""
    created_at: datetime
    title: str
    institution: str
    contact_name: str
    contact_phone: str
    withdrawal: str
    """The code by which the institution finds it."""
    scope: str
    effective: str
    issued: str
    remark: str
    """Whether another certificate follows."""
    counts: tuple[CertificateCount, ...]
    lines: tuple[CertificateLine, ...]
    not_retractable: tuple[str, ...]
    kept: tuple[str, ...]
    backups: str
    check_url: str
    checkpoint: str
    """The signed state of the log, as text."""
    inclusion: str
    """The way of the certifying entry to its root, as text."""
    labels: CertificateLabels


def render_certificate(certificate: WithdrawalCertificate) -> bytes:
    """An unsealed PDF 1.7, tagged as a copy is (`render_copy`).

    Raises `UnfitContentError` for more than fits, an unknown kind of language or a link that is not
    one to a page, and `RenderingError`.
    """
    return set_page("certificate.typ", _inputs(certificate), certificate.created_at)


def _inputs(certificate: WithdrawalCertificate) -> dict[str, str]:
    is_fit = (
        certificate.created_at.tzinfo is not None
        and _LANGUAGE.fullmatch(certificate.language)
        and _LINK.fullmatch(certificate.check_url)
    )
    if not is_fit:
        raise UnfitContentError
    values = {name: value for name, value in asdict(certificate).items() if name != "created_at"}
    is_rtl = certificate.language in RIGHT_TO_LEFT
    words = json.dumps(_clean(values | {"is_rtl": is_rtl}))
    if len(words) > MOST_CHARACTERS:
        raise UnfitContentError
    drawings = json.dumps({"check": qr_svg(certificate.check_url)})
    links = json.dumps({"check": certificate.check_url})
    return {"words": words, "drawings": drawings, "links": links}


def _clean(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list | tuple) else value
