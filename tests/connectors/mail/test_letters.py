"""The words of a notice: every kind in every language, and nothing from outside but names."""

import re
import string
from itertools import product

import pytest
from tests.connectors.mail.notices import ORIGIN, notice

from safelight.connectors.mail.writing import _texts, letter_of
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.notices import WITHOUT_LINK, NoticeKind

EVERY = list(product(NoticeKind, LANGUAGES))
# Words of health, of a person, or of what only a one-time code may say.
TELLING = re.compile(
    r"patient'?s? (name|number)|diagnos|wound|skin|clinical|password|\bcode\b|\b\d{6}\b",
    re.IGNORECASE,
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_words_in(language: str) -> None:
    texts = _texts()[language]

    assert set(texts) == {"frame", *(kind.value for kind in NoticeKind)}
    for name, words in _texts()["en"].items():
        assert {key: placeholders(text) for key, text in words.items()} == {
            key: placeholders(text) for key, text in texts[name].items()
        }


def test_french_puts_a_fixed_space_before_its_double_marks() -> None:
    texts = [text for words in _texts()["fr"].values() for text in words.values()]

    assert [text for text in texts if re.search("(?<!\u00a0)[?:;!]", text)] == []
    assert any("\u00a0:" in text for text in texts)


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_letter_says_who_writes_and_whom_to_call(kind: NoticeKind, language: str) -> None:
    letter = letter_of(notice(kind, language=language), ORIGIN)

    assert "Harbour Hospital" in letter.subject
    assert "Harbour Hospital" in letter.body
    assert "+33 1 23 45 67 89" in letter.body
    assert not set("{}\r") & set(letter.subject + letter.body)
    assert "\n" not in letter.subject


@pytest.mark.parametrize(("kind", "language"), EVERY)
def test_a_letter_has_one_link_or_none(kind: NoticeKind, language: str) -> None:
    letter = letter_of(notice(kind, language=language), ORIGIN)
    links = [] if kind in WITHOUT_LINK else [f"{ORIGIN}/share/7Qm2/"]

    assert re.findall(r"\S*//\S*", letter.body) == links
    assert letter.link == "".join(links)


@pytest.mark.parametrize("kind", NoticeKind)
def test_the_words_tell_nothing_of_anybody(kind: NoticeKind) -> None:
    letter = letter_of(notice(kind, phone="112"), ORIGIN)

    assert TELLING.search(letter.subject + letter.body) is None


@pytest.mark.parametrize(
    ("language", "moment"),
    [
        ("en", "9 Jun 2026, 6:30 p.m. (CEST)"),
        ("es", "9 de junio de 2026 a las 18:30 (CEST)"),
        ("fr", "9 juin 2026 18:30 (CEST)"),
    ],
)
def test_the_end_is_told_as_the_language_writes_it(language: str, moment: str) -> None:
    assert moment in letter_of(notice(language=language), ORIGIN).body


def test_numbers_keep_their_direction_in_arabic() -> None:
    body = letter_of(notice(language="ar"), ORIGIN).body

    assert "\u2066+33 1 23 45 67 89\u2069" in body
    assert "\u2068Harbour Hospital\u2069" in body


def test_what_is_filled_in_is_not_filled_in_again() -> None:
    letter = letter_of(notice(institution="{phone} Hospital"), ORIGIN)

    assert "{phone} Hospital" in letter.subject
    assert "{phone} Hospital" in letter.body
