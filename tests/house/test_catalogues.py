"""The catalogues of the patient's pages are whole, right in form, and compiled as they stand."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from gettext import c2py

import pytest
from babel.messages import Catalog, Message
from tests.house.make_translations import (
    LOCALE,
    TRANSLATED,
    compiled,
    everything,
    po_of,
    read_catalogue,
)

STALE = "run `make translations`, fill in what is empty, and run it once more"
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")
TAG = re.compile(r"<[^>]*>")
ENTITY = re.compile(r"&#?\w+;")
COUNT = "%(n)s"
NUMBERS = range(200)
# What a printer of the language would strike out.
MISPRINTS = {
    "es": re.compile(r"^[^¿]*\?|^[^¡]*!"),
    "fr": re.compile(r"[^\u00a0][:;?!»]|«[^\u00a0]|'"),
    "ar": re.compile(r"[?;,]"),
}


def messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def strings(message: Message) -> tuple[str, ...]:
    return forms(message.string)


def ids(message: Message) -> tuple[str, ...]:
    return forms(message.id)


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """One string, or one for each plural form."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def words_of(catalog: Catalog) -> dict[tuple[str | None, str], tuple[str, ...]]:
    return {(message.context, ids(message)[0]): strings(message) for message in messages(catalog)}


def test_every_language_of_the_forms_has_a_catalogue_and_no_other() -> None:
    assert sorted(path.name for path in LOCALE.iterdir()) == sorted(TRANSLATED)


def test_everything_a_patient_reads_is_found() -> None:
    found = {ids(message)[0] for message in messages(everything())}
    assert {
        "Skip to the content",  # the frame of every page
        "Thank you. It is signed.",  # a template
        "You said yes to %(n)s use.",  # a plural in a template
        "%(site)s, left",  # marked without being translated there
        "Use it",  # a word with a context
        "Page {n} of {m}",  # the copy
        "Check a code",  # the public page
        "Small-group teaching",  # a coded word
        "Please look at every picture before you sign.",  # an error
        "Forearm, front",  # a body site
    } <= found


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_what_is_in_the_sources_and_nothing_else(language: str) -> None:
    written, wanted = words_of(read_catalogue(language)), words_of(everything())
    assert written.keys() == wanted.keys(), STALE


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_without_a_translation(language: str) -> None:
    catalog = read_catalogue(language)
    empty = [message.id for message in messages(catalog) if not all(strings(message))]
    assert empty == [], STALE
    assert [message.id for message in messages(catalog) if message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    assert po_of(language).with_suffix(".mo").read_bytes() == compiled(read_catalogue(language)), (
        STALE
    )


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_placeholder_survives(language: str) -> None:
    catalog = read_catalogue(language)
    rule = numbers_of_forms(catalog)
    wrong = [
        (said, told)
        for message in messages(catalog)
        for form, told in enumerate(strings(message))
        for said in [ids(message)[-1]]
        if placeholders(told) not in allowed(rule, message, form)
    ]
    assert wrong == []


def placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def allowed(rule: Counter[int], message: Message, form: int) -> list[list[str]]:
    """All of them; the count may go where the form is said of one number only, as a dual is."""
    whole = placeholders(ids(message)[-1])
    without = [item for item in whole if item != COUNT]
    return [whole, without] if message.pluralizable and rule[form] == 1 else [whole]


def numbers_of_forms(catalog: Catalog) -> Counter[int]:
    """How many numbers each form is said of, by the catalogue's own rule."""
    rule = c2py(catalog.plural_expr)
    return Counter(rule(number) for number in NUMBERS)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_brings_no_markup_of_its_own(language: str) -> None:
    for message in messages(read_catalogue(language)):
        for told in strings(message):
            assert sorted(TAG.findall(told)) == sorted(TAG.findall(ids(message)[0]))
            assert set(TAG.findall(told)) <= {"<bdi>", "</bdi>"}
            assert ENTITY.findall(told) == []


@pytest.mark.parametrize(("language", "count"), [("es", 2), ("fr", 2), ("ar", 6)])
def test_a_count_has_every_plural_form_of_the_language(language: str, count: int) -> None:
    catalog = read_catalogue(language)
    counted = [message for message in messages(catalog) if message.pluralizable]
    assert {len(strings(message)) for message in counted} == {count}
    assert numbers_of_forms(catalog).keys() == set(range(count))


@pytest.mark.parametrize("language", TRANSLATED)
def test_marks_stand_as_the_language_sets_them(language: str) -> None:
    told = [item for message in messages(read_catalogue(language)) for item in strings(message)]
    assert [item for item in told if MISPRINTS[language].search(item)] == []
