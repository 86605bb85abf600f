"""Why a label or a move is refused."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class PhotographNotFoundError(SafelightError):
    code: ClassVar[str] = "photograph-not-found"
    message: ClassVar[str] = "There is no such picture here."


class LabelRefusedError(SafelightError):
    code: ClassVar[str] = "label-refused"
    message: ClassVar[str] = "This label does not fit; nothing was changed."


class MoveRefusedError(SafelightError):
    code: ClassVar[str] = "move-refused"
    message: ClassVar[str] = "This picture cannot be moved; nothing was changed."
