"""What a teacher wrote, sealed: titles, slides, captions and places.

PHI: they may speak of a case. Whoever holds the rows alone reads none of it.
"""

from typing import Final
from uuid import UUID

from safelight.teaching.models import Deck, Lecture, Slide, SlidePicture
from safelight.teaching.rules import Words
from safelight.vault.fields import SealedFields, institution_fields
from safelight.vocabulary.errors import SafelightError

_TITLE: Final = "deck-title"
_WORDS: Final = "slide-words"
_CAPTION: Final = "slide-caption"
_REASON: Final = "slide-picture-reason"
_PLACE: Final = "lecture-place"


class Pen:
    """Writes and reads the sealed words of this room. Keep it no longer than a request."""

    def __init__(self, fields: SealedFields | None = None) -> None:
        self._fields = fields or institution_fields()

    def seal_title(self, deck: UUID, title: str) -> bytes:
        return self._fields.seal(_TITLE, deck, title)

    def title(self, deck: Deck) -> str:
        return self._fields.unseal(_TITLE, deck.id, deck.sealed_title)

    def seal_words(self, slide: UUID, words: Words) -> bytes:
        data = {"title": words.title, "text": words.text, "notes": words.notes}
        return self._fields.seal_data(_WORDS, slide, data)

    def words(self, slide: Slide) -> Words:
        return Words(**self._fields.unseal_data(_WORDS, slide.id, slide.sealed_words))

    def seal_caption(self, picture: UUID, caption: str) -> bytes:
        return self._fields.seal(_CAPTION, picture, caption)

    def caption(self, picture: SlidePicture) -> str:
        return self._fields.unseal(_CAPTION, picture.id, picture.sealed_caption)

    def seal_reason(self, picture: SlidePicture, reason: str) -> bytes:
        return self._fields.seal(_REASON, _both(picture.id, picture.photograph_id), reason)

    def reason(self, picture: SlidePicture) -> str:
        """Why this very photograph is taught with; "" where nobody stated it."""
        return self.stated(picture.id, picture.photograph_id, picture.sealed_reason)

    def stated(self, picture: UUID, photograph: UUID, sealed: bytes | memoryview) -> str:
        """As `reason`, of the columns of a row.

        INVARIANT: what does not open states nothing: other bytes, and a reason that was given for
        another photograph.
        """
        try:
            return self._fields.unseal(_REASON, _both(picture, photograph), sealed)
        except SafelightError:
            return ""

    def seal_place(self, lecture: UUID, place: str) -> bytes:
        return self._fields.seal(_PLACE, lecture, place)

    def place(self, lecture: Lecture) -> str:
        return self._fields.unseal(_PLACE, lecture.id, lecture.sealed_place)


def _both(picture: UUID, photograph: UUID) -> UUID:
    """One name for a reference and what it refers to, so that neither is changed without notice."""
    return UUID(int=picture.int ^ photograph.int)


def states_why(picture: UUID, photograph: UUID, sealed: bytes | memoryview) -> bool:
    """Whether these columns of a reference state why that photograph is taught with."""
    return bool(sealed) and bool(Pen().stated(picture, photograph, sealed))


def is_reason_stated(picture: SlidePicture) -> bool:
    return states_why(picture.id, picture.photograph_id, picture.sealed_reason)
