"""The library's pages, as a teacher's browser asks for them."""

import re
from uuid import UUID

import pytest
from django.urls import reverse
from tests.cast import Cast
from tests.conformance.site import Browser
from tests.consenting import agreement_to, signed
from tests.lecturing import deck_with, slides_of
from tests.sessions import browser_of, sit_down
from tests.taking import take_labelled

from safelight.consent.services.ending import withdraw
from safelight.library.rules import FEWEST_ASKED, Words
from safelight.library.selectors import collections
from safelight.library.services import describe
from safelight.teaching.rules import Words as SlideWords
from safelight.teaching.selectors.decks import deck_view
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    taken = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [taken], [Purpose.LECTURE, Purpose.SMALL_GROUP_TEACHING])
    return taken


def test_the_shelf_shows_pictures_that_really_open_and_names_nobody(
    cast: Cast, picture: UUID
) -> None:
    page = browser_of(cast.theo).get(reverse("library:shelf")).content.decode()
    assert "Petra" not in page
    assert "Okonjo" not in page
    (source,) = re.findall(r'<img src="(/clinic/photographs/[^"]+)"', page)
    cookie = sit_down(cast.theo)[1]
    answer = Browser({"safelight": cookie}).ask(source.replace("&amp;", "&"))
    assert answer.status == 200


def test_a_picture_says_before_whom_and_how_patients_think_of_it(cast: Cast, picture: UUID) -> None:
    url = reverse("library:picture", args=[picture])
    page = browser_of(cast.theo).get(url).content.decode()
    assert page.count("not agreed to") == 2
    assert f"fewer than {FEWEST_ASKED} patients" in page
    assert "PubMed 23551168" in page
    assert "Up to 12" in page or "up to 12" in page


def test_after_a_withdrawal_its_page_is_missing_like_one_that_never_was(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    browser, url = browser_of(cast.theo), reverse("library:picture", args=[picture])
    assert browser.get(url).status_code == 200
    withdraw(visit, agreement_to(visit, Purpose.LECTURE).id)
    gone = browser.get(url)
    never = browser.get(reverse("library:picture", args=[UUID(int=7)]))
    assert (gone.status_code, gone.content) == (404, never.content)


def test_a_picture_is_described_found_and_collected(cast: Cast, picture: UUID) -> None:
    browser = browser_of(cast.theo)
    browser.post(
        reverse("library:picture", args=[picture]),
        {"diagnosis": "Atopic eczema", "skin_tone": "fitzpatrick-5-6", "tags": "flexural, xerosis"},
    )
    found = browser.get(reverse("library:shelf"), {"text": "flexural"}).content.decode()
    assert "Atopic eczema" in found
    browser.post(reverse("library:collect", args=[picture]), {"title": "Itching arms"})
    (line,) = collections(cast.theo)
    assert (line.words.title, line.count) == ("Itching arms", 1)
    page = browser.get(reverse("library:collection", args=[line.id])).content.decode()
    assert str(picture) in page


def test_what_is_too_long_is_said(cast: Cast, picture: UUID) -> None:
    browser = browser_of(cast.theo)
    answer = browser.post(reverse("library:picture", args=[picture]), {"diagnosis": "x" * 200})
    assert answer.status_code == 422
    assert browser.post(reverse("library:collections"), {"title": " "}).status_code == 422


@pytest.mark.parametrize("query", [{"page": "9" * 4}, {"page": "-1"}, {"page": "x"}, {"site": "%"}])
def test_a_strange_address_finds_what_there_is(
    cast: Cast, picture: UUID, query: dict[str, str]
) -> None:
    assert browser_of(cast.theo).get(reverse("library:shelf"), query).status_code == 200


def test_a_picture_goes_onto_a_slide_and_nothing_that_the_library_says_of_it(
    cast: Cast, picture: UUID
) -> None:
    describe(cast.theo, picture, Words("Atopic eczema"))
    deck = deck_with(cast.theo)
    browser = browser_of(cast.theo)
    assert "How wounds heal" in browser.get(page_of(picture)).content.decode()
    answer = browser.post(reverse("library:put_into_deck", args=[picture]), {"deck": str(deck)})
    added = deck_view(cast.theo, deck).slides[-1]
    assert answer["Location"] == f"{reverse('teaching:deck', args=[deck])}?slide={added.id}"
    assert added.words == SlideWords()
    (referred,) = added.pictures
    assert referred.caption == ""
    assert (referred.photograph, referred.allowed.is_allowed) == (picture, True)


def test_somebody_elses_deck_and_a_withdrawn_picture_are_missing(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    hers, his = deck_with(cast.alice), deck_with(cast.theo)
    browser, url = browser_of(cast.theo), reverse("library:put_into_deck", args=[picture])
    assert browser.post(url, {"deck": str(hers)}).status_code == 404
    withdraw(visit, agreement_to(visit, Purpose.LECTURE).id)
    assert browser.post(url, {"deck": str(his)}).status_code == 404
    assert [len(slides_of(deck)) for deck in (hers, his)] == [1, 1]


def test_what_is_no_deck_changes_nothing(cast: Cast, picture: UUID) -> None:
    url = reverse("library:put_into_deck", args=[picture])
    answer = browser_of(cast.theo).post(url, {"deck": "none"})
    assert answer["Location"] == page_of(picture)


def page_of(picture: UUID) -> str:
    return reverse("library:picture", args=[picture])
