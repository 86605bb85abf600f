"""Words come from patients and staff: whatever they write stands on the page as written."""

import threading
from dataclasses import replace

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engines.documents.copies import a_copy, a_signer
from tests.unit.engines.documents.readers import page_count, seen_text, tags, text

from safelight.engines.documents import CopyStatement, UnfitContentError, render_copy
from safelight.engines.documents.words import clean, clean_line

MARKUP = [
    '#import "@preview/cetz:0.3.0": *',
    '#read("/etc/passwd")',
    '#eval("1 + 1")',
    "#include sys.inputs.words",
    "= Heading *bold* _it_ `raw` $x^2$ <label> @ref",
    '"quoted" \\ back\\slash \\u{41} #{ }',
    "// comment /* comment */ end",
    "'); panic(\"x\"); ('",
    "{n} of {m} {name}",
    "<svg onload=alert(1)> &amp; ]]>",
]


@pytest.mark.parametrize("words", MARKUP)
def test_markup_is_words(words):
    page = seen_text(render_copy(a_copy(title=words, institution=words, how_to_withdraw=words)))
    assert page.count(words) >= 3


@pytest.mark.parametrize("words", MARKUP)
def test_markup_is_words_for_a_screen_reader_too(words):
    copy = a_copy()
    pictures = (replace(copy.pictures[0], label=words),)
    labels = replace(copy.labels, portal_code=words, withdraw=words)
    found = tags(render_copy(replace(copy, pictures=pictures, labels=labels)))
    assert [tag.alt for tag in found if tag.kind == "Figure"][:2] == [words, words]
    assert words in [tag.title for tag in found if tag.kind == "H2"]


def test_characters_that_steer_are_left_out():
    steering = "\0\x07\x1b\x7f\x9f\u202a\u202e\u2066\u2069\ufeff\ud800"
    page = text(render_copy(a_copy(contact_name=f"Alice{steering} Example")))
    assert "Alice Example" in page


def test_an_override_cannot_turn_a_number_round():
    page = text(render_copy(a_copy(contact_phone="\u202e+1 555 010 0100")))
    assert "+1 555 010 0100" in page


def test_marks_that_right_to_left_text_needs_are_kept():
    assert clean("\u061cنص\u200f \u200ca\u200e") == "\u061cنص\u200f \u200ca\u200e"


def test_line_ends_of_every_kind_are_one_kind():
    assert clean(" a\r\nb\rc\u2028d\x85e\n") == "a\nb\nc\nd\ne"
    assert clean_line("a\r\n b\tc") == "a b c"


@pytest.mark.parametrize("name", ["😀 Petra 👩🏽‍⚕️", "山田 花子", "\U0001f9ff", "\ue000\ufffe"])
def test_a_letter_the_font_does_not_have_still_leaves_a_copy(name):
    people = (a_signer((name, "Patient", "", "today", "I agree"), typed=name),)
    page = seen_text(render_copy(a_copy(people=people)))
    assert "I agree" in page


def test_a_name_without_a_space_stays_on_the_page():
    name = "Petra" * 60
    pdf = render_copy(
        a_copy(people=(a_signer((name, "Patient", "", "", ""), typed=name),), title=name)
    )
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        width = page.get_width()
        letters = page.get_textpage()
        for index in range(letters.count_chars()):
            assert letters.get_charbox(index)[2] <= width
    document.close()
    assert name in seen_text(pdf).replace(" ", "")


LONG = "word " * 1500 + "END"
TALL = "line\n" * 120 + "END"


@pytest.mark.parametrize("words", [LONG, TALL], ids=["long", "tall"])
@pytest.mark.parametrize(
    "path",
    [
        ("institution",),
        ("contact_name",),
        ("validity",),
        ("how_to_withdraw",),
        ("cannot_be_called_back", 0),
        ("statements", 0, "heading"),
        ("statements", 0, "text"),
        ("uses", 0, "who_sees"),
        ("uses", 0, "until"),
        ("people", 0, "role"),
        ("people", 0, "authority"),
        ("people", 0, "meaning"),
        ("people", 1, "typed"),
        ("labels", "seal"),
    ],
    ids=lambda path: ".".join(map(str, path)),
)
def test_nothing_falls_off_the_page_however_much_is_said(path, words):
    page = seen_text(render_copy(put(a_copy(), path, words)))
    assert "END" in page
    assert "How to check this copy" in page


SHORT_ONES = [
    ("title",),
    ("uses", 0, "title"),
    ("uses", 0, "decision"),
    ("pictures", 0, "label"),
    ("pictures", 0, "decision"),
    ("people", 0, "name"),
]


@pytest.mark.parametrize("path", SHORT_ONES, ids=lambda path: ".".join(map(str, path)))
def test_a_heading_or_an_answer_may_be_long_but_not_a_page(path):
    page = seen_text(render_copy(put(a_copy(), path, "Wide wordsx\n" * 41 + "END")))
    assert "END" in page
    with pytest.raises(UnfitContentError):
        render_copy(put(a_copy(), path, LONG))


def put(whole, path, words):
    """`whole` with `words` at `path`."""
    if not path:
        return words
    step, *rest = path
    if isinstance(step, int):
        return (*whole[:step], put(whole[step], rest, words), *whole[step + 1 :])
    return replace(whole, **{step: put(getattr(whole, step), rest, words)})


def test_a_long_statement_flows_over_pages():
    long = CopyStatement(heading="Long", text="\n".join(f"Line {n} of it." for n in range(400)))
    pdf = render_copy(a_copy(statements=(long,)))
    assert "Line 399 of it." in seen_text(pdf)
    assert page_count(pdf) > 8


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60))
def test_any_words_make_a_copy(words):
    copy = a_copy(title=words, contact_phone=words, how_to_withdraw=words, pictures=())
    people = (a_signer((words,) * 5, typed=words),)
    assert render_copy(replace(copy, people=people)).startswith(b"%PDF-1.7")


def test_copies_are_set_side_by_side():
    made = {}

    def work(number):
        made[number] = render_copy(a_copy("ar" if number % 2 else "en"))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made[0] == made[2]
    assert made[1] == made[3]
    assert made[0] != made[1]
