"""Why this room refuses."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class ConsultingError(SafelightError):
    code: ClassVar[str] = "consulting"


class AskingRefusedError(ConsultingError):
    code: ClassVar[str] = "asking-refused"
    message: ClassVar[str] = "This cannot be asked like this. Nothing was sent."


class NothingWrittenError(ConsultingError):
    code: ClassVar[str] = "nothing-written"
    message: ClassVar[str] = "Write something first."


class TooMuchWrittenError(ConsultingError):
    code: ClassVar[str] = "too-much-written"
    message: ClassVar[str] = "That is too long: write at most 2000 characters."


class QuestionOverError(ConsultingError):
    code: ClassVar[str] = "question-over"
    message: ClassVar[str] = "This question is over. Nothing more can be written."


class QuestionTakenError(ConsultingError):
    code: ClassVar[str] = "question-taken"
    message: ClassVar[str] = "Somebody else of the department took this question already."
