import io
from dataclasses import replace
from datetime import timedelta, timezone
from time import perf_counter

import pypdfium2
import pytest
from PIL import Image
from tests.unit.engines.documents.copies import (
    CODE,
    LANGUAGES,
    NOW,
    PHONE,
    PORTAL_URL,
    WORDS,
    a_copy,
    a_picture,
    skin,
)
from tests.unit.engines.documents.readers import (
    fonts,
    opened,
    page_count,
    root,
    seen_text,
    tags,
    text,
)

from safelight.engines.documents import (
    UnfitContentError,
    UnfitPictureError,
    render_copy,
)

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
LATIN = tuple(language for language in LANGUAGES if language != "ar")


@pytest.fixture(scope="module")
def copies():
    return {language: render_copy(a_copy(language)) for language in LANGUAGES}


def words_of(language):
    """Every word of the patient's that has to be found on the page again."""
    words = WORDS[language]
    yield from (words["title"], words["contact_name"], words["labels"]["seal"])
    yield from words["how_to_withdraw"].split("\n")
    yield from words["cannot_be_called_back"]
    yield from (part for statement in words["statements"] for part in statement)
    yield from (part for use in words["uses"] for part in use if part and isinstance(part, str))
    yield from (part for p in words["pictures"] for part in p if isinstance(part, str))
    yield from (part for part in [*words["signer"], *words["assent"]] if part)


@in_every_language
def test_the_number_to_call_and_the_code_are_read_in_every_language(copies, language):
    page = text(copies[language])
    assert page.count(PHONE) >= 2
    assert CODE in page
    assert PORTAL_URL in page


@pytest.mark.parametrize("language", LATIN)
def test_everything_the_patient_was_told_and_decided_is_read_again(copies, language):
    page = seen_text(copies[language])
    missing = [words for words in words_of(language) if words not in page]
    assert not missing


# PDFium turns the two letters of the ligature lam-alef round and doubles vowel marks; words
# without either are enough to know that Arabic is read as letters, in their order.
UNCERTAIN = set("آأإا\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652")


def test_arabic_is_read_in_its_letters_not_in_their_drawn_forms(copies):
    page = seen_text(copies["ar"])
    said = {word.strip(".،؟") for words in words_of("ar") for word in words.split()}
    certain = {
        word for word in said if not UNCERTAIN & set(word) and not set(word) & set("+0123456789")
    }
    assert len(certain) > 40
    assert not {word for word in certain if word not in page}


def test_arabic_letters_are_joined(copies):
    # The same six letters, kept apart by a mark of no width, take another form and more room.
    joined = a_copy("ar", title="مستشفى")
    apart = a_copy("ar", title="\u200c".join("مستشفى"))
    assert ink(render_copy(joined)) < 0.9 * ink(render_copy(apart))


def ink(pdf):
    """How wide the first heading is, in pixels."""
    image = drawn(pdf)
    title = image.crop((0, 130, image.width, 205)).point(lambda value: 255 * (value < 128))
    left, _, right, _ = title.getbbox()
    return right - left


def drawn(pdf, page=0):
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=1.6).to_pil().convert("L")
    finally:
        document.close()


def test_arabic_begins_on_the_right(copies):
    assert middle_of_title(copies["ar"]) > middle_of_title(copies["en"]) + 100


def middle_of_title(pdf):
    image = drawn(pdf)
    left, _, right, _ = (
        image.crop((0, 130, image.width, 205)).point(lambda v: 255 * (v < 128)).getbbox()
    )
    return (left + right) / 2


@in_every_language
def test_the_document_is_tagged_named_and_says_its_language(copies, language):
    top = root(copies[language])
    assert top["/MarkInfo"]["/Marked"] == True  # noqa: E712 - a PDF boolean
    assert "/StructTreeRoot" in top
    assert top["/Lang"] == language
    assert top["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - as above
    assert opened(copies[language]).metadata.title == WORDS[language]["title"]
    assert b"pdfuaid" in copies[language]


@in_every_language
def test_a_screen_reader_finds_the_headings_in_order(copies, language):
    labels = WORDS[language]["labels"]
    found = tags(copies[language])
    sections = ["decisions", "pictures", "withdraw", "cannot_be_called_back", "statements"]
    sections += ["signatures", "checking"]
    assert [tag.title for tag in found if tag.kind == "H1"] == [WORDS[language]["title"]]
    assert [tag.title for tag in found if tag.kind == "H2"] == [labels[name] for name in sections]


@in_every_language
def test_every_drawing_says_what_it_shows(copies, language):
    words = WORDS[language]
    signed = words["labels"]["drawn_signature"].replace("{name}", words["signer"][0])
    shown = [words["labels"]["portal_code"], *(p[0] for p in words["pictures"]), signed]
    assert [tag.alt for tag in tags(copies[language]) if tag.kind == "Figure"] == shown


@in_every_language
def test_every_font_is_inside_and_none_but_firago(copies, language):
    found = fonts(copies[language])
    assert found
    assert all("/FontFile2" in font or "/FontFile3" in font for font in found)
    assert all("FiraGO" in font["/FontName"] for font in found)


def test_the_same_copy_is_the_same_bytes(copies):
    assert render_copy(a_copy("en")) == copies["en"]


def test_the_time_on_the_copy_is_the_callers_in_any_zone(copies, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-7))) + timedelta(microseconds=5)
    assert render_copy(a_copy("en", created_at=elsewhere)) == copies["en"]
    assert opened(copies["en"]).metadata.creation_date == NOW


