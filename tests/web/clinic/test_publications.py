"""The pages of the register, as a clinician's browser asks for them."""

import html
import re
from uuid import UUID

import pytest
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import agreement_to, approved_form
from tests.publishing import ARTICLE, PRINT, agreed_work, one_person_is_enough, page_of, planned
from tests.sessions import browser_of
from tests.taking import take

from safelight.consent.services.ending import withdraw
from safelight.publishing.models import Publication
from safelight.publishing.selectors import open_publication
from safelight.publishing.services import add_layout

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def page(cast: Cast, work: UUID) -> str:
    return browser_of(cast.alice).get(reverse("clinic:publication", args=[work])).content.decode()


def test_a_work_is_registered_from_the_timeline(cast: Cast) -> None:
    picture, browser = take(cast.alice, cast.petra), browser_of(cast.alice)
    url = reverse("clinic:new_publication", args=[cast.petra])
    assert url in browser.get(reverse("clinic:patient", args=[cast.petra])).content.decode()
    answer = browser.post(
        url,
        {
            "photograph": str(picture),
            "purpose": PRINT.value,
            "named": ARTICLE,
            "where": "The Invented Journal",
            "responsible": "Rhea, editor",
        },
    )
    assert answer.status_code == 302
    assert ARTICLE in browser.get(answer["Location"]).content.decode()


@pytest.mark.parametrize("missing", ["photograph", "purpose", "named", "where", "responsible"])
def test_what_is_missing_is_said_and_nothing_is_registered(cast: Cast, missing: str) -> None:
    picture = take(cast.alice, cast.petra)
    typed = {
        "photograph": str(picture),
        "purpose": PRINT.value,
        "named": ARTICLE,
        "where": "The Invented Journal",
        "responsible": "Rhea, editor",
    }
    del typed[missing]
    answer = browser_of(cast.alice).post(
        reverse("clinic:new_publication", args=[cast.petra]), typed
    )
    assert answer.status_code == 422
    assert not Publication.objects.exists()


def test_pages_of_a_layout_are_imported_as_such_and_added(cast: Cast) -> None:
    work = planned(cast.alice, cast.petra, take(cast.alice, cast.petra))
    browser, url = browser_of(cast.alice), reverse("clinic:import_files", args=[cast.petra])
    importing = browser.get(url, {"layout": str(work)}).content.decode()
    assert 'data-source="layout"' in importing
    assert reverse("clinic:publication", args=[work]) in importing
    layout = page_of(cast.alice, cast.petra)
    assert str(layout) in page(cast, work)
    browser.post(reverse("clinic:publication_layout", args=[work]), {"photograph": str(layout)})
    (listed,) = open_publication(cast.alice, work)[1].layouts
    assert listed.photograph == layout


def test_the_patient_is_asked_about_this_work_with_its_layout(cast: Cast) -> None:
    one_person_is_enough()
    work = planned(cast.alice, cast.petra, take(cast.alice, cast.petra))
    layout = page_of(cast.alice, cast.petra)
    browser = browser_of(cast.alice)
    browser.post(reverse("clinic:publication_layout", args=[work]), {"photograph": str(layout)})
    shown = page(cast, work)
    start = shown.index(reverse("clinic:ask", args=[cast.petra]))
    link = shown[start : shown.index('"', start)].replace("&amp;", "&")
    assert str(layout) in link
    assert f"work={work}" in link


def test_the_name_of_a_work_stands_in_no_address_and_in_the_field_of_the_form(cast: Cast) -> None:
    approved_form()
    work = planned(cast.alice, cast.petra, take(cast.alice, cast.petra))
    add_layout(cast.alice, work, [page_of(cast.alice, cast.petra)])
    found = re.search(rf'"({reverse("clinic:ask", args=[cast.petra])}[^"]*)"', page(cast, work))
    assert found
    url = html.unescape(found[1])
    assert "dermatitis" not in url
    shown = browser_of(cast.alice).get(url).content.decode()
    assert f'value="{ARTICLE}"' in shown


def test_a_work_of_somebody_else_names_nothing_in_a_patients_form(cast: Cast) -> None:
    approved_form()
    work = planned(cast.alice, cast.petra, take(cast.alice, cast.petra))
    answer = browser_of(cast.alice).get(
        reverse("clinic:ask", args=[cast.pablo]), {"work": str(work)}
    )
    assert answer.status_code == 404
    assert ARTICLE not in answer.content.decode()


def test_the_file_comes_as_a_download_that_is_kept_by_no_cache(cast: Cast) -> None:
    work, picture, _visit = agreed_work(cast)
    url = reverse("clinic:publication_file", args=[work, picture])
    answer = browser_of(cast.alice).post(url)
    assert answer.content.startswith(b"\xff\xd8")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"] == 'attachment; filename="picture.jpg"'
    again = browser_of(cast.alice).post(url)
    assert again.status_code == 422
    assert "once" in again.content.decode()


def test_after_a_withdrawal_the_page_says_what_is_to_be_done(cast: Cast) -> None:
    work, picture, visit = agreed_work(cast)
    browser_of(cast.alice).post(reverse("clinic:publication_file", args=[work, picture]))
    withdraw(visit, agreement_to(visit, PRINT).id)
    assert "what is printed stays printed" in page(cast, work)


def test_a_form_without_its_token_releases_nothing(cast: Cast) -> None:
    from django.test import Client  # noqa: PLC0415 - one that checks tokens

    work, picture, _visit = agreed_work(cast)
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = browser_of(cast.alice).cookies
    answer = browser.post(reverse("clinic:publication_file", args=[work, picture]))
    assert answer.status_code == 403


@pytest.mark.parametrize("who", ["bob", "theo", "priya", "ada"])
def test_nobody_else_reaches_a_work(cast: Cast, who: str) -> None:
    work, picture, _visit = agreed_work(cast)
    browser = browser_of(getattr(cast, who))
    assert browser.get(reverse("clinic:publication", args=[work])).status_code == 404
    answer = browser.post(reverse("clinic:publication_file", args=[work, picture]))
    assert answer.status_code == 404
