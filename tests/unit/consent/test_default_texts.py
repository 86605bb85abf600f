"""The default consent form: complete, honest, easy to read, and the same in every language."""

import re
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import fmean
from xml.etree import ElementTree as ET

import pytest

import safelight.web
from safelight.consent.defaults import default_form
from safelight.consent.rules.form import Contact, read_form, write_form
from safelight.consent.rules.form_check import check_form, placeholders
from safelight.consent.rules.wording import statements_for, use_wording
from safelight.vocabulary.consent_forms import LANGUAGES, RIGHT_TO_LEFT, Statement, TextStyle
from safelight.vocabulary.purposes import BY_AGREEMENT, NAMED, USUAL_AUDIENCE, Purpose

FORM = default_form(Contact("the photo office", "+1 555 0100"))
ENGLISH = "en"
EDITIONS = list(product(LANGUAGES, TextStyle))
TRANSLATIONS = [edition for edition in EDITIONS if edition[0] != ENGLISH]
PICTOGRAMS = Path(safelight.web.__file__).parent / "static" / "safelight" / "pictograms.svg"
SVG = "{http://www.w3.org/2000/svg}"

each_edition = pytest.mark.parametrize(("language", "style"), EDITIONS)
each_translation = pytest.mark.parametrize(("language", "style"), TRANSLATIONS)


def _templates(language, style):
    """Every running text of an edition as it is stored, by its key."""
    text = FORM.text(language, style)
    return {
        "introduction": text.introduction,
        "retention": text.retention,
        **{statement.value: said.text for statement, said in text.statements.items()},
        **{purpose.value: said.text for purpose, said in text.uses.items()},
    }


def _short_pieces(language, style):
    text = FORM.text(language, style)
    headings = [item.heading for item in (*text.statements.values(), *text.uses.values())]
    return [text.title, text.agree, text.refuse, *headings]


def _as_read(language, style):
    """The running texts with everything filled in, as a patient reads them."""
    wording = statements_for(FORM, language, style, "Hill Clinic")
    yield wording.introduction
    yield from (paragraph.text for _, paragraph in wording.statements)
    for use in FORM.uses:
        yield use_wording(
            FORM, use, language, style, institution="Hill Clinic", named="Skin Journal"
        ).text


def _sentences(text):
    return [part for part in re.split(r"(?<=[.?!؟])\s+", text.strip()) if part]


def _words(text):
    return [word for word in text.split() if any(letter.isalnum() for letter in word)]


def _sentence_lengths(language, style):
    return [len(_words(s)) for text in _as_read(language, style) for s in _sentences(text)]


# What it says


def test_the_default_form_could_be_approved_as_it_is():
    assert check_form(FORM) == []


def test_the_default_form_survives_being_written_and_read():
    assert read_form(write_form(FORM)) == FORM


def test_the_number_to_call_is_the_institution_s_own():
    other = default_form(Contact("the ward", "+1 555 0199"))

    assert (other.contact.name, FORM.contact.name) == ("the ward", "the photo office")
    assert other.texts == FORM.texts


def test_every_use_that_needs_an_agreement_is_asked_once_before_its_usual_audience():
    asked = [(use.purpose, use.audience) for use in FORM.uses]

    assert asked == [(item, USUAL_AUDIENCE[item]) for item in Purpose if item in BY_AGREEMENT]


def test_the_form_is_written_in_every_language_and_style():
    assert {(language, style) for language in FORM.texts for style in FORM.texts[language]} == set(
        EDITIONS
    )


@each_edition
def test_an_edition_tells_everything_and_explains_every_use(language, style):
    text = FORM.text(language, style)

    assert set(text.statements) == set(Statement)
    assert set(text.uses) == BY_AGREEMENT
    assert all(_short_pieces(language, style))
    assert text.retention


