"""An idle session locks, keeps the page's work, and wakes up for the same person only."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import PASSWORD, Cast
from tests.web.accounts.visitors import AS_DATA, Visitor

from safelight.audit.models import Event
from safelight.people.models import Presence
from safelight.vocabulary.events import EventTag

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])

STATES = "/clinic/uploads/states/"


@pytest.fixture
def alice_inside(alice: Visitor) -> Visitor:
    return alice.enrol().come_in()


def last_seen(ago: timedelta) -> None:
    Presence.objects.update(last_active_at=timezone.now() - ago)


def unlock(visitor: Visitor, password: str = PASSWORD, **headers: str) -> int:
    data = {"password": password}
    return int(visitor.browser.post(reverse("locked"), data, headers=headers).status_code)


def count(tag: EventTag) -> int:
    return Event.objects.filter(tag=tag).count()


def test_an_idle_session_is_locked_and_led_to_the_unlock_page(alice_inside: Visitor) -> None:
    last_seen(timedelta(minutes=15))

    response = alice_inside.browser.get(reverse("account"))

    assert response.url == f"{reverse('locked')}?next=%2Faccounts%2F"
    assert Presence.objects.get().locked_at is not None
    alice_inside.browser.get(reverse("account"))
    assert count(EventTag.ACCOUNT_SESSION_LOCKED) == 1


def test_a_session_is_awake_until_the_very_minute(alice_inside: Visitor) -> None:
    last_seen(timedelta(minutes=14, seconds=50))

    assert alice_inside.browser.get(reverse("account")).status_code == 200


def test_a_clock_that_went_back_locks(alice_inside: Visitor) -> None:
    last_seen(-timedelta(minutes=2))

    assert alice_inside.browser.get(reverse("account")).status_code == 302
    assert count(EventTag.ACCOUNT_SESSION_LOCKED) == 1


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("get", AS_DATA),
        ("put", {}),
        ("get", {"Sec-Fetch-Mode": "cors"}),
        ("get", {"Sec-Fetch-Mode": "no-cors"}),
    ],
)
def test_scripts_and_pictures_are_told_instead_of_led_away(
    alice_inside: Visitor, method: str, headers: dict[str, str]
) -> None:
    last_seen(timedelta(minutes=20))

    response = getattr(alice_inside.browser, method)(reverse("account"), headers=headers)

    assert (response.status_code, response.json()["code"]) == (423, "session-locked")
    assert response.json()["sentence"].endswith("nothing was lost.")


def test_the_password_wakes_the_session_and_leads_back(alice_inside: Visitor) -> None:
    alice_inside.browser.post(reverse("lock"))
    assert alice_inside.browser.get(reverse("account")).status_code == 302

    response = alice_inside.browser.post(
        f"{reverse('locked')}?next=/clinic/find/", {"password": PASSWORD}
    )

    assert response.url == "/clinic/find/"
    assert Presence.objects.get().locked_at is None
    assert alice_inside.browser.get(reverse("account")).status_code == 200
    assert count(EventTag.ACCOUNT_SESSION_UNLOCKED) == 1


def test_an_open_page_unlocks_without_being_left(alice_inside: Visitor) -> None:
    locked = alice_inside.browser.post(reverse("lock"), headers=AS_DATA).json()
    asked = alice_inside.browser.get(reverse("lock"), headers=AS_DATA).json()

    assert locked == asked == {"locked": True}
    assert unlock(alice_inside, "wrong", **AS_DATA) == 422
    assert unlock(alice_inside, **AS_DATA) == 200
    assert alice_inside.browser.get(reverse("lock"), headers=AS_DATA).json() == {"locked": False}


def test_another_password_does_not_unlock_and_is_recorded(alice_inside: Visitor) -> None:
    alice_inside.browser.post(reverse("lock"))

    assert unlock(alice_inside, "another password") == 200

    assert Presence.objects.get().locked_at is not None
    refused = Event.objects.get(tag=EventTag.ACCOUNT_SIGN_IN_REFUSED)
    assert refused.actor == alice_inside.member.id


def test_unlocking_leads_nowhere_else(alice_inside: Visitor) -> None:
    alice_inside.browser.post(reverse("lock"))

    response = alice_inside.browser.post(
        f"{reverse('locked')}?next=https://evil.example/", {"password": PASSWORD}
    )

    assert response.url == reverse("clinic:today")


def test_guessing_at_the_lock_is_slowed_down(alice_inside: Visitor) -> None:
    alice_inside.browser.post(reverse("lock"))

    answers = [unlock(alice_inside, "wrong", **AS_DATA) for _ in range(10)]

    assert answers[-1] == 429
    assert unlock(alice_inside, **AS_DATA) == 429


def test_one_can_sign_out_of_a_locked_session(alice_inside: Visitor) -> None:
    alice_inside.browser.post(reverse("lock"))

    assert alice_inside.browser.post(reverse("sign_out")).url == reverse("account_login")
    assert not Presence.objects.exists()


def test_asking_for_the_state_of_uploads_keeps_nobody_awake(alice_inside: Visitor) -> None:
    last_seen(timedelta(minutes=10))
    before = Presence.objects.get().last_active_at

    alice_inside.browser.post(STATES, "{}", content_type="application/json", headers=AS_DATA)
    assert Presence.objects.get().last_active_at == before

    alice_inside.browser.get(reverse("account"))
    assert Presence.objects.get().last_active_at > before


@pytest.mark.parametrize("path", ["/shared/shown/", "/screen/slide/"])
def test_what_other_pages_ask_by_themselves_keeps_nobody_awake(
    alice_inside: Visitor, path: str
) -> None:
    last_seen(timedelta(minutes=10))
    before = Presence.objects.get().last_active_at

    alice_inside.browser.get(path)

    assert Presence.objects.get().last_active_at == before


def test_activity_is_written_down_at_most_every_half_minute(alice_inside: Visitor) -> None:
    last_seen(timedelta(seconds=20))
    before = Presence.objects.get().last_active_at

    alice_inside.browser.get(reverse("account"))

    assert Presence.objects.get().last_active_at == before


def test_invented_people_unlock_with_one_click(cast: Cast, client: Client) -> None:
    client.post(reverse("demo_sign_in"), {"username": "alice"})
    client.post(reverse("lock"))

    assert "In the demo one tap unlocks" in client.get(reverse("locked")).content.decode()
    assert client.post(reverse("locked")).headers["Location"] == reverse("clinic:today")


def test_nobody_is_promised_one_tap_where_it_takes_a_password(alice_inside: Visitor) -> None:
    alice_inside.browser.post(reverse("lock"))
    page = alice_inside.browser.get(reverse("locked")).content.decode()
    assert 'type="password"' in page
    assert "one tap" not in page


def test_a_session_without_a_presence_is_nobodys(alice_inside: Visitor) -> None:
    Presence.objects.all().delete()

    response = alice_inside.browser.get(reverse("account"), headers=AS_DATA)

    assert (response.status_code, response.json()["code"]) == (401, "sign-in")


def test_a_presence_of_somebody_else_does_not_carry_over(
    alice_inside: Visitor, hospital: Cast
) -> None:
    Presence.objects.update(staff_id=hospital.bob.staff)

    assert alice_inside.browser.get(reverse("account"), headers=AS_DATA).status_code == 401
