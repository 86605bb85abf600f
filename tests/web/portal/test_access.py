"""The visit's cookie opens the portal, and not one page or picture of the staff."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.consenting import proposal_of
from tests.taking import take_labelled
from tests.web.access.test_matrix import TABLE, addresses, arguments
from tests.web.portal.browsing import enter

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]


def test_a_patient_is_a_stranger_to_every_page_of_the_staff(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    client, _ = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    nobody = Client()
    opened = {}
    for name, pattern in addresses():
        if name.startswith("portal:") or name not in TABLE or name == "clinic:rendition":
            continue
        url = reverse(name, kwargs=arguments(pattern, cast, photograph))
        found, expected = client.get(url), nobody.get(url)
        if (found.status_code, found.get("Location")) != (
            expected.status_code,
            expected.get("Location"),
        ):
            opened[name] = found.status_code
    assert opened == {}


@pytest.mark.parametrize(
    "name", ["start", "read", "choices", "mine", "looks", "ask", "over", "enter"]
)
def test_every_page_is_fresh_strict_and_names_nobody_in_its_title(cast: Cast, name: str) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    client, _ = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    answer = client.get(reverse(f"portal:{name}"))
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert "unsafe" not in answer["Content-Security-Policy"]
    page = answer.content.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert not any(word in title for word in ("Petra", "Okonjo", "204817"))
    assert "idle.js" not in page
    assert "/clinic/" not in page


@pytest.mark.parametrize(("language", "words"), [("es", "Inténtelo otra vez"), ("en", "try again")])
def test_a_form_that_is_too_old_says_so_in_the_patients_language(language: str, words: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept-language": language})
    answer = client.post(reverse("portal:enter"), {"code": "123456"})
    assert answer.status_code == 403
    assert words in answer.content.decode()


def test_an_address_of_the_portal_that_is_none_speaks_the_patients_language() -> None:
    answer = Client(headers={"accept-language": "ar"}).get("/portal/nothing/at/all/")
    assert answer.status_code == 404
    assert 'dir="rtl"' in answer.content.decode()
