"""The places on a body that a clinical photograph can show.

The table is `body_sites.toml`: SNOMED CT codes with the DICOM anatomic region of each
(PS3.16 CID 4, 4028, 4029 and 4209), the sides it can have, and where it lies on the body map.
Display names are plain English strings, ready to be looked up in a translation catalogue.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from types import MappingProxyType
from typing import Any, ClassVar, Final

from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.laterality import Laterality


class UnknownBodySiteError(SafelightError):
    """A code that is not in the table."""

    code: ClassVar[str] = "vocabulary.unknown-body-site"
    message: ClassVar[str] = "This body site is not known here. Please choose one from the map."


class Sidedness(StrEnum):
    """Which sides may be said of a site."""

    PAIRED = "paired"
    MIDLINE = "midline"
    SPANNING = "spanning"


_SIDES: Final = frozenset({Laterality.LEFT, Laterality.RIGHT, Laterality.BILATERAL})
_NO_SIDE: Final = frozenset({Laterality.NOT_APPLICABLE})
_ALLOWED: Final[Mapping[Sidedness, frozenset[Laterality]]] = {
    Sidedness.PAIRED: _SIDES,
    Sidedness.MIDLINE: _NO_SIDE,
    Sidedness.SPANNING: _SIDES | _NO_SIDE,
}


@dataclass(frozen=True, slots=True)
class DicomRegion:
    """Item of Anatomic Region Sequence (0008,2218); the coding scheme is always SCT.

    ``cid`` is the context group of PS3.16 that lists the code. ``srt`` is the retired SNOMED-RT
    code that older systems still send, or None for concepts that never had one.
    """

    code: str
    meaning: str
    cid: int
    srt: str | None = None


@dataclass(frozen=True, slots=True)
class BodySite:
    """A site, by its SNOMED CT code.

    ``regions`` names the parts of the body map that show it. ``intimate_by_default`` proposes the
    sensitivity of a new picture; a person may say otherwise.
    """

    code: str
    display: str
    sidedness: Sidedness
    regions: tuple[str, ...]
    search: tuple[str, ...]
    intimate_by_default: bool
    dicom: DicomRegion

    @property
    def lateralities(self) -> frozenset[Laterality]:
        """The sides that may be recorded with this site."""
        return _ALLOWED[self.sidedness]

    def allows(self, laterality: Laterality) -> bool:
        """Whether `laterality` may be recorded with this site."""
        return laterality in self.lateralities

    def label(self, laterality: Laterality) -> str:
        """Site and side in English, such as "Left forearm, front"."""
        match laterality:
            case Laterality.LEFT | Laterality.RIGHT:
                return f"{laterality.capitalize()} {self.display[0].lower()}{self.display[1:]}"
            case Laterality.BILATERAL:
                return f"{self.display}, both sides"
            case Laterality.NOT_APPLICABLE:
                return self.display


def _site(row: Mapping[str, Any]) -> BodySite:
    return BodySite(
        code=row["code"],
        display=row["display"],
        sidedness=Sidedness(row["side"]),
        regions=tuple(row["regions"]),
        search=tuple(row.get("search", ())),
        intimate_by_default=row.get("intimate", False),
        dicom=DicomRegion(**row["dicom"]),
    )


def _load() -> Mapping[str, BodySite]:
    text = resources.files(__package__).joinpath("body_sites.toml").read_text("utf-8")
    sites = [_site(row) for row in tomllib.loads(text)["site"]]
    return MappingProxyType({site.code: site for site in sites})


BODY_SITES: Final[Mapping[str, BodySite]] = _load()
"""Every site by SNOMED CT code, in anatomical order from head to toe."""


def body_site(code: str) -> BodySite:
    """The site with this SNOMED CT code; raises UnknownBodySiteError."""
    try:
        return BODY_SITES[code]
    except KeyError:
        raise UnknownBodySiteError from None


def sites_for_region(region: str) -> list[BodySite]:
    """The sites that a region of the body map shows, in the order of the table."""
    return [site for site in BODY_SITES.values() if region in site.regions]


def body_site_options() -> list[dict[str, object]]:
    """The table as plain JSON values, for the search box and the map in the browser."""
    return [
        {
            "code": site.code,
            "display": site.display,
            "laterality": site.sidedness.value,
            "regions": list(site.regions),
            "search": list(site.search),
            "intimate": site.intimate_by_default,
        }
        for site in BODY_SITES.values()
    ]


# Sides are said beside a site, never inside its name, so "left thumb" looks for "thumb".
_SIDE_WORDS: Final = frozenset({"left", "right", "both", "bilateral", "l", "r"})
_NO_MATCH: Final = 99


def search_body_sites(text: str) -> list[BodySite]:
    """Sites whose name or other words begin with the words of `text`, best first.

    Case, accents and words for a side do not matter. Nothing to look for finds nothing.
    """
    wanted = [word for word in _words(text) if word not in _SIDE_WORDS]
    if not wanted:
        return []
    ranked = [(_rank(site, wanted), len(site.display), site) for site in BODY_SITES.values()]
    ranked.sort(key=lambda entry: entry[:2])
    return [site for rank, _, site in ranked if rank < _NO_MATCH]


def _rank(site: BodySite, wanted: list[str]) -> int:
    """0 for the whole name; a name beats another word for it; `_NO_MATCH` for none."""
    names = [_words(site.display), *(_words(other) for other in site.search)]
    ranks = [2 * _distance(name, wanted) + (name is not names[0]) for name in names]
    every_word = [word for name in names for word in name]
    scattered = _NO_MATCH - 1 if _each_begins_a_word(wanted, every_word) else _NO_MATCH
    return min(*ranks, scattered)


def _distance(name: list[str], wanted: list[str]) -> int:
    if name == wanted:
        return 0
    if " ".join(name).startswith(" ".join(wanted)):
        return 1
    return 2 if _each_begins_a_word(wanted, name) else _NO_MATCH


def _each_begins_a_word(wanted: list[str], words: list[str]) -> bool:
    return all(any(word.startswith(start) for word in words) for start in wanted)


def _words(text: str) -> list[str]:
    """`text` without case, accents and punctuation, as words."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = (char for char in plain if not unicodedata.combining(char))
    return "".join(char if char.isalnum() else " " for char in kept).split()