def test_no_path_of_this_machine_is_in_the_document(copies):
    for pdf in copies.values():
        assert not any(path in pdf for path in (b"/home", b"/tmp", b"site-packages", b".typ"))


def test_a_copy_without_pictures_on_paper_still_lists_them():
    pictures = tuple(replace(p, thumbnail=None) for p in a_copy().pictures)
    pdf = render_copy(a_copy(pictures=pictures))
    assert "Face from the front" in seen_text(pdf)
    assert sum(tag.kind == "Figure" for tag in tags(pdf)) == 2


def test_the_least_copy_has_only_what_it_needs():
    bare = a_copy(
        pictures=(), uses=(), statements=(), cannot_be_called_back=(), people=(), validity=""
    )
    page = seen_text(render_copy(bare))
    assert PHONE in page
    assert WORDS["en"]["labels"]["seal"] in page


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_thumbnails_of_each_kind_are_drawn(kind):
    picture = a_picture(0, "Left forearm", True, "You agreed", thumbnail=skin(file_format=kind))
    pdf = render_copy(a_copy(pictures=(picture,)))
    assert any("/DCTDecode" in str(image) for image in images(pdf))


def images(pdf):
    """Every image stream, also those drawn inside a form."""
    return [
        item.get("/Filter")
        for item in (opened(pdf).get_object(n) for n in range(1, len(opened(pdf).xref[0])))
        if hasattr(item, "get") and item.get("/Subtype") == "/Image"
    ]


@pytest.mark.parametrize(
    "data", [b"", b"RIFF", b"not a picture", skin(file_format="GIF"), skin()[:300]]
)
def test_what_is_no_picture_is_refused_in_a_sentence(data):
    picture = a_picture(0, "Left forearm", True, "You agreed", thumbnail=data)
    with pytest.raises(UnfitPictureError):
        render_copy(a_copy(pictures=(picture,)))


def test_a_picture_larger_than_any_thumbnail_is_refused_before_it_is_decoded(monkeypatch):
    file = io.BytesIO()
    Image.new("1", (5000, 4000)).save(file, "PNG")
    picture = a_picture(0, "Wide", True, "You agreed", thumbnail=file.getvalue())
    monkeypatch.setattr(Image.Image, "convert", None)
    with pytest.raises(UnfitPictureError):
        render_copy(a_copy(pictures=(picture,)))


@pytest.mark.parametrize(
    "changes",
    [
        {"created_at": NOW.replace(tzinfo=None)},
        {"language": "EN"},
        {"language": '"en'},
        {"portal_url": "javascript:alert(1)"},
        {"portal_url": "https://photos.example/a b"},
        {"verify_url": "file:///etc/passwd"},
        {"title": "long " * 100_000},
        {"pictures": a_copy().pictures * 34},
        {"people": a_copy().people * 11},
        {"people": (replace(a_copy().people[0], strokes=(((0.5, 1.5),),)),)},
        {"people": (replace(a_copy().people[0], strokes=(((0.5, float("nan")),),)),)},
        {"people": (replace(a_copy().people[0], strokes=(((0.5, 0.5),) * 20_001,)),)},
    ],
)
def test_what_cannot_stand_on_the_page_is_refused(changes):
    with pytest.raises(UnfitContentError):
        render_copy(replace(a_copy(), **changes))


def test_a_usual_copy_takes_less_than_a_second_and_a_half():
    start = perf_counter()
    render_copy(a_copy("fr"))
    assert perf_counter() - start < 1.5


def test_two_hundred_pictures_fit():
    one = skin(size=(320, 240))
    many = tuple(a_picture(n, f"View {n}", True, "You agreed", thumbnail=one) for n in range(200))
    pdf = render_copy(a_copy(pictures=many))
    assert "View 199" in seen_text(pdf)
    assert 15 < page_count(pdf) < 60
