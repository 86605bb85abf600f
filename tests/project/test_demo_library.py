"""The demo's teaching library and its publication, built by the verbs that a hospital uses."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.pictures import jpeg

from safelight.audit.models import Event
from safelight.library.rules import Wanted
from safelight.library.selectors import collections, search
from safelight.project.demo import library, publishing
from safelight.project.demo.asking import approve_the_form, ask_patients
from safelight.project.demo.building import build_people
from safelight.project.demo.library import CASE_PICTURES, DESCRIPTIONS, fill_the_library
from safelight.project.demo.publishing import register_a_publication
from safelight.project.demo.requests import REQUESTS
from safelight.project.demo.studio import Shot, shots
from safelight.project.demo.taking_in import asker_named, take_in_and_label
from safelight.publishing.rules import PublicationStage
from safelight.publishing.selectors import my_publications

KOFI = tuple(item for item in REQUESTS if item.patient == "kofi")


def described() -> set[str]:
    return {f"{item.patient}/{key}" for item in DESCRIPTIONS for key in item.pictures}


def test_what_is_described_was_asked_about_and_agreed_to() -> None:
    agreed = {
        f"{request.patient}/{key}"
        for request in REQUESTS
        if request.yes
        for key in request.pictures
        if key not in request.left_out
    }
    assert described() <= agreed
    assert set(CASE_PICTURES) <= described()


@pytest.fixture
def kofis(monkeypatch: pytest.MonkeyPatch) -> list[Shot]:
    """Kofi alone is asked; small pictures in the place of drawn ones."""

    def small(wanted: Sequence[Shot]) -> Iterator[tuple[Shot, bytes]]:
        return ((shot, jpeg(seed)) for seed, shot in enumerate(wanted))

    monkeypatch.setattr("safelight.project.demo.taking_in.drawn", small)
    monkeypatch.setattr("safelight.project.demo.asking.REQUESTS", KOFI)
    keys = {f"kofi/{key}" for request in KOFI for key in request.pictures}
    return [shot for shot in shots(datetime.now(UTC).date()) if shot.key in keys]


@pytest.mark.django_db(databases="__all__")
def test_the_library_has_words_and_a_case_and_a_publication_waits_for_its_layout(
    stores: Path, kofis: list[Shot]
) -> None:
    build_people()
    take_in_and_label(kofis)
    approve_the_form()
    ask_patients()
    fill_the_library()
    register_a_publication()
    theo, alice = asker_named("theo"), asker_named("alice")
    assert search(theo, Wanted(text="venous compression")).total == len(CASE_PICTURES)
    (case,) = collections(theo)
    assert (case.words, case.count, case.is_open) == (library.CASE, len(CASE_PICTURES), True)
    (work,) = my_publications(alice)
    assert (work.named, work.stage) == (publishing.NAMED, PublicationStage.LAYOUT_MISSING)
    before = Event.objects.count()
    fill_the_library()
    register_a_publication()
    assert Event.objects.count() == before
