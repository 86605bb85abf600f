"""At a glance: what one picture may be used for, by whom, until when, and why not for the rest."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from safelight.consent.selectors.proposals import proposals_of_agreements
from safelight.people.asker import Asker
from safelight.release.facts import Use
from safelight.release.uses import PermittedUse, uses_of
from safelight.vocabulary.purposes import TAUGHT
from safelight.web.clinic.consent_cards import audience_words
from safelight.web.teaching.addresses import address_of


@dataclass(frozen=True, kw_only=True)
class UseLine:
    """One use: under which request it was agreed to, or what stands in its way. PHI: `named`."""

    use: str
    audience: str
    is_permitted: bool
    named: str = ""
    until: date | None = None
    request: UUID | None = None
    teaching_url: str = ""
    reason: str = ""
    mend: str = ""


def use_lines(asker: Asker, photograph: UUID) -> list[UseLine]:
    """Every use beyond care, from near to far; each is the word of the policy itself."""
    found = uses_of(asker, photograph)
    requests = proposals_of_agreements(item.agreement for item in found if item.agreement)
    return [_line(photograph, item, requests) for item in found]


def _line(photograph: UUID, item: PermittedUse, requests: dict[UUID, UUID]) -> UseLine:
    reason = item.reason
    return UseLine(
        use=_(item.purpose.display),
        audience=audience_words(item.audience, item.people),
        is_permitted=item.is_permitted,
        named=item.named,
        until=item.until,
        request=requests.get(item.agreement) if item.agreement else None,
        teaching_url=_teaching_url(photograph, item),
        reason=_(reason.sentence) if reason else "",
        mend=_(reason.mend) if reason else "",
    )


def _teaching_url(photograph: UUID, item: PermittedUse) -> str:
    """What a teacher opens: the picture, for this use and no other."""
    if not item.is_permitted or item.purpose not in TAUGHT:
        return ""
    use = Use(item.purpose, item.audience, item.recipient, item.people)
    return address_of(photograph, use)