@each_edition
@pytest.mark.parametrize("use", FORM.uses, ids=lambda use: use.purpose.value)
def test_a_use_says_how_long_by_what_name_and_before_how_many(language, style, use):
    said = placeholders(FORM.text(language, style).uses[use.purpose].text)

    assert ("period" in said) == (use.months is not None)
    assert ("named" in said) == (use.purpose in NAMED)
    assert ("people" in said) == (use.purpose is Purpose.SMALL_GROUP_TEACHING)


@each_edition
def test_nothing_but_running_text_is_left_open(language, style):
    assert [piece for piece in _short_pieces(language, style) if "{" in piece] == []
    assert placeholders(FORM.text(language, style).retention) == frozenset()


@each_edition
def test_no_text_promises_that_nobody_can_tell(language, style):
    whole = " ".join([*_templates(language, style).values(), *_short_pieces(language, style)])

    assert re.findall(r"anonym|anónim|anonim|مجهول|غفل", whole, re.IGNORECASE) == []


@each_edition
def test_yes_and_no_are_of_like_weight(language, style):
    text = FORM.text(language, style)

    assert len(_words(text.refuse)) - len(_words(text.agree)) <= 2  # "not" takes two in French


# The same in every language and style


@each_translation
def test_a_translation_says_the_same_sentence_by_sentence(language, style):
    translated = {key: len(_sentences(t)) for key, t in _templates(language, style).items()}

    assert translated == {key: len(_sentences(t)) for key, t in _templates(ENGLISH, style).items()}


@each_translation
def test_a_translation_leaves_the_same_things_open(language, style):
    # Where a language would have to bend the name of the institution, it says "our institution".
    def left_open(language):
        every = _templates(language, style).items()
        return {key: placeholders(text) - {"institution"} for key, text in every}

    assert left_open(language) == left_open(ENGLISH)
    assert "institution" in placeholders(FORM.text(language, style).introduction)


@pytest.mark.parametrize("language", LANGUAGES)
def test_easy_read_leaves_nothing_out_that_the_standard_text_names(language):
    standard, easy = (
        {key: placeholders(text) for key, text in _templates(language, style).items()}
        for style in (TextStyle.STANDARD, TextStyle.EASY_READ)
    )

    assert easy == standard


@pytest.mark.parametrize("language", LANGUAGES)
def test_easy_read_puts_each_sentence_on_a_line_of_its_own(language):
    for text in _as_read(language, TextStyle.EASY_READ):
        assert _sentences(text) == text.splitlines()


@each_translation
def test_a_translation_is_in_its_own_language(language, style):
    english = _templates(ENGLISH, style)

    assert [key for key, t in _templates(language, style).items() if t == english[key]] == []


# How it is written


@pytest.mark.parametrize("style", TextStyle)
def test_arabic_is_in_arabic_letters_and_marks(style):
    assert set(RIGHT_TO_LEFT) == {"ar"}
    whole = " ".join([*_templates("ar", style).values(), *_short_pieces("ar", style)])

    assert re.findall(r"[A-Za-z,;?]", re.sub(r"\{\w+\}", "", whole)) == []


@pytest.mark.parametrize("style", TextStyle)
def test_french_marks_do_not_stand_alone_at_the_start_of_a_line(style):
    whole = " ".join([*_templates("fr", style).values(), *_short_pieces("fr", style)])

    assert re.findall(r"[^\u00a0][:;?!»]|«[^\u00a0]|'", whole) == []


@pytest.mark.parametrize("style", TextStyle)
def test_spanish_questions_open_and_close(style):
    whole = " ".join(_templates("es", style).values())

    assert whole.count("¿") == whole.count("?") > 0


# How easy it is


@dataclass(frozen=True)
class Limits:
    """The most words in a sentence: on average and in any."""

    average: float
    longest: int


