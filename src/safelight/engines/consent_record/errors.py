"""What a consent record cannot say."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class ConsentRecordError(SafelightError):
    """A required field is missing, or a value is not one a consent record can hold."""

    code: ClassVar[str] = "consent-record.input"
    message: ClassVar[str] = "This cannot be written as a consent record."
