"""The root of every error that Safelight raises on purpose."""

from typing import ClassVar


class SafelightError(Exception):
    """Something was refused or went wrong, said in one clear sentence.

    ``message`` is for the person in front of the screen and never holds health data or identity.
    ``code`` is stable: callers match classes or codes, never text.
    """

    code: ClassVar[str] = "safelight"
    message: ClassVar[str] = "Something went wrong. Nothing was lost; please try again."

    def __init__(self, message: str | None = None) -> None:
        """Keep `message` as the sentence to show, or the class's own."""
        self.sentence = message or self.message
        super().__init__(self.sentence)
