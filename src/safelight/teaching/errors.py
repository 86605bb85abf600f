"""Why this room refuses."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class TeachingError(SafelightError):
    code: ClassVar[str] = "teaching"


class SlideRefusedError(TeachingError):
    code: ClassVar[str] = "slide-refused"
    message: ClassVar[str] = "The slide cannot be kept like this. Nothing was changed."


class NoPictureThereError(TeachingError):
    code: ClassVar[str] = "no-picture-there"
    message: ClassVar[str] = "There is no picture's address in what you typed."


class LectureRefusedError(TeachingError):
    code: ClassVar[str] = "lecture-refused"
    message: ClassVar[str] = "A lecture cannot be planned like this."


class LectureOverError(TeachingError):
    code: ClassVar[str] = "lecture-over"
    message: ClassVar[str] = "This lecture is over."


class ScreenUnknownError(TeachingError):
    """A wrong code, one that has run out, and one of a screen that is let in already: all alike."""

    code: ClassVar[str] = "screen-unknown"
    message: ClassVar[str] = (
        "No screen shows this code now. Read it again; a code changes every five minutes."
    )


class ScreensFullError(TeachingError):
    code: ClassVar[str] = "screens-full"
    message: ClassVar[str] = (
        "As many screens were let in as this audience has people. For more, end this lecture and plan "
        "one for all of them."
    )
