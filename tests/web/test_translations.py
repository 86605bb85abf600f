"""The patient's pages and copy are in the patient's language, every word; those of staff are not."""

import re
from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from babel.dates import get_month_names
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from tests.asking import ask_bob
from tests.cast import Cast
from tests.consenting import (
    CONTACT,
    SIGNATURE,
    answer_all,
    look_at_all,
    proposal_of,
    sign_now,
    visit_to,
)
from tests.house.make_translations import PACKAGE, TRANSLATED, read_catalogue
from tests.house.test_catalogues import ids, messages, strings
from tests.sessions import browser_of
from tests.taking import take_labelled
from tests.unit.engines.documents import readers
from tests.web.translated import GRETA, asked_of_greta, every_page, words_on

from safelight.consent.services.deciding import note_assent
from safelight.release.copies import copy_for_signer
from safelight.release.own_copy import begin_copy
from safelight.vocabulary.agreements import Assent
from safelight.vocabulary.consent_forms import RIGHT_TO_LEFT
from safelight.vocabulary.purposes import Purpose
from safelight.web.own_copy.contents import everything
from safelight.web.portal import sentences

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
TEMPLATES = PACKAGE / "web" / "templates"
BASE = "https://safelight.test"
WRITTEN_ON_THE_COPY = " ".join(
    (
        BASE,
        "p verify SHA 256",
        CONTACT.name,
        SIGNATURE.typed,
        "Alice clinician",
        "Pablo Serrano",
        *asdict(GRETA).values(),
    )
)
CODE = re.compile("[a-f]+|[A-Z]+")  # a piece of a fingerprint, or of a code
TIME = re.compile(r'<time[^>]* datetime="(\d{4})-(\d\d)-(\d\d)[^"]*">([^<]+)</time>')
LATIN = re.compile(r"\b[A-Za-z]{2,}\b")
WRITTEN_AS_IT_IS = re.compile(r"\u2068[^\u2069]*\u2069|https?://\S+")
# What is written with these letters in every language.
NAMES = {"Safelight", "Test", "Hospital", "PDF", "FHIR", "JSON", "ISO", "IEC", "TS", "index"}


PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")


def english(language: str) -> re.Pattern[str]:
    """Any message as it reads untranslated, where the translation reads differently."""
    said = {
        item
        for message in messages(read_catalogue(language))
        for item in ids(message)
        if item not in strings(message) and re.search(r"\w", PLACEHOLDER.sub("", item))
    }
    patterns = (re.sub(r"%\\\(\w+\\\)s|\\\{\w+\\\}", r"\\S+", re.escape(item)) for item in said)
    return re.compile(rf"(?<!\w)({'|'.join(patterns)})(?!\w)")


def latin(words: Iterable[str]) -> set[str]:
    """Words in the letters of English; what a sentence isolates, and an address, is no word."""
    return {word for item in words for word in LATIN.findall(WRITTEN_AS_IT_IS.sub("", item))}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_page_is_wholly_in_the_language_of_its_reader(cast: Cast, language: str) -> None:
    untranslated, months = english(language), get_month_names("wide", locale=language)
    pages = every_page(cast, language)
    for page in pages:
        content = page.content.decode()
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in content
        words = list(words_on(page, language))
        assert [item for item in words if untranslated.search(item)] == [], names_of(page)
        assert language not in RIGHT_TO_LEFT or latin(words) <= NAMES, names_of(page)
        for year, month, day, shown in TIME.findall(content):
            assert all(part in shown for part in (year, months[int(month)], day.lstrip("0")))
    assert templates_of_patients() <= {name for page in pages for name in names_of(page)}
    assert any(TIME.search(page.content.decode()) for page in pages)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_index_of_a_copy_of_everything_is_in_the_language_of_its_reader(
    cast: Cast, language: str
) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    ask_bob(cast, [picture])
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture], language=language))
    look_at_all(visit)
    answer_all(visit, [Purpose.LECTURE])
    sign_now(visit)
    with ZipFile(BytesIO(b"".join(everything(begin_copy(visit), BASE)))) as archive:
        head, _, body = archive.read("index.html").partition(b"<style>")
    index = SimpleNamespace(content=head + body.partition(b"</style>")[2])
    words = list(words_on(index, language))
    untranslated = english(language)
    assert [item for item in words if untranslated.search(item)] == []
    written = {*NAMES, "R4", *latin([CONTACT.name, SIGNATURE.typed, "Alice clinician Bob Is this"])}
    assert language not in RIGHT_TO_LEFT or latin(words) <= written


def names_of(page: Any) -> list[str]:
    return [str(template.name) for template in page.templates]


def templates_of_patients() -> set[str]:
    found = [
        path for name in ("portal", "shared", "verify") for path in TEMPLATES.glob(f"{name}/*.html")
    ]
    return {path.relative_to(TEMPLATES).as_posix() for path in map(Path, found)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_reason_to_be_led_back_is_told_in_the_language(cast: Cast, language: str) -> None:
    untranslated = english(language)
    client = Client()
    for code in [*sentences._OWN, *sentences._REFUSALS]:
        page = client.get(reverse("portal:over"), {"language": language, "because": code})
        notice = page.context["notice"]
        assert notice
        assert not untranslated.fullmatch(notice)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_copy_says_no_word_of_its_own_in_english(cast: Cast, language: str) -> None:
    visit = visit_to(cast.alice, asked_of_greta(cast, language))
    look_at_all(visit)
    answer_all(visit, yes=[Purpose.LECTURE])
    note_assent(visit, Assent.YES)
    sign_now(visit)
    text = readers.seen_text(copy_for_signer(visit, BASE, with_thumbnails=False).content)
    assert english(language).findall(text) == []
    if language in RIGHT_TO_LEFT:
        words = {word for word in latin([text]) if not CODE.fullmatch(word)}
        assert words <= NAMES | set(re.findall(r"\w+", WRITTEN_ON_THE_COPY))


@pytest.mark.parametrize(
    ("language", "day", "moment"),
    [
        ("es", "9 de marzo de 2026", "9 de marzo de 2026 a las 14:05"),
        ("fr", "9 mars 2026", "9 mars 2026 14:05"),
        ("ar", "9 مارس 2026", "9 مارس 2026، 14:05"),
    ],
)
def test_days_and_times_read_as_in_the_language(language: str, day: str, moment: str) -> None:
    at = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
    with translation.override(language):
        assert date_format(at, "DATE_FORMAT") == day
        assert date_format(at, "DATETIME_FORMAT") == moment


def test_the_pages_of_staff_stay_in_english(cast: Cast) -> None:
    strangers, alices = Client(), browser_of(cast.alice)
    for client, url in ((strangers, "/accounts/login/"), (alices, reverse("clinic:today"))):
        client.get("/verify/?language=ar")
        client.cookies["django_language"] = "ar"
        page = client.get(url, headers={"accept-language": "ar"})
        assert '<html lang="en-gb" dir="ltr">' in page.content.decode()
