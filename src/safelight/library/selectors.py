"""Reads of the library. Everything is about pictures that the asker may teach with, now.

INVARIANT: no list, count or facet here is made from anything but what `teachable` gave.
"""

from collections.abc import Collection as Several
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from safelight.audit.services import Entry, record_durably
from safelight.library.models import Collection, Description
from safelight.library.rules import CaseWords, Facets, Found, Wanted, Words, facets, matches
from safelight.people.asker import Asker
from safelight.photos.forms import by_form
from safelight.photos.models import Photograph
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use
from safelight.release.teachable import teachable
from safelight.vault.fields import fields_of_patients, institution_fields
from safelight.vocabulary.body_sites import body_site
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import FormForUse, ImageView

PAGE: Final = 24


@dataclass(frozen=True)
class LibraryPicture:
    """One picture and before whom it may be shown. Nothing says whose it is. PHI: its words."""

    photograph: UUID
    site: str
    site_words: str
    laterality: str
    view: str
    view_words: str
    words: Words
    uses: tuple[Use, ...]
    form: FormForUse

    @property
    def found(self) -> Found:
        purposes = frozenset(use.purpose.value for use in self.uses)
        return Found(self.site, self.site_words, self.view, self.words, purposes)


@dataclass(frozen=True)
class Shelf:
    """One page of what was found, how many there are in all, and how it could be narrowed."""

    pictures: Sequence[LibraryPicture]
    total: int
    page: int
    facets: Facets

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def search(asker: Asker, wanted: Wanted, page: int = 1) -> Shelf:
    """What the asker may teach with and searched for; the record says what the page lists."""
    everything = _pictures(teachable(asker))
    fitting = [item for item in everything if matches(item.found, wanted)]
    number = min(max(1, page), max(1, -(-len(fitting) // PAGE)))
    listed = fitting[(number - 1) * PAGE : number * PAGE]
    record_durably(
        Entry(
            tag=EventTag.LIBRARY_SEARCHED,
            actor=asker.staff,
            objects=tuple(item.photograph for item in listed),
            details={name: getattr(wanted, name) for name in Wanted.__dataclass_fields__},
        )
    )
    return Shelf(listed, len(fitting), number, facets([item.found for item in everything], wanted))


def library_picture(asker: Asker, photograph: UUID) -> LibraryPicture:
    """One of them; AccessRefusedError if the asker may not teach with it, or it is not there."""
    found = _pictures(teachable(asker, [photograph]))
    if not found:
        raise AccessRefusedError
    return found[0]


def _pictures(uses: Mapping[UUID, tuple[Use, ...]]) -> list[LibraryPicture]:
    """The newest first."""
    rows = Photograph.objects.filter(id__in=uses).order_by("-taken_at", "id")
    words = _words(uses)
    forms = {item: form for form, ids in by_form(list(uses)).items() for item in ids}
    return [_picture(row, words.get(row.id, Words()), uses[row.id], forms[row.id]) for row in rows]


def _picture(
    row: Photograph, words: Words, uses: tuple[Use, ...], form: FormForUse
) -> LibraryPicture:
    return LibraryPicture(
        photograph=row.id,
        site=row.body_site,
        site_words=body_site(row.body_site).display if row.body_site else "",
        laterality=row.laterality,
        view=row.view,
        view_words=ImageView(row.view).display if row.view else "",
        words=words,
        uses=uses,
        form=form,
    )


def _words(photographs: Several[UUID]) -> dict[UUID, Words]:
    rows = list(Description.objects.filter(photograph__in=photographs).select_related("photograph"))
    fields = fields_of_patients({row.photograph.patient_id for row in rows})
    return {
        row.photograph_id: Words.from_data(
            fields[row.photograph.patient_id].unseal_data(
                "library", row.photograph_id, row.sealed_words
            )
        )
        for row in rows
        if row.photograph.patient_id in fields
    }


@dataclass(frozen=True)
class CollectionLine:
    """One collection in a list; `count` is of the pictures that the asker may see now. PHI: words."""

    id: UUID
    words: CaseWords
    owner: str
    is_own: bool
    is_open: bool
    changed_at: datetime
    count: int


@dataclass(frozen=True)
class CollectionView:
    """A collection with the pictures of it that the asker may teach with now. PHI."""

    id: UUID
    words: CaseWords
    owner: str
    is_own: bool
    is_open: bool
    pictures: Sequence[LibraryPicture]
    taken_back: int
    """How many of its pictures patients took back; told to the owner, whose words may speak of them."""


def collections(asker: Asker) -> list[CollectionLine]:
    """Their own, and those that others have opened; the newest change first."""
    rows = list(_readable(asker).prefetch_related("pictures").order_by("-changed_at", "id"))
    wanted = {item.photograph_id for row in rows for item in row.pictures.all()}
    allowed = teachable(asker, sorted(wanted))
    lines = [_line(asker, row, allowed) for row in rows]
    return [line for line in lines if line is not None]


def _line(
    asker: Asker, row: Collection, allowed: Mapping[UUID, tuple[Use, ...]]
) -> CollectionLine | None:
    held = [item.photograph_id for item in row.pictures.all()]
    shown = sum(item in allowed for item in held)
    words = _words_for(asker, row, shown=shown, held=len(held) + row.taken_back)
    if words is None:
        return None
    return CollectionLine(
        id=row.id,
        words=words,
        owner=row.owner.display_name,
        is_own=row.owner_id == asker.staff,
        is_open=row.is_open,
        changed_at=row.changed_at,
        count=shown,
    )


def _words_for(asker: Asker, row: Collection, *, shown: int, held: int) -> CaseWords | None:
    """A history speaks of its pictures: to others it is told while all of them may be shown.

    With one that may not be shown they read the title alone, and with none nothing: None. INVARIANT:
    a picture that was taken back counts as held, or its history would be told again once it is gone.
    """
    words = words_of(row)
    if row.owner_id == asker.staff or shown == held:
        return words
    return CaseWords(words.title) if shown else None


def collection(asker: Asker, collection_id: UUID) -> CollectionView:
    """AccessRefusedError for one of somebody else's that is not open, and for one that never was."""
    row = _readable(asker).filter(id=collection_id).first()
    if row is None:
        raise AccessRefusedError
    order = list(row.pictures.order_by("place").values_list("photograph", flat=True))
    known = {item.photograph: item for item in _pictures(teachable(asker, order))}
    words = _words_for(asker, row, shown=len(known), held=len(order) + row.taken_back)
    if words is None:
        raise AccessRefusedError
    return CollectionView(
        id=row.id,
        words=words,
        owner=row.owner.display_name,
        is_own=row.owner_id == asker.staff,
        is_open=row.is_open,
        pictures=[known[item] for item in order if item in known],
        taken_back=row.taken_back if row.owner_id == asker.staff else 0,
    )


def _readable(asker: Asker) -> QuerySet[Collection]:
    rows = Collection.objects.filter(removed_at=None).select_related("owner")
    return rows.filter(Q(owner=asker.staff) | Q(is_open=True))


def words_of(row: Collection) -> CaseWords:
    return CaseWords.from_data(
        institution_fields().unseal_data("collection", row.id, row.sealed_words)
    )
