"""Why a patient cannot be found or recorded."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class PatientNotFoundError(SafelightError):
    code: ClassVar[str] = "patient-not-found"
    message: ClassVar[str] = "There is no such patient here."
