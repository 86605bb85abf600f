"""Who has what a withdrawal reaches, by name, as the patient reads it.

Decks and collections have no name here: what teachers call theirs is no business of a patient's.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final
from uuid import UUID

from safelight.consent.models import Agreement
from safelight.consent.records import recipient_name
from safelight.consulting.giving import colleagues_of_questions
from safelight.exporting.services.recalling import recipients_of_links
from safelight.publishing.recalling import names_of_publications
from safelight.sharing.services.recalling import recipients_of_shares
from safelight.teaching.selectors.given import names_of_lectures
from safelight.vault.errors import VaultError
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import ConsequenceKind

Names = Mapping[UUID, str]


def recipients_of_agreements(agreements: Collection[UUID]) -> dict[UUID, str]:
    """Whom each agreement named; "" for none. PHI."""
    return {row.id: recipient_name(row) for row in Agreement.objects.filter(id__in=agreements)}


_NAMED_BY: Final[Mapping[ConsequenceKind, Callable[[Collection[UUID]], Names]]] = {
    ConsequenceKind.AGREEMENT: recipients_of_agreements,
    ConsequenceKind.QUESTION: colleagues_of_questions,
    ConsequenceKind.SHARE: recipients_of_shares,
    ConsequenceKind.HEALTH_LINK: recipients_of_links,
    ConsequenceKind.COPY: recipients_of_links,
    ConsequenceKind.LECTURE: names_of_lectures,
    ConsequenceKind.PUBLICATION: names_of_publications,
}


def names_of(kind: ConsequenceKind, targets: Collection[UUID]) -> Names:
    """The names that there are; where a key is gone or the vault is locked, there are none. PHI."""
    find = _NAMED_BY.get(kind)
    if find is None or not targets:
        return {}
    try:
        return find(targets)
    except VaultError:
        return {}


def purposes_of(agreements: Collection[UUID]) -> dict[UUID, Purpose]:
    rows = Agreement.objects.filter(id__in=agreements).values_list("id", "purpose")
    return {agreement: Purpose(purpose) for agreement, purpose in rows}
