"""Why this room refuses."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class RedactionError(SafelightError):
    code: ClassVar[str] = "redaction"


class ScanFailedError(RedactionError):
    code: ClassVar[str] = "scan-failed"
    message: ClassVar[str] = (
        "The picture could not be searched for faces and writing. Try again; until then it cannot "
        "be approved."
    )


class StillLookingError(RedactionError):
    code: ClassVar[str] = "still-looking"
    message: ClassVar[str] = (
        "The picture has not been searched for writing and small faces yet. Nothing was saved; until "
        "it has been, it cannot be approved."
    )


class MalformedDraftError(RedactionError):
    code: ClassVar[str] = "malformed-draft"
    message: ClassVar[str] = "What was sent is not a way to cover a picture. Nothing was changed."


class UncoveredError(RedactionError):
    code: ClassVar[str] = "uncovered"
    message: ClassVar[str] = (
        "Part of what an earlier version covers would show again. More can be covered, never less."
    )


class NothingMoreError(RedactionError):
    code: ClassVar[str] = "nothing-more"
    message: ClassVar[str] = (
        "The version in use was sent back: cover more than it does, as the second person asked."
    )


class UndecidedError(RedactionError):
    code: ClassVar[str] = "undecided"
    message: ClassVar[str] = (
        "Decide about everything that was found: cover it, or say why it stays. And answer each "
        "question."
    )


class LeftoverError(RedactionError):
    code: ClassVar[str] = "leftover"
    message: ClassVar[str] = (
        "Something is still found in the result. Go back and cover it, or say why it may stay."
    )


class NothingPreparedError(RedactionError):
    code: ClassVar[str] = "nothing-prepared"
    message: ClassVar[str] = "There is no prepared version of this picture to decide about."


class ChangedMeanwhileError(RedactionError):
    code: ClassVar[str] = "redaction-changed"
    message: ClassVar[str] = "This version was changed meanwhile. Please look at the result again."


class SamePersonError(RedactionError):
    code: ClassVar[str] = "same-person"
    message: ClassVar[str] = "Somebody else has to confirm: you prepared or approved this version."
