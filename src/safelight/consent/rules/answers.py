"""What a signer has answered so far, and whether anything is still open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from safelight.consent.errors import AssentMissingError, ChoiceMissingError
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.signers import SignerRole


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers by agreement and by photograph. INVARIANT: nothing is answered before it is asked."""

    uses: Mapping[UUID, Answer] = field(default_factory=dict)
    pictures: Mapping[UUID, Answer] = field(default_factory=dict)
    assent: Assent | None = None
    wants_thumbnails: bool = False
    read: str = ""
    """Which words were on the signer's screen, whole: form, language and style; "" for none."""
    read_at: str = ""

    def with_use(self, agreement: UUID, answer: Answer) -> Self:
        return replace(self, uses={**self.uses, agreement: answer})

    def with_picture(self, photograph: UUID, answer: Answer) -> Self:
        return replace(self, pictures={**self.pictures, photograph: answer})

    def without_picture(self, photograph: UUID) -> Self:
        """What was said about a picture that will look different counts no more."""
        kept = {key: item for key, item in self.pictures.items() if key != photograph}
        return replace(self, pictures=kept)

    def without_choices(self) -> Self:
        """After the text was replaced: what was answered to other words counts no more."""
        return replace(self, uses={}, assent=None)

    def included(self, pictures: Iterable[UUID]) -> list[UUID]:
        return [item for item in pictures if self.pictures.get(item) is Answer.YES]

    def is_yes(self, agreement: UUID) -> bool:
        """Whether this use is agreed to; never against the word of a child who was asked."""
        return self.uses.get(agreement) is Answer.YES and self.assent is not Assent.NO

    def to_data(self) -> dict[str, Any]:
        return {
            "uses": {str(key): item.value for key, item in self.uses.items()},
            "pictures": {str(key): item.value for key, item in self.pictures.items()},
            "assent": self.assent.value if self.assent else None,
            "wants_thumbnails": self.wants_thumbnails,
            "read": self.read,
            "read_at": self.read_at,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            uses={UUID(key): Answer(item) for key, item in data.get("uses", {}).items()},
            pictures={UUID(key): Answer(item) for key, item in data.get("pictures", {}).items()},
            assent=Assent(data["assent"]) if data.get("assent") else None,
            wants_thumbnails=bool(data.get("wants_thumbnails")),
            read=str(data.get("read", "")),
            read_at=str(data.get("read_at", "")),
        )


def require_complete(
    answers: Answers, *, uses: Iterable[UUID], pictures: Iterable[UUID], asks_child: bool
) -> None:
    """Raises ChoiceMissingError or AssentMissingError while something asked has no answer."""
    if any(item not in answers.pictures for item in pictures):
        raise ChoiceMissingError
    if any(item not in answers.uses for item in uses):
        raise ChoiceMissingError
    if asks_child and answers.assent is None:
        raise AssentMissingError


def asks_child(signer: SignerRole, age: int, assent_age: int) -> bool:
    """Whether the child is asked as well, by completed years."""
    return signer is SignerRole.GUARDIAN and age >= assent_age


def may_sign(signer: SignerRole, age: int, majority_age: int) -> bool:
    """A child does not sign alone, and nobody is an adult's guardian (a proxy shows authority)."""
    is_adult = age >= majority_age
    return is_adult if signer is not SignerRole.GUARDIAN else not is_adult
