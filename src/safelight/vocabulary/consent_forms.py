"""Words for the consent forms of an institution: what they must say, in what style, how far they are."""

from collections.abc import Mapping
from typing import Final

from safelight.vocabulary.coded import Coded


class Statement(Coded):
    """What every form must tell the patient before they sign, in the order it is told.

    The purpose of each use is not listed here: it stands beside its own choice.
    """

    SEE_FIRST = "see-first", "You will see the pictures before you decide"
    CARE_UNCHANGED = "care-unchanged", "Your care does not change whether you agree or refuse"
    TAKING = "taking", "Who takes the pictures, on whose device"
    WHO_SEES = "who-sees", "Who will see the pictures"
    KEPT = "kept", "How and how long the pictures are kept"
    PRIVACY_LIMITS = "privacy-limits", "What privacy protection cannot do"
    PRINT_STAYS = "print-stays", "Printed or published pictures cannot be called back"
    INTERNET_COPIES = "internet-copies", "Pictures on the internet may be copied"
    WITHDRAW = "withdraw", "You may withdraw at any time: how, and the number to call"
    WITHDRAWAL_EFFECT = "withdrawal-effect", "What withdrawal removes"
    COPY = "copy", "You get a copy"


PLACEHOLDERS: Final = frozenset({"institution", "contact_name", "contact_phone", "retention"})
"""What a statement may leave open, as ``{name}``; filled from the form and the institution."""

REQUIRED_PLACEHOLDERS: Mapping[Statement, frozenset[str]] = {
    Statement.WITHDRAW: frozenset({"contact_name", "contact_phone"}),
    Statement.KEPT: frozenset({"retention"}),
}
"""A statement that does not name these does not say what it must."""

USE_PLACEHOLDERS: Final = frozenset({"institution", "people", "period", "named"})
"""What the text of one use may leave open: how many people, how long, and the named work."""


class TextStyle(Coded):
    """Two ways to say the same."""

    STANDARD = "standard", "Plain text"
    EASY_READ = "easy-read", "Easy read with pictures"


class FormState(Coded):
    """How far a version of a form has come. An approved one is never changed."""

    DRAFT = "draft", "Draft"
    APPROVED = "approved", "In use"
    SUPERSEDED = "superseded", "Replaced"
    DISCARDED = "discarded", "Discarded"


LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "ar": "العربية",
}
"""The languages a form can be written in (BCP 47), each by its own name."""

RIGHT_TO_LEFT: Final = frozenset({"ar"})
