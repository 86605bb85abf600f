"""The door: a link, a birth date, a code; and nothing learnt by whoever guesses."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import proposal_of, take_tablet_back
from tests.sessions import browser_of
from tests.taking import take_labelled
from tests.web.portal.browsing import COOKIE, PETRAS_DAY, at, enter, grow_idle

from safelight.consent.models import PatientAccess, PatientSession
from safelight.consent.services.visiting import Invitation, hand_over, invite

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def invitation(cast: Cast) -> Invitation:
    photograph = take_labelled(cast.alice, cast.petra)
    return invite(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))


def knock(letters: str, code: str, client: Client | None = None, **born: str) -> Any:
    url = reverse("portal:door", args=[letters])
    return (client or Client()).post(url, {**PETRAS_DAY, **born, "code": code})


def other(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def sentence(answer: HttpResponse) -> str:
    page = answer.content.decode()
    assert 'role="alert"' in page, page
    return page.partition('role="alert"')[2].partition("<p>")[2].partition("</p>")[0]


def test_a_wrong_date_a_wrong_code_and_an_unknown_link_read_alike(invitation: Invitation) -> None:
    said = {
        sentence(knock(invitation.letters, other(invitation.code))),
        sentence(knock(invitation.letters, invitation.code, year="1972")),
        sentence(knock("ZZZZZZZZZZZZ", invitation.code)),
    }
    assert said == {"That did not match. Check the link, the birth date and the code."}


def test_the_letters_may_be_typed_instead_of_followed(invitation: Invitation) -> None:
    typed = " ".join(invitation.letters.lower())
    form = {**PETRAS_DAY, "letters": typed, "code": invitation.code}
    assert Client().post(reverse("portal:enter"), form)["Location"] == reverse("portal:start")


@pytest.mark.parametrize(
    "write",
    [
        lambda code: f"{code[:3]} {code[3:]}",
        lambda code: "".join(chr(0x660 + int(digit)) for digit in code),
        lambda code: "".join(chr(0x6F0 + int(digit)) for digit in code),
    ],
    ids=["with a space", "in Arabic-Indic digits", "in Persian digits"],
)
def test_a_code_may_be_written_in_the_readers_own_way(invitation: Invitation, write) -> None:
    assert knock(invitation.letters, write(invitation.code)).status_code == 302


def test_a_birth_date_may_be_written_in_arabic_indic_digits(invitation: Invitation) -> None:
    answer = knock(invitation.letters, invitation.code, day="٠٩", month="٣", year="١٩٧١")
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "typed",
    [
        {"day": "31", "month": "2"},
        {"year": ""},
        {"year": "71"},
        {"year": "071"},
        {"year": "19711"},
        {"month": "March"},
        {"code": "12345"},
    ],
    ids=str,
)
def test_what_cannot_be_right_is_told_and_costs_no_attempt(
    invitation: Invitation, typed: dict[str, str]
) -> None:
    born = {name: value for name, value in typed.items() if name != "code"}
    answer = knock(invitation.letters, typed.get("code", invitation.code), Client(), **born)
    assert sentence(answer).startswith("Please")
    assert PatientAccess.objects.get(id=invitation.access).failed_attempts == 0


def test_an_address_without_letters_leads_to_where_they_are_typed() -> None:
    for address in ("/p/", "/p"):
        answer = Client().get(address, follow=True)
        assert answer.redirect_chain[-1] == (reverse("portal:enter"), 302)


def test_five_wrong_attempts_lock_and_say_whom_to_call(invitation: Invitation) -> None:
    said = [sentence(knock(invitation.letters, other(invitation.code))) for _ in range(5)][-1]
    assert "locked" in said
    assert "locked" in sentence(knock(invitation.letters, invitation.code))


def test_an_expired_link_says_so(invitation: Invitation) -> None:
    PatientAccess.objects.filter(id=invitation.access).update(expires_at=timezone.now())
    assert "no longer valid" in sentence(knock(invitation.letters, invitation.code))


def test_after_thirty_tries_from_one_address_everybody_there_waits(invitation: Invitation) -> None:
    for _ in range(30):
        assert knock("ZZZZZZZZZZZZ", "000000").status_code == 200
    answer = knock(invitation.letters, invitation.code)
    assert answer.status_code == 429
    assert "ten minutes" in answer.content.decode()


def test_the_cookie_is_for_this_browser_session_and_for_no_script(invitation: Invitation) -> None:
    cookie = knock(invitation.letters, invitation.code).cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["max-age"]
    assert not cookie["expires"]


def test_in_production_the_cookie_is_bound_to_this_host(invitation: Invitation, settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    cookie = knock(invitation.letters, invitation.code).cookies[f"__Host-{COOKIE}"]
    assert cookie["secure"]
    assert not cookie["domain"]


def test_the_page_speaks_the_language_that_is_chosen_or_asked_for() -> None:
    client = Client(headers={"accept-language": "fr-CA,fr;q=0.9"})
    url = reverse("portal:enter")
    assert '<html lang="fr" dir="ltr">' in client.get(url).content.decode()
    assert '<html lang="ar" dir="rtl">' in client.get(f"{url}?language=ar").content.decode()
    assert '<html lang="ar" dir="rtl">' in client.get(url).content.decode()
    unknown = Client(headers={"accept-language": "tlh"}).get(url)
    assert '<html lang="en-gb" dir="ltr">' in unknown.content.decode()


@pytest.mark.parametrize(
    ("house", "order"),
    [("en-gb", ["day", "month", "year"]), ("en-us", ["month", "day", "year"])],
)
def test_a_birth_date_is_asked_in_the_order_of_the_language(settings, house, order) -> None:
    settings.LANGUAGE_CODE = house
    page = Client().get(reverse("portal:enter")).content.decode()
    assert sorted(order, key=lambda name: page.index(f'name="{name}"')) == order


def test_whoever_never_came_in_is_led_to_the_door_and_whoever_was_away_is_told() -> None:
    assert Client().get(reverse("portal:mine"))["Location"] == reverse("portal:enter")
    away = at("a cookie of yesterday")
    assert away.get(reverse("portal:mine"))["Location"] == reverse("portal:over")
    page = away.get(reverse("portal:over"))
    assert "Your answers are kept" in page.content.decode()
    assert page.cookies[COOKIE].value == ""


def test_an_idle_visit_is_over(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    client, visit = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    grow_idle(visit)
    assert client.get(reverse("portal:read"))["Location"] == reverse("portal:over")


def test_after_leaving_nothing_is_shown_and_the_link_stays_good(invitation: Invitation) -> None:
    client = Client()
    knock(invitation.letters, invitation.code, client)
    kept = client.cookies[COOKIE].value
    page = client.get(reverse("portal:read"))
    assert page["Cache-Control"] == "no-store"
    assert "Your answers are kept" in client.post(reverse("portal:leave")).content.decode()
    assert at(kept).get(reverse("portal:read"))["Location"] == reverse("portal:over")
    assert knock(invitation.letters, invitation.code).status_code == 302


def test_a_tablet_that_was_taken_back_shows_nothing_any_more(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    proposal = proposal_of(cast.alice, cast.petra, [photograph])
    nobody = replace(cast.alice, session_key=f"tablet-{proposal}")
    client = at(hand_over(nobody, proposal))
    page = client.get(reverse("portal:read"))
    assert "Give the device back" in page.content.decode()
    take_tablet_back(cast.alice, proposal)
    assert client.get(reverse("portal:read"))["Location"] == reverse("portal:over")


def test_a_staff_session_in_the_same_browser_makes_no_difference(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    proposal = proposal_of(cast.alice, cast.petra, [photograph])
    alone, _ = enter(cast.alice, proposal)
    both = browser_of(cast.bob)
    both.cookies[COOKIE] = alone.cookies[COOKIE].value
    for name in ("start", "read", "choices", "mine"):
        url = reverse(f"portal:{name}")
        assert without_tokens(both.get(url)) == without_tokens(alone.get(url))
    stranger = browser_of(cast.alice)
    assert stranger.get(reverse("portal:mine"))["Location"] == reverse("portal:enter")


def without_tokens(answer) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


@pytest.mark.parametrize("hours", [-1, 5])
def test_a_visit_ends_after_hours_however_busy(cast: Cast, hours: int) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    client, visit = enter(cast.alice, proposal_of(cast.alice, cast.petra, [photograph]))
    moved = timezone.now() - timedelta(hours=hours)
    PatientSession.objects.filter(key=visit.key).update(
        started_at=moved, expires_at=moved + timedelta(hours=4)
    )
    assert client.get(reverse("portal:read"))["Location"] == reverse("portal:over")
