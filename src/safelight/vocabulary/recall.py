"""Words for taking back: how much, by which way, and what becomes of every trace."""

from typing import Final

from safelight.vocabulary.coded import Coded


class WithdrawalScope(Coded):
    """How much a patient takes back."""

    USE = "use", "One use beyond care"
    PICTURE_USES = "picture-uses", "One picture, from every use beyond care"
    PICTURE = "picture", "One picture, from the record as well"
    ALL_USES = "all-uses", "Every use beyond care"
    EVERYTHING = "everything", "Every use, and all pictures from the record"


FROM_CARE: Final = frozenset({WithdrawalScope.PICTURE, WithdrawalScope.EVERYTHING})
"""Pictures leave the record of treatment, as far as the law lets the institution."""


class WithdrawalChannel(Coded):
    """By which way it was taken back."""

    PORTAL = "portal", "By the patient, on their own pages"
    COPY = "copy", "By the patient, with the link on their copy"
    STAFF = "staff", "By telephone or in person, noted by staff"


class ConsequenceKind(Coded):
    """What a withdrawal reaches; each is a line of its own on the board."""

    AGREEMENT = "agreement", "The key of an agreement"
    QUESTION = "question", "A question to a colleague"
    SHARE = "share", "A share to somebody outside"
    HEALTH_LINK = "health-link", "A link for another record system"
    COPY = "copy", "A copy that left for another record system"
    LECTURE = "lecture", "A lecture and its screens"
    DECK = "deck", "A deck of slides"
    COLLECTION = "collection", "A collection of the teaching library"
    PUBLICATION = "publication", "A publication"
    PICTURE = "picture", "A picture in the record"


class ConsequenceState(Coded):
    """How far one consequence has come. What is waiting is dark already: nothing is shown."""

    WAITING = "waiting", "Dark; being carried out"
    TO_ASK = "to-ask", "Somebody has to be asked"
    CHASED = "chased", "Asked, not answered yet"
    ERASED = "erased", "Erased"
    SEALED = "sealed", "Sealed under legal custody"
    REVOKED = "revoked", "Revoked"
    ACKNOWLEDGED = "acknowledged", "Recalled, and acknowledged"
    NOT_RETRACTABLE = "not-retractable", "Cannot be called back"


SETTLED: Final = frozenset(
    {
        ConsequenceState.ERASED,
        ConsequenceState.SEALED,
        ConsequenceState.REVOKED,
        ConsequenceState.ACKNOWLEDGED,
        ConsequenceState.NOT_RETRACTABLE,
    }
)
"""Nothing remains to be done."""

CHASING: Final = frozenset({ConsequenceState.TO_ASK, ConsequenceState.CHASED})
"""Somebody outside has it, and people have to ask for it."""


class WhyNotRetractable(Coded):
    """Why something cannot be called back, as the patient is told."""

    PRINTED = "printed", "It was printed; paper cannot be called back."
    OPEN_INTERNET = (
        "open-internet",
        "It stood on the open internet, where anybody may have copied it.",
    )
    KEPT_BY_RECIPIENT = (
        "kept-by-recipient",
        "Who received a copy keeps it, and says that they must.",
    )
    NO_ANSWER = "no-answer", "Who received a copy did not answer, however often they were asked."


DEFAULT_GROUND: Final = "The law makes hospitals keep their records of treatment for some years."
"""Why a picture is kept under lock, while the institution has not said it in words of its own."""


class Fate(Coded):
    """What becomes of a picture that is withdrawn from the record of treatment."""

    ERASE = "erase", "Its keys and its bytes are destroyed"
    SEAL = "seal", "It is locked under legal custody"


class CustodyGround(Coded):
    """Why a picture is opened that its patient took back and the law makes the institution keep."""

    COURT_ORDER = "court-order", "An order of a court"
    AUTHORITY = "authority", "A demand of an authority that has the right to it"
    PATIENT_CLAIM = "patient-claim", "A claim of the patient"
    DEFENCE = "defence", "Defence of the hospital against a claim"
