"""Who was shown pictures of the patient, why, and until when: everything that was given, by whatever way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from safelight.consent.visits import Reader, Visit
from safelight.consulting.giving import given_of as asked_of
from safelight.engines.policy import ReferenceState
from safelight.exporting.selectors import given_of as copies_of
from safelight.publishing.selectors import given_of as published_of
from safelight.release.given import Given, GivenAs
from safelight.release.own_record import own_pictures
from safelight.sharing.selectors import given_of as shared_of
from safelight.teaching.selectors.given import given_of as taught_of
from safelight.web.portal.door import signer
from safelight.web.portal.pages import page
from safelight.web.portal.words import PictureCard, picture_cards

# Each room that keeps references tells its own; a new room is one more line.
ROOMS: Final[tuple[Callable[[Reader], list[Given]], ...]] = (
    asked_of,
    shared_of,
    copies_of,
    taught_of,
    published_of,
)

_KINDS: Final = {
    GivenAs.QUESTION: gettext_noop("A colleague was asked"),
    GivenAs.SHARE: gettext_noop("Shown to somebody outside"),
    GivenAs.HEALTH_LINK: gettext_noop("A copy for another record system"),
    GivenAs.LECTURE: gettext_noop("A lecture or a lesson"),
    GivenAs.PUBLICATION: gettext_noop("A publication"),
}
_STATES: Final = {
    ReferenceState.NOT_BEGUN: gettext_noop("From %(day)s"),
    ReferenceState.IN_FORCE: gettext_noop("Can be seen until %(day)s"),
    ReferenceState.OVER: gettext_noop("Over since %(day)s"),
    ReferenceState.REVOKED: gettext_noop("Stopped on %(day)s"),
}
_ENDLESS: Final = {
    ReferenceState.IN_FORCE: gettext_noop("Can be seen until you change your mind"),
    ReferenceState.OVER: gettext_noop("Over"),
    ReferenceState.REVOKED: gettext_noop("Stopped"),
}


@dataclass(frozen=True)
class GivenLine:
    """One of them in the reader's words. PHI."""

    given: Given
    kind: str
    why: str
    when: str
    is_open: bool
    pictures: tuple[PictureCard, ...]


@signer
@require_safe
def given(request: HttpRequest, visit: Visit) -> HttpResponse:
    lines = given_lines(visit, picture_cards(own_pictures(visit)))
    return page(request, visit, "given", {"lines": lines})


def given_lines(reader: Reader, cards: Sequence[PictureCard]) -> list[GivenLine]:
    """What can be seen now comes first, then the newest. `cards` are the reader's pictures."""
    found = [item for room in ROOMS for item in room(reader)]
    newest = sorted(found, key=lambda item: item.starts_at, reverse=True)
    lines = [_line(item, cards) for item in newest]
    return sorted(lines, key=lambda line: not line.is_open)


def _line(item: Given, cards: Sequence[PictureCard]) -> GivenLine:
    return GivenLine(
        given=item,
        kind=_(_KINDS[item.kind]),
        why=_(item.use.purpose.display),
        when=_when(item),
        is_open=item.state is ReferenceState.IN_FORCE,
        pictures=tuple(card for card in cards if card.id in item.photographs),
    )


def _when(item: Given) -> str:
    moment = item.starts_at if item.state is ReferenceState.NOT_BEGUN else item.ends_at
    if moment is None:
        return _(_ENDLESS[item.state])
    return _(_STATES[item.state]) % {"day": date_format(localtime(moment), "DATE_FORMAT")}
