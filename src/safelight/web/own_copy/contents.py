"""What goes into the copy of everything, in what order, and under what names.

Pictures come first and the index last: only then is it known what could be had. Whoever unpacks
the archive sees them side by side; an archive that was cut on its way has no list of its entries
and opens nowhere as whole, so nobody takes a part of a copy for all of it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any, Final
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from safelight.consent.selectors.mine import my_agreements
from safelight.consent.visits import Reader
from safelight.engines import fhir
from safelight.engines.documents import Archive
from safelight.institution.selectors import House, current_house
from safelight.photos.selectors import PhotographView
from safelight.recall.certificate_giving import certificates_of
from safelight.release.certificates import Certificate
from safelight.release.opened import Opened
from safelight.release.own_copy import Missing, OpenedForm, OwnCopy, SignedPapers
from safelight.release.own_record import OwnLook
from safelight.release.patient_words import speaking
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import AS_TAKEN, COVERED
from safelight.web.own_copy.looks import Days
from safelight.web.own_copy.resources import (
    form_of,
    given_access,
    kept_picture,
    look_access,
    person_of,
    resources_in,
)
from safelight.web.portal.given import GivenLine, given_lines
from safelight.web.portal.mine import agreement_line
from safelight.web.portal.pages import current_contact
from safelight.web.portal.words import PictureCard, picture_card

# Each room that makes certificates tells its own.
CERTIFICATES: Final[tuple[Callable[[Reader], list[Certificate]], ...]] = (certificates_of,)

Entry = tuple[str, bytes]

_ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "application/json": "json",
}
_FORMS: Final = {
    AS_TAKEN: ("as-taken", gettext_noop("As it was taken")),
    COVERED: ("covered", gettext_noop("As it was covered for use by others")),
}
_WHY: Final = {
    Missing.REFUSED: gettext_noop("It may not be seen any more."),
    Missing.VISIT_OVER: gettext_noop("You were signed out before it was reached."),
    Missing.CANNOT_BE_OPENED: gettext_noop("It cannot be opened. Please call the number."),
}


@dataclass(frozen=True)
class FormLine:
    """One form of a picture in the index: where it lies. `small` is "" without a small one."""

    title: str
    large: str
    small: str


@dataclass
class PictureLine:
    """A picture in the index. PHI."""

    number: int
    card: PictureCard
    view: str
    description: str
    forms: list[FormLine] = field(default_factory=list)
    missing: str = ""


@dataclass
class PapersLine:
    """What was signed at one time, or a certificate. PHI."""

    papers: SignedPapers | Certificate
    path: str = ""
    missing: str = ""


@dataclass
class _Contents:
    """What was put in by now, for the index to tell."""

    copy: OwnCopy
    base_url: str
    pictures: list[PictureLine] = field(default_factory=list)
    papers: list[PapersLine] = field(default_factory=list)
    certificates: list[PapersLine] = field(default_factory=list)
    days: Days = field(default_factory=Days)
    agreements: list[dict[str, Any]] = field(default_factory=list)
    given: list[GivenLine] = field(default_factory=list)
    resources: dict[object, fhir.Element] = field(default_factory=dict)
    house: House = field(default_factory=current_house)
    is_cut: bool = False
    is_fhir_whole: bool = True

    def __post_init__(self) -> None:
        self.person = person_of(self.copy)

    def entries(self) -> Iterator[Entry]:
        """PHI: all of it. Words are in the language that is active."""
        self._add_resources(lambda: [fhir.person_resource(self.person)])
        for number, picture in enumerate(self.copy.pictures, start=1):
            yield from self._picture(number, picture)
        for number, papers in enumerate(self.copy.papers(self.base_url), start=1):
            yield from self._papers(number, papers)
        yield from self._certificates()
        yield from self._looks()
        if self.copy.goes_on():
            self._tell()
        else:
            self.is_cut = True
        yield "fhir/record.json", self._bundle([*self.resources.values()])
        if left_out := list(self._left_out()):
            yield "not-included.txt", ("\r\n".join(left_out) + "\r\n").encode("utf-8-sig")
        yield "index.html", self._index().encode()

    def _picture(self, number: int, picture: PhotographView) -> Iterator[Entry]:
        line = PictureLine(number, picture_card(picture), *self._labels(picture))
        self.pictures.append(line)
        forms: list[fhir.Form] = []
        for found in self.copy.forms_of(picture):
            if isinstance(found, Missing):
                line.missing = _(_WHY[found])
                continue
            for name, content, told in self._form(line, found):
                yield name, content
                forms += told
        if forms:
            self._add_resources(lambda: self._picture_resources(picture, line, forms))

    def _labels(self, picture: PhotographView) -> tuple[str, str]:
        """What staff wrote about the picture is for the patient in person."""
        view = _(picture.view_display) if picture.view else ""
        return view, picture.description if self.copy.reader.is_patient else ""

    def _form(
        self, line: PictureLine, found: OpenedForm
    ) -> Iterator[tuple[str, bytes, list[fhir.Form]]]:
        word, title = _FORMS[found.form]
        name = f"{line.number:03}-{word}"
        large = f"pictures/{name}.{_ending(found.large)}"
        small = f"pictures/small/{name}.{_ending(found.small)}" if found.small else ""
        yield large, found.large.content, [form_of(large, _(title), found.large)]
        if found.small:
            yield small, found.small.content, []
        line.forms.append(FormLine(_(title), large, small))

    def _papers(self, number: int, papers: SignedPapers) -> Iterator[Entry]:
        line = PapersLine(papers, missing=_(_WHY[papers.missing]) if papers.missing else "")
        self.papers.append(line)
        if papers.pdf:
            line.path = f"agreements/{number:03}-signed.{_ending(papers.pdf)}"
            yield line.path, papers.pdf.content
        if papers.fhir:
            kept = resources_in(papers.fhir)
            self._add_resources(lambda: kept)

    def _certificates(self) -> Iterator[Entry]:
        rooms = CERTIFICATES if self.copy.goes_on() else ()
        found = [item for room in rooms for item in room(self.copy.reader)]
        for number, item in enumerate(found, start=1):
            line = PapersLine(item)
            self.certificates.append(line)
            try:
                opened = item.open()
            except SafelightError:
                line.missing = _(_WHY[Missing.CANNOT_BE_OPENED])
                continue
            line.path = f"certificates/{number:03}.{_ending(opened)}"
            yield line.path, opened.content

    def _looks(self) -> Iterator[Entry]:
        for number, looks in enumerate(self.copy.looks(), start=1):
            if not self.copy.goes_on():
                break
            self.days.add(looks)
            told = [self._made(partial(self._look_resources, look)) for look in looks]
            yield f"fhir/looks-{number:03}.json", self._bundle(list(chain.from_iterable(told)))
        self.days.end()

    def _tell(self) -> None:
        """What others were given, and what was agreed to."""
        cards = [line.card for line in self.pictures]
        mine = my_agreements(self.copy.reader)
        self.agreements = [agreement_line(item, cards) for item in mine]
        self.given = given_lines(self.copy.reader, cards)
        listed = {line.card.id for line in self.pictures if line.forms}
        for line in self.given:
            self._add_resources(partial(self._given_resources, line, listed))

    def _picture_resources(
        self, picture: PhotographView, line: PictureLine, forms: Sequence[fhir.Form]
    ) -> list[fhir.Element]:
        kept = kept_picture(picture, line.card.label, tuple(forms))
        return fhir.picture_resources(kept, self.person.key, self.house.name)

    def _look_resources(self, look: OwnLook) -> list[fhir.Element]:
        return [fhir.access_event(look_access(look), self.person.key, self.house.name)]

    def _given_resources(self, line: GivenLine, listed: AbstractSet[UUID]) -> list[fhir.Element]:
        event = fhir.access_event(given_access(line, listed), self.person.key, self.house.name)
        return [event]

    def _add_resources(self, make: Callable[[], list[fhir.Element]]) -> None:
        made = self._made(make)
        self.resources |= {(item["resourceType"], item["id"]): item for item in made}

    def _made(self, make: Callable[[], list[fhir.Element]]) -> list[fhir.Element]:
        """What FHIR cannot carry, such as an odd character, keeps nobody from the rest."""
        try:
            return make()
        except fhir.FhirInputError:
            self.is_fhir_whole = False
            return []

    def _bundle(self, resources: list[fhir.Element]) -> bytes:
        bundle = fhir.own_bundle(
            resources,
            self.person,
            assembled_at=self.copy.begun_at,
            test_data=self.house.is_test_data,
        )
        return json.dumps(bundle, ensure_ascii=False, indent=1).encode()

    def _left_out(self) -> Iterator[str]:
        if self.is_cut:
            yield _(_WHY[Missing.VISIT_OVER])
        if not self.is_fhir_whole:
            yield _("The part for other computers lacks something that stands on this page.")
        for line in self.pictures:
            if line.missing:
                picture = _("Picture {number}").format(number=line.number)
                yield f"{picture}: {line.missing}"
        paper = _("A paper that you signed or were given")
        for papers in (*self.papers, *self.certificates):
            if papers.missing:
                yield f"{paper}: {papers.missing}"

    def _index(self) -> str:
        numbers = {line.card.id: line.number for line in self.pictures}
        context = {
            "LANGUAGE_CODE": translation.get_language(),
            "house": self.house,
            "contact": current_contact(),
            "copy": self.copy,
            "pictures": self.pictures,
            "papers": self.papers,
            "certificates": self.certificates,
            "agreements": [(item, _numbers(item["pictures"], numbers)) for item in self.agreements],
            "given": [(item, _numbers(item.pictures, numbers)) for item in self.given],
            "days": self.days.told,
            "left_out": list(self._left_out()),
        }
        return render_to_string("own_copy/index.html", context)


def _ending(opened: Opened) -> str:
    """Of a file's name; nothing of it comes from outside."""
    return _ENDINGS.get(opened.media_type, "bin")


def _numbers(cards: Iterable[PictureCard], numbers: Mapping[UUID, int]) -> list[int]:
    return sorted(numbers[card.id] for card in cards if card.id in numbers)


def everything(copy: OwnCopy, base_url: str) -> Iterator[bytes]:
    """The archive, piece by piece, in the reader's language. No more than one picture is held.

    INVARIANT: nothing is written to the disk, and the language is set for no longer than it takes
    to make one entry, for between two of them the thread may serve somebody else.
    """
    zone = current_house().zone
    archive = Archive(timezone.localtime(copy.begun_at, zone))
    entries = _Contents(copy, base_url).entries()
    while True:
        with speaking(copy.reader.language), timezone.override(zone):
            entry = next(entries, None)
        if entry is None:
            break
        yield archive.add(*entry)
    yield archive.end()
