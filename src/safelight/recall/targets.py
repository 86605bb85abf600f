"""Everything a withdrawal can reach: how each is found, and how its line comes to its end.

A new room that keeps references is one more entry of `TARGETS`. Finding and settling may run any
number of times.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safelight.consent.services.ending import tidy_keys
from safelight.consulting.services.recalling import questions_reached, take_back_question
from safelight.exporting.services.recalling import (
    copies_that_left,
    links_reached,
    take_back_link,
)
from safelight.library.recalling import collections_reached, prune_collection
from safelight.publishing.recalling import publications_reached
from safelight.recall.custody import erase, take_into_custody
from safelight.recall.fates import Decided, erased, fix_fates
from safelight.recall.reach import Reach
from safelight.recall.rules import Found
from safelight.sharing.services.recalling import shares_reached, take_back_share
from safelight.teaching.services.recalling import decks_reached, lectures_reached, prune_deck
from safelight.vocabulary.recall import ConsequenceKind, ConsequenceState, Fate


@dataclass(frozen=True, slots=True)
class Settled:
    """How a line ended. `retention` is the number of the rules by which a picture's fate was decided."""

    state: ConsequenceState
    retention: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of consequence. `settle` is not called for lines that people have to chase."""

    find: Callable[[Reach], Iterable[Found]]
    settle: Callable[[Reach, UUID], Settled]
    settle_many: Callable[[Reach, Sequence[UUID]], Mapping[UUID, Settled]] | None = None
    """The same of several at once, where there may be thousands."""


_REVOKED: Final = Settled(ConsequenceState.REVOKED)
_ERASED: Final = Settled(ConsequenceState.ERASED)


def _waiting(kind: ConsequenceKind, targets: Iterable[UUID]) -> list[Found]:
    return [Found(kind, target) for target in targets]


def _find_agreements(reach: Reach) -> Iterable[Found]:
    return _waiting(ConsequenceKind.AGREEMENT, reach.agreements)


def _settle_agreement(reach: Reach, target: UUID) -> Settled:
    """The key of an agreement that ended; of one that goes on, the grants for what left it."""
    tidy_keys(target)
    return _ERASED


def _find_questions(reach: Reach) -> Iterable[Found]:
    return _waiting(ConsequenceKind.QUESTION, questions_reached(reach.from_care, reach.at))


def _settle_question(reach: Reach, target: UUID) -> Settled:
    take_back_question(target, reach.photographs)
    return _REVOKED


def _find_shares(reach: Reach) -> Iterable[Found]:
    found = shares_reached(reach.agreements, reach.photographs, reach.at)
    return _waiting(ConsequenceKind.SHARE, found)


def _settle_share(reach: Reach, target: UUID) -> Settled:
    take_back_share(target, reach.photographs)
    return _REVOKED


def _find_links(reach: Reach) -> Iterable[Found]:
    found = links_reached(reach.agreements, reach.photographs, reach.at)
    return _waiting(ConsequenceKind.HEALTH_LINK, found)


def _settle_link(reach: Reach, target: UUID) -> Settled:
    take_back_link(target)
    return _REVOKED


def _find_copies(reach: Reach) -> Iterable[Found]:
    left = copies_that_left(reach.agreements, reach.photographs)
    return [Found(ConsequenceKind.COPY, item, ConsequenceState.TO_ASK) for item in left]


def _find_lectures(reach: Reach) -> Iterable[Found]:
    found = lectures_reached(reach.photographs, reach.at)
    return _waiting(ConsequenceKind.LECTURE, found)


def _settle_lecture(reach: Reach, target: UUID) -> Settled:
    """Its screens turned dark by their leases; nothing is left to be done."""
    return _REVOKED


def _find_decks(reach: Reach) -> Iterable[Found]:
    return _waiting(ConsequenceKind.DECK, decks_reached(reach.photographs))


def _settle_deck(reach: Reach, target: UUID) -> Settled:
    prune_deck(target, reach.photographs)
    return _REVOKED


def _find_collections(reach: Reach) -> Iterable[Found]:
    return _waiting(ConsequenceKind.COLLECTION, collections_reached(reach.photographs))


def _settle_collection(reach: Reach, target: UUID) -> Settled:
    prune_collection(target, reach.photographs)
    return _REVOKED


def _find_publications(reach: Reach) -> Iterable[Found]:
    for item in publications_reached(reach.agreements, reach.photographs):
        state = ConsequenceState.TO_ASK if item.has_left else ConsequenceState.WAITING
        yield Found(ConsequenceKind.PUBLICATION, item.id, state)


def _settle_publication(reach: Reach, target: UUID) -> Settled:
    """No file had left, and none does now."""
    return _REVOKED


def _find_pictures(reach: Reach) -> Iterable[Found]:
    return _waiting(ConsequenceKind.PICTURE, reach.from_care)


def _settle_picture(reach: Reach, target: UUID) -> Settled:
    return _settle_pictures(reach, [target])[target]


def _settle_pictures(reach: Reach, targets: Sequence[UUID]) -> dict[UUID, Settled]:
    decided = fix_fates(reach.withdrawal, targets)
    decided |= {item: Decided(Fate.ERASE, decided[item].retention) for item in erased(targets)}
    erase([item for item, found in decided.items() if found.fate is Fate.ERASE])
    take_into_custody(
        {item: found.keep_until for item, found in decided.items() if found.fate is Fate.SEAL}
    )
    return {item: Settled(_END[found.fate], found.retention) for item, found in decided.items()}


_END: Final = {Fate.ERASE: ConsequenceState.ERASED, Fate.SEAL: ConsequenceState.SEALED}


def _by_people(reach: Reach, target: UUID) -> Settled:
    raise AssertionError("a copy that left is chased by people")


TARGETS: Final[Mapping[ConsequenceKind, Target]] = {
    ConsequenceKind.AGREEMENT: Target(_find_agreements, _settle_agreement),
    ConsequenceKind.SHARE: Target(_find_shares, _settle_share),
    ConsequenceKind.HEALTH_LINK: Target(_find_links, _settle_link),
    ConsequenceKind.COPY: Target(_find_copies, _by_people),
    ConsequenceKind.LECTURE: Target(_find_lectures, _settle_lecture),
    ConsequenceKind.DECK: Target(_find_decks, _settle_deck),
    ConsequenceKind.COLLECTION: Target(_find_collections, _settle_collection),
    ConsequenceKind.PUBLICATION: Target(_find_publications, _settle_publication),
    ConsequenceKind.QUESTION: Target(_find_questions, _settle_question),
    ConsequenceKind.PICTURE: Target(_find_pictures, _settle_picture, _settle_pictures),
}
