"""Words for agreements: why one ended, how the taking was agreed to, how a signer reached us."""

from safelight.vocabulary.coded import Coded


class EndReason(Coded):
    """Why an agreement is inactive."""

    WITHDRAWN = "withdrawn", "Taken back by the patient"
    EXPIRED = "expired", "Its time is over"
    SUPERSEDED = "superseded", "Replaced by a newer decision"
    NOT_ANSWERED = "not-answered", "Closed before the patient decided"
    RESTORED = (
        "restored",
        "Its key was gone after a backup was restored: over or taken back; ask anew",
    )


class TakingAgreed(Coded):
    """How the patient agreed to pictures that are meant for more than care (step one)."""

    VERBAL = "verbal", "In words, noted by staff"
    WRITTEN = "written", "In writing"


class AccessKind(Coded):
    """By which way a signer reaches the portal."""

    LINK = "link", "A link with birth date and code"
    TABLET = "tablet", "A device that staff handed over"
    COPY = "copy", "The link on the patient's copy"


class Assent(Coded):
    """What a child said when a guardian decided."""

    YES = "yes", "The child agrees"
    NO = "no", "The child does not agree"
    NOT_ABLE = "not-able", "The child is too young or too ill to be asked"


class Answer(Coded):
    """What the patient said to one use, or about one picture."""

    YES = "yes", "Yes"
    NO = "no", "No"