# Spanish and French need more words for the same, Arabic fewer.
LIMITS = {
    ("en", TextStyle.STANDARD): Limits(15, 25),
    ("es", TextStyle.STANDARD): Limits(15, 25),
    ("fr", TextStyle.STANDARD): Limits(15, 25),
    ("ar", TextStyle.STANDARD): Limits(12, 20),
    ("en", TextStyle.EASY_READ): Limits(10, 14),
    ("es", TextStyle.EASY_READ): Limits(10, 14),
    ("fr", TextStyle.EASY_READ): Limits(10, 14),
    ("ar", TextStyle.EASY_READ): Limits(8, 12),
}


@each_edition
def test_sentences_are_short(language, style):
    lengths, limits = _sentence_lengths(language, style), LIMITS[language, style]

    assert fmean(lengths) <= limits.average
    assert max(lengths) <= limits.longest


def _rates(language, style, syllables):
    """Words per sentence and syllables per word over a whole edition."""
    words = [word for text in _as_read(language, style) for word in _words(text)]
    per_word = sum(max(1, syllables(word.lower())) for word in words) / len(words)
    return fmean(_sentence_lengths(language, style)), per_word


def _english_syllables(word):
    """Groups of vowels, without the silent ending: close enough over a thousand words."""
    word = re.sub(r"[^a-z]", "", word)
    silent = re.search(r"([^aeiouyl]e|[^aeioutdcsgzx]es|[^aeioutd]ed)$", word) is not None
    return len(re.findall(r"[aeiouy]+", word)) - silent


def _spanish_syllables(word):
    """A strong vowel is always one; weak ones count together, where no strong one takes them."""
    word = re.sub(r"y(?=[aeiouáéíóú])", "-", word).replace("y", "i")
    return len(re.findall(r"[aeoáéíóú]|(?<![aeoáéíóúiuü])[iuü]+(?![aeoáéíóúiuü])", word))


def test_syllables_are_counted_well_enough():
    english = {"picture": 2, "take": 1, "asked": 1, "people": 2, "computer": 3, "choices": 2}
    spanish = {"guardamos": 3, "atención": 3, "fotografía": 5, "ciudad": 2, "quien": 1, "ayuda": 3}

    assert {word: _english_syllables(word) for word in english} == english
    assert {word: _spanish_syllables(word) for word in spanish} == spanish


@pytest.mark.parametrize(("style", "grade"), [(TextStyle.STANDARD, 6), (TextStyle.EASY_READ, 4)])
def test_english_can_be_read_at_eleven_years(style, grade):
    # The grade of Kincaid, Fishburne, Rogers and Chissom (1975), US Navy report 8-75; the sixth
    # school year of the United States begins at the age of eleven.
    words_per_sentence, syllables_per_word = _rates("en", style, _english_syllables)

    assert 0.39 * words_per_sentence + 11.8 * syllables_per_word - 15.59 <= grade


@pytest.mark.parametrize(("style", "ease"), [(TextStyle.STANDARD, 70), (TextStyle.EASY_READ, 80)])
def test_spanish_is_easy(style, ease):
    # Fernández Huerta (1959), with F as words per sentence: 70 and more is fairly easy, 80 easy.
    words_per_sentence, syllables_per_word = _rates("es", style, _spanish_syllables)

    assert 206.84 - 60 * syllables_per_word - 1.02 * words_per_sentence >= ease


# The pictures beside the words


def _symbols():
    root = ET.parse(PICTOGRAMS).getroot()  # noqa: S314 (our own file)
    return {symbol.get("id"): symbol for symbol in root.iter(f"{SVG}symbol")}


def test_every_statement_use_and_answer_has_a_pictogram():
    codes = {item.value for item in (*Statement, *BY_AGREEMENT)}

    assert set(_symbols()) == codes | {"yes", "no"}


def test_pictograms_are_of_one_size_take_the_colour_of_the_text_and_hold_no_words():
    drawn = PICTOGRAMS.read_text("utf-8")

    assert {symbol.get("viewBox") for symbol in _symbols().values()} == {"0 0 48 48"}
    assert set(re.findall(r'(?:stroke|fill)="([^"]+)"', drawn)) <= {"none", "currentColor"}
    assert "<text" not in drawn
