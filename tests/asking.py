"""Colleagues who are asked about pictures, by the real verbs."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tests.cast import Cast

from safelight.consulting.looking import show_picture
from safelight.consulting.services.asking import NewQuestion, ask_colleague
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError

QUESTION = "Would you debride this before Friday?"
ANSWER = "Yes, tomorrow at eight."


def ask_bob(cast: Cast, pictures: Sequence[UUID], text: str = QUESTION, **changes: Any) -> UUID:
    """Alice asks Bob, of another ward, about pictures of Petra."""
    known: dict[str, Any] = {"colleague": cast.bob.staff, "patient": cast.petra}
    return ask_colleague(
        cast.alice, NewQuestion(photographs=pictures, text=text, **{**known, **changes})
    )


def ask_surgery(cast: Cast, pictures: Sequence[UUID], **changes: Any) -> UUID:
    """Alice asks the department in which Bob works."""
    return ask_bob(cast, pictures, colleague=None, department=cast.surgery, **changes)


def sees(asker: Asker, question: UUID, photograph: UUID, *, small: bool = False) -> bool:
    """Whether this person is shown the picture by this question, right now."""
    try:
        return bool(show_picture(asker, question, photograph, small=small).content)
    except AccessRefusedError:
        return False
