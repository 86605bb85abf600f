"""What the clinic's templates show, as plain values. PHI throughout."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from safelight.institution.selectors import current_house
from safelight.patients.selectors import KnownPatient, PlacedEncounter
from safelight.photos.selectors import PhotographView
from safelight.release.access import OpenRecord
from safelight.vocabulary.coded import Coded
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import PhotographState, Rendition

SIDES = {
    Laterality.LEFT.value: "left",
    Laterality.RIGHT.value: "right",
    Laterality.BILATERAL.value: "both sides",
}


@dataclass(frozen=True, kw_only=True)
class PatientCard:
    """A patient as lists and banners show them: always with two identifiers."""

    id: UUID
    name: str
    birth_date: date
    age: int
    identifier: str
    identifier_label: str
    department: str = ""
    place: str = ""
    photograph_count: int = 0
    to_label_count: int = 0
    last_photograph_on: datetime | None = None
    has_relationship: bool = True


def patient_card(patient: KnownPatient, **more: Any) -> PatientCard:  # noqa: ANN401 - named fields of the card
    house = current_house()
    identifiers = {item.system: item.value for item in patient.identity.identifiers}
    first = next(iter(identifiers.values()), "")
    return PatientCard(
        id=patient.id,
        name=patient.identity.display_name,
        birth_date=patient.identity.birth_date,
        age=patient.identity.age_on(timezone.localdate()),
        identifier=identifiers.get(house.identifier_system, first),
        identifier_label=house.identifier_label,
        **more,
    )


@dataclass(frozen=True, kw_only=True)
class PhotographCard:
    """A photograph as tiles and pages show it."""

    id: UUID
    patient: UUID
    taken_at: datetime
    taken_by: str
    site_code: str
    body_site: str
    laterality: str
    laterality_code: str
    view: str
    view_code: str
    sensitivity: str
    sensitivity_code: str
    state: str
    state_label: str
    thumbnail_url: str
    image_url: str
    original_url: str
    is_hidden: bool
    needs_label: bool
    description: str
    encounter_id: UUID | None
    sha256: str
    note: str
    width: int
    height: int
    encounter: str = ""
    is_selected: bool = False


def rendition_url(photograph: UUID, rendition: Rendition, gallery: UUID | None = None) -> str:
    url = reverse("clinic:rendition", args=[photograph, rendition.value])
    return f"{url}?{urlencode({'gallery': str(gallery)})}" if gallery else url


def photograph_card(
    view: PhotographView,
    *,
    gallery: UUID | None = None,
    is_opened: bool = False,
    is_selected: bool = False,
    encounter: str = "",
) -> PhotographCard:
    """A card; the addresses of its bytes only where they would be given.

    `is_opened` says that a reason for a protected picture was stated just now.
    """
    is_shown = view.state is PhotographState.VERIFIED and (is_opened or not view.is_hidden)
    return PhotographCard(
        id=view.id,
        patient=view.patient,
        taken_at=view.taken_at,
        taken_by=view.taken_by_name,
        site_code=view.body_site,
        body_site=_what(view),
        laterality=_(SIDES[view.laterality]) if view.laterality in SIDES else "",
        laterality_code=view.laterality,
        view=_(view.view_display) if view.view else "",
        view_code=view.view,
        sensitivity=_(view.sensitivity.display),
        sensitivity_code=view.sensitivity.value,
        state=view.state.value,
        state_label=_(view.state.display),
        thumbnail_url=rendition_url(view.id, Rendition.THUMBNAIL, gallery) if is_shown else "",
        image_url=rendition_url(view.id, Rendition.DISPLAY) if is_shown else "",
        original_url=rendition_url(view.id, Rendition.ORIGINAL) if is_shown else "",
        is_hidden=view.is_hidden and not is_opened,
        needs_label=view.needs_label,
        description=view.description,
        encounter_id=view.encounter,
        sha256=view.sha256,
        note=view.note,
        width=view.width,
        height=view.height,
        encounter=encounter,
        is_selected=is_selected,
    )


def _what(view: PhotographView) -> str:
    """The body site, or that it is a page to be published; "" while nobody has labelled it."""
    if view.is_layout:
        return _("Layout of a publication")
    return _(view.body_site_display) if view.body_site else ""


def record_context(record: OpenRecord) -> dict[str, Any]:
    """What the banner of every page about a patient needs."""
    ends_at = record.break_glass_ends_at
    return {
        "patient": patient_card(record.patient),
        "break_glass": {"ends_at": ends_at} if ends_at else None,
    }


@dataclass(frozen=True)
class Choice:
    """One of several, for radio buttons and lists."""

    value: str
    label: str
    help: str = ""


def choices(words: Iterable[Coded]) -> list[Choice]:
    return [Choice(word.value, _(word.display)) for word in words]


@dataclass(frozen=True)
class EncounterChoice:
    id: UUID
    label: str


def encounter_choices(encounters: Iterable[PlacedEncounter]) -> list[EncounterChoice]:
    return [EncounterChoice(item.id, encounter_label(item)) for item in encounters]


def encounter_label(encounter: PlacedEncounter) -> str:
    words = [encounter.department_name, encounter.place, day_of(encounter.started_at)]
    return " · ".join(word for word in words if word)


def day_of(moment: datetime) -> str:
    """The day of a moment, here and as the reader writes it."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def by_key(items: Iterable[PhotographCard], key: str) -> Mapping[Any, list[PhotographCard]]:
    """Cards grouped by an attribute, groups and cards in the order they came."""
    groups: dict[Any, list[PhotographCard]] = {}
    for item in items:
        groups.setdefault(getattr(item, key), []).append(item)
    return groups
