"""What cannot be said in FHIR."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class FhirInputError(SafelightError):
    """A value that has no place in the resource asked for, such as a time without its offset."""

    code: ClassVar[str] = "fhir.input"
    message: ClassVar[str] = "This cannot be written as a FHIR resource."
