"""The texts of a form as fields, and what a draft changes, without a page around them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.consent.defaults import default_form
from safelight.consent.errors import MalformedFormError
from safelight.consent.rules.form import Contact, Form, Paragraph, Text
from safelight.vocabulary.consent_forms import LANGUAGES, Statement, TextStyle
from safelight.vocabulary.purposes import Purpose
from safelight.web.forms.changes import ADDED, REMOVED, SAME, changes_between
from safelight.web.forms.fields import NO_TEXT, fields_of, with_posted
from safelight.web.forms.shown import shown_text, tongues_of
from safelight.web.forms.uses import posted_rows, read_uses, use_rows

FORM = default_form(Contact("Picture office", "+1 555 010 0100"))
ENGLISH = FORM.texts["en"][TextStyle.STANDARD]
PURPOSES = [use.purpose for use in FORM.uses]
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=60)


def posted(text: Text, purposes: list[Purpose] = PURPOSES) -> dict[str, str]:
    return {field.name: field.words for _legend, field in fields_of(text, purposes)}


def with_english(form: Form, text: Text) -> Form:
    styles = {**form.texts["en"], TextStyle.STANDARD: text}
    return replace(form, texts={**form.texts, "en": styles})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("style", TextStyle)
def test_a_page_that_is_saved_as_it_came_changes_nothing(language: str, style: TextStyle) -> None:
    text = FORM.texts[language][style]
    assert with_posted(text, posted(text), PURPOSES) == text
    assert with_posted(NO_TEXT, posted(text), PURPOSES) == text


@given(st.dictionaries(st.sampled_from(sorted(posted(ENGLISH))), words))
def test_what_is_written_is_kept_and_nothing_else_is_touched(written: dict[str, str]) -> None:
    kept = posted(with_posted(ENGLISH, written, PURPOSES))
    assert kept == posted(ENGLISH) | {name: item.strip() for name, item in written.items()}


def test_a_use_that_the_page_does_not_ask_about_keeps_its_words() -> None:
    kept = with_posted(ENGLISH, {"title": "Other"}, [Purpose.LECTURE])
    assert kept.uses == ENGLISH.uses


def test_a_statement_that_is_emptied_is_gone() -> None:
    name = f"statement-{Statement.COPY.value}"
    kept = with_posted(ENGLISH, {f"{name}-heading": " ", f"{name}-text": ""}, PURPOSES)
    assert set(ENGLISH.statements) - set(kept.statements) == {Statement.COPY}


def test_lines_end_as_everywhere_else() -> None:
    assert with_posted(ENGLISH, {"introduction": "One.\r\nTwo."}, []).introduction == "One.\nTwo."


def test_the_same_form_has_no_changes() -> None:
    assert changes_between(FORM, FORM) == []


def test_a_changed_word_is_shown_between_the_words_around_it() -> None:
    text = replace(ENGLISH, refuse="No, thank you")
    (changed,) = changes_between(FORM, with_english(FORM, text))
    assert changed.tongue
    assert (changed.tongue.language, changed.tongue.style) == ("en", "standard")
    (change,) = changed.changes
    assert change.where == "Title, answers and retention: The words for no"
    pieces = [(piece.kind, piece.words) for piece in change.pieces]
    assert pieces == [(SAME, "No, "), (REMOVED, "I do not agree"), (ADDED, "thank you")]


@given(words, words)
def test_both_texts_can_be_read_out_of_the_changes(was: str, now: str) -> None:
    before, after = (with_english(FORM, replace(ENGLISH, title=item)) for item in (was, now))
    pieces = [
        piece
        for text in changes_between(before, after)
        for change in text.changes
        for piece in change.pieces
    ]
    assert bool(pieces) is (was != now)
    if pieces:
        assert "".join(item.words for item in pieces if item.kind != ADDED) == was
        assert "".join(item.words for item in pieces if item.kind != REMOVED) == now


def test_a_language_that_is_gone_and_a_use_that_ends_later_are_changes() -> None:
    texts = {key: styles for key, styles in FORM.texts.items() if key != "fr"}
    uses = tuple(
        replace(use, months=36) if use.purpose is Purpose.LECTURE else use for use in FORM.uses
    )
    changed = changes_between(FORM, replace(FORM, texts=texts, uses=uses))
    assert [item.tongue.language if item.tongue else "" for item in changed] == ["", "fr", "fr"]
    told = [piece.words.strip() for piece in changed[0].changes[0].pieces if piece.kind != SAME]
    assert told == ["2", "3"]


def test_rows_that_are_posted_as_they_came_ask_the_same() -> None:
    rows = use_rows(FORM)
    fields = {f"people-{row.key}": row.people for row in rows}
    fields |= {f"months-{row.key}": row.months for row in rows}
    fields |= {f"asked-{row.key}": "on" for row in rows if row.is_asked}
    assert read_uses(posted_rows(FORM, fields)) == FORM.uses


def test_every_use_can_be_ticked_even_where_a_form_asks_nothing() -> None:
    rows = use_rows(replace(FORM, uses=()))
    assert len(rows) == len(FORM.uses)
    assert not any(row.is_asked for row in rows)


@pytest.mark.parametrize("typed", ["0", "-1", "twelve", "1.5", "1000000", "9" * 5000])
def test_a_number_that_is_none_is_refused(typed: str) -> None:
    rows = [replace(row, people=typed) for row in use_rows(FORM)]
    with pytest.raises(MalformedFormError):
        read_uses(rows)


def test_a_half_written_draft_can_be_read() -> None:
    text = replace(
        ENGLISH,
        title="Open { brace",
        statements={Statement.COPY: Paragraph("", "{contact_name")},
        uses={},
    )
    form = with_english(replace(FORM, contact=Contact()), text)
    shown = [shown_text(form, item, "Test Hospital") for item in tongues_of(form)]
    assert shown[0].wording.title == "Open { brace"
    assert shown[0].uses == []
