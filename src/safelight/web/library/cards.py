"""What the library's templates show, as plain values. Nothing of the patient."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from safelight.consent.selectors.agreed import acceptance
from safelight.library.rules import SURVEYS, share_in_words
from safelight.library.selectors import LibraryPicture
from safelight.release.facts import Use
from safelight.vocabulary.purposes import TAUGHT, Purpose
from safelight.web.clinic.cards import SIDES
from safelight.web.clinic.consent_cards import audience_words
from safelight.web.teaching.addresses import address_of
from safelight.web.use_words import write_use

# On the shelf there is room for a word or two.
SHORT = {
    Purpose.ONE_TO_ONE_TEACHING: gettext_lazy("one learner"),
    Purpose.SMALL_GROUP_TEACHING: gettext_lazy("small group"),
    Purpose.LECTURE: gettext_lazy("lecture"),
    Purpose.CONFERENCE: gettext_lazy("conference"),
}


@dataclass(frozen=True, kw_only=True)
class LibraryCard:
    """A picture on the shelf."""

    id: UUID
    what: str
    view: str
    diagnosis: str
    skin_tone: str
    tags: tuple[str, ...]
    thumbnail_url: str
    image_url: str
    audiences: tuple[str, ...]


def library_card(item: LibraryPicture) -> LibraryCard:
    tone = item.words.skin_tone
    side = _(SIDES[item.laterality]) if item.laterality in SIDES else ""
    site = _(item.site_words) if item.site else _("Picture without a label")
    return LibraryCard(
        id=item.photograph,
        what=f"{site}, {side}" if side else site,
        view=_(item.view_words) if item.view else "",
        diagnosis=item.words.diagnosis,
        skin_tone=_(tone.display) if tone else "",
        tags=item.words.tags,
        thumbnail_url=_bytes(item, item.form.small.value),
        image_url=_bytes(item, item.form.large.value),
        audiences=tuple(str(SHORT[use.purpose]) for use in item.uses),
    )


def _bytes(item: LibraryPicture, rendition: str) -> str:
    """For the widest use that is permitted: what may be shown to more is the less intimate look."""
    source = reverse("clinic:rendition", args=[item.photograph, rendition])
    return f"{source}?{write_use(item.uses[-1])}"


def audience_lines(item: LibraryPicture) -> list[dict[str, Any]]:
    """Every audience of teaching, those that may see this picture first; how patients think of it."""
    permitted = {use.purpose: use for use in item.uses}
    shares = acceptance(TAUGHT)
    return [
        {
            "purpose": _(purpose.display),
            "is_allowed": purpose in permitted,
            "audience": _audience(permitted.get(purpose)),
            "url": address_of(item.photograph, permitted[purpose]) if purpose in permitted else "",
            "share": share_in_words(shares[purpose].agreed, shares[purpose].asked),
            "asked": shares[purpose].asked,
            "survey": SURVEYS.get(purpose),
        }
        for purpose in sorted(TAUGHT, key=lambda purpose: purpose not in permitted)
    ]


def _audience(use: Use | None) -> str:
    return audience_words(use.audience, use.people) if use else ""


def purpose_words(code: str) -> str:
    return _(Purpose(code).display)
