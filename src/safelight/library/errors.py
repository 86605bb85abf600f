"""How the library says no."""

from typing import ClassVar

from safelight.vocabulary.errors import SafelightError


class LibraryRefusedError(SafelightError):
    code: ClassVar[str] = "library-refused"
    message: ClassVar[str] = "This cannot be kept in the library; nothing was changed."
