"""What stands on a patient's copy: plain words, all given in the patient's language.

Nothing here is markup. Every string is set as it is, whatever characters it holds; line breaks
in it begin a new line.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Stroke: TypeAlias = tuple[tuple[float, float], ...]
"""One line of the pen: points (x, y), 0..1 from the left and from the top of a 3:1 box."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyUse:
    """One use the patient was asked about, and the answer."""

    title: str
    who_sees: str
    decision: str
    """The answer as a word, such as "Yes"."""
    is_permitted: bool
    until: str
    """The last day of the permission; empty when there is none."""
    agreement_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPicture:
    """One picture the patient was shown, and whether it may be used."""

    label: str
    """Says what the picture is, also to somebody who cannot see it."""
    is_included: bool
    decision: str
    sha256: str
    """Hexadecimal, of the very bytes shown."""
    thumbnail: bytes | None
    """JPEG, PNG or WebP; None when the patient wants no pictures on paper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyStatement:
    """One thing the patient was told before signing."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopySigner:
    """Somebody who put their name to the record: printed name, date and time, and the meaning
    of the signature stand together wherever it is shown (21 CFR 11.50).
    """

    name: str
    role: str
    authority: str
    """By what right they sign for somebody else; empty when they sign for themselves."""
    signed_at: str
    meaning: str
    strokes: tuple[Stroke, ...]
    typed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The fixed words of the page."""

    contact: str
    """Above the name and number, such as "Questions, or a change of mind?"."""
    your_page: str
    """Beside the QR code of the portal, such as "Your page on the internet"."""
    portal_code: str
    """Said by a screen reader in place of that QR code."""

    decisions: str
    who_sees: str
    until: str
    agreement: str

    pictures: str
    picture_fingerprint: str

    withdraw: str
    cannot_be_called_back: str
    statements: str

    signatures: str
    authority: str
    signed_at: str
    meaning: str
    drawn_signature: str
    """Said by a screen reader in place of the drawing; `{name}` stands for the name."""
    typed_signature: str
    """Beside a typed name, such as "Signed by typing the name"."""

    validity: str
    checking: str
    verification_code: str
    check_at: str
    record_fingerprint: str
    seal: str
    """That the seal is the institution's and not the patient's signature (eIDAS art. 35)."""

    page: str
    """At the foot; `{n}` and `{m}` stand for this page and the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentCopy:
    """The whole copy of one signed record: whom to call, what was
    decided, picture by picture, how to change it, what cannot be undone, what was told, who
    signed, how to check it.
    """

    language: str
    """BCP 47 primary language, such as "en" or "ar"; it also decides the direction of writing."""
    created_at: datetime
    title: str
    institution: str
    contact_name: str
    contact_phone: str
    how_to_withdraw: str
    cannot_be_called_back: tuple[str, ...]
    statements: tuple[CopyStatement, ...]
    uses: tuple[CopyUse, ...]
    pictures: tuple[CopyPicture, ...]
    people: tuple[CopySigner, ...]
    """The signer first, then assent, witness, interpreter."""
    validity: str
    portal_url: str
    verify_url: str
    verification_code: str
    record_sha256: str
    labels: Labels
    about: str = ""
    """Whose pictures they are, such as "For Pablo Serrano"; empty where the signer knows."""
    remark: str = ""
    """What bears on every answer, such as that a child who was asked said no."""
