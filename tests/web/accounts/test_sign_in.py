"""Password, then the second step; whoever has none yet gets no further than setting one up."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from tests.cast import PASSWORD, Cast
from tests.web.accounts.visitors import AS_DATA, Visitor, code_for

from safelight.audit.models import Event
from safelight.people.models import Presence, StaffMember, StaffSession
from safelight.people.sessions import digest
from safelight.vault.fields import EventDetails
from safelight.vocabulary.events import EventTag

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])


def tags() -> list[str]:
    return list(Event.objects.filter(tag__startswith="account:").values_list("tag", flat=True))


def test_password_and_code_open_the_door(alice: Visitor) -> None:
    alice.enrol()

    assert alice.give_password().url == reverse("mfa_authenticate")
    assert alice.give_code().url == reverse("clinic:today")

    presence = Presence.objects.get()
    assert presence.staff == alice.member
    assert presence.has_second_factor
    assert tags() == [EventTag.ACCOUNT_SESSION_STARTED]


def test_the_password_alone_opens_nothing(alice: Visitor) -> None:
    alice.enrol().give_password()

    response = alice.browser.get(reverse("account"))

    assert response.url.startswith(reverse("account_login"))
    assert not Presence.objects.exists()


def test_without_a_second_step_only_its_setup_can_be_reached(alice: Visitor) -> None:
    alice.give_password()

    assert alice.browser.get(reverse("account")).url.startswith(reverse("mfa_activate_totp"))
    refusal = alice.browser.get(reverse("account"), headers=AS_DATA)
    assert (refusal.status_code, refusal.json()["code"]) == (403, "second-factor")
    assert alice.browser.get(reverse("mfa_activate_totp")).status_code == 200


def test_setting_up_the_app_opens_the_rest_and_shows_recovery_codes_once(alice: Visitor) -> None:
    alice.give_password()
    page = alice.browser.get(reverse("mfa_activate_totp"))
    code = code_for(page.context["secret"])

    response = alice.browser.post(reverse("mfa_activate_totp"), {"code": code})

    assert response.url == reverse("mfa_view_recovery_codes")
    first, second = (alice.browser.get(response.url) for _ in range(2))
    assert first.context["can_view_codes"]
    assert not second.context["can_view_codes"]
    assert alice.browser.get(reverse("account")).status_code == 200
    assert EventTag.ACCOUNT_SECOND_FACTOR_ADDED in tags()


def test_a_recovery_code_works_once(alice: Visitor) -> None:
    alice.give_password()
    page = alice.browser.get(reverse("mfa_activate_totp"))
    alice.browser.post(reverse("mfa_activate_totp"), {"code": code_for(page.context["secret"])})
    spare = alice.browser.get(reverse("mfa_view_recovery_codes")).context["unused_codes"][0]
    alice.browser.post(reverse("sign_out"))

    alice.give_password()
    assert alice.give_code(spare).status_code == 302
    alice.browser.post(reverse("sign_out"))
    alice.give_password()

    assert alice.give_code(spare).status_code == 200


def test_a_code_from_the_app_works_once_even_for_another_process(alice: Visitor) -> None:
    """allauth remembers used codes in the memory of one process; the database outlives it."""
    alice.enrol().give_password()
    code = alice.code
    assert alice.give_code(code).status_code == 302
    alice.browser.post(reverse("sign_out"))
    cache.clear()
    alice.give_password()

    response = alice.give_code(code)

    assert response.status_code == 200
    assert response.context["form"].errors


def test_secrets_of_the_app_are_sealed_in_the_rows(alice: Visitor) -> None:
    alice.give_password()
    secret = alice.browser.get(reverse("mfa_activate_totp")).context["secret"]
    assert not any(secret in row.session_data for row in StaffSession.objects.all())

    alice.browser.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})

    assert not any(secret in str(row.data) for row in Authenticator.objects.all())


def test_a_refused_sign_in_is_recorded_without_the_name_in_clear(alice: Visitor) -> None:
    response = alice.give_password("not the password")

    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    event = Event.objects.get(tag=EventTag.ACCOUNT_SIGN_IN_REFUSED)
    assert event.actor is None
    assert b"alice" not in bytes(event.sealed_details)
    assert b'"username":"alice"' in EventDetails().unseal(
        None, event.id, bytes(event.sealed_details)
    )


def test_a_wrong_code_is_recorded_with_whose_it_was(alice: Visitor) -> None:
    alice.enrol().give_password()

    assert alice.give_code("000000").status_code == 200

    event = Event.objects.get(tag=EventTag.ACCOUNT_SIGN_IN_REFUSED)
    assert event.actor == alice.member.id


def test_unknown_and_known_names_are_refused_alike(alice: Visitor) -> None:
    known = alice.give_password("wrong").context["form"].errors
    unknown = Visitor(alice.browser, "nobody").give_password("wrong").context["form"].errors

    assert known == unknown


def test_who_left_the_institution_does_not_come_in(alice: Visitor) -> None:
    alice.enrol()
    StaffMember.objects.filter(username="alice").update(is_active=False)

    assert alice.give_password().url == reverse("account_inactive")
    assert alice.browser.get(reverse("account_inactive")).status_code == 200
    assert not Presence.objects.exists()


def test_who_leaves_the_institution_is_out_at_once(alice: Visitor) -> None:
    alice.enrol().come_in()
    StaffMember.objects.filter(username="alice").update(is_active=False)

    assert alice.browser.get(reverse("account")).status_code == 302


def test_the_session_key_is_fresh_after_sign_in(alice: Visitor) -> None:
    alice.enrol().give_password()
    planted = alice.cookie

    alice.give_code()

    assert alice.cookie != planted
    assert not StaffSession.objects.filter(session_key=digest(planted)).exists()


def test_the_cookie_stands_nowhere_in_the_rows(alice: Visitor) -> None:
    alice.enrol().come_in()

    row = StaffSession.objects.get(session_key=digest(alice.cookie))
    assert alice.cookie not in f"{row.session_key}{row.session_data}"
    assert Presence.objects.get().session_key == row.session_key
    assert "alice" not in row.session_data


def test_what_one_session_remembers_cannot_be_put_into_another(
    alice: Visitor, hospital: Cast
) -> None:
    alice.enrol().come_in()
    bob = Visitor(Client(), "bob").enrol().come_in()
    stolen = StaffSession.objects.get(session_key=digest(alice.cookie)).session_data

    StaffSession.objects.filter(session_key=digest(bob.cookie)).update(session_data=stolen)

    assert bob.browser.get(reverse("account")).status_code == 302


def test_the_cookie_opens_nothing_after_sign_out(alice: Visitor) -> None:
    alice.enrol().come_in()
    cookie = alice.cookie

    assert alice.browser.post(reverse("sign_out")).url == reverse("account_login")

    thief = Client()
    thief.cookies["safelight"] = cookie
    assert thief.get(reverse("account")).status_code == 302
    assert not Presence.objects.exists()
    assert tags()[-1] == EventTag.ACCOUNT_SESSION_ENDED


def test_signing_out_asks_first_when_it_is_only_visited(alice: Visitor) -> None:
    alice.enrol().come_in()

    assert alice.browser.get(reverse("sign_out")).status_code == 200
    assert Presence.objects.exists()


def test_a_form_without_its_token_is_refused(hospital: Cast) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(reverse("account_login"), {"login": "alice", "password": PASSWORD})

    assert response.status_code == 403


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "//"],
)
def test_sign_in_leads_nowhere_else(alice: Visitor, elsewhere: str) -> None:
    alice.enrol().give_password(next=elsewhere)

    assert alice.give_code().url == reverse("clinic:today")


def test_sign_in_leads_back_to_where_one_wanted_to_go(alice: Visitor) -> None:
    alice.enrol().give_password(next="/clinic/find/")

    assert alice.give_code().url == "/clinic/find/"


@pytest.mark.parametrize(
    ("username", "home"),
    [
        ("alice", "clinic:today"),
        ("priya", "privacy:break_glass"),
        ("ada", "forms:list"),
        ("theo", "teaching:home"),
    ],
)
def test_everybody_lands_where_they_work(hospital: Cast, username: str, home: str) -> None:
    visitor = Visitor(Client(), username).enrol()
    visitor.give_password()

    assert visitor.give_code().url == reverse(home)


def test_nobody_makes_an_account_for_themselves(hospital: Cast, client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404


def test_changing_what_protects_the_account_asks_for_the_password_again(
    alice: Visitor, settings: Settings
) -> None:
    alice.enrol().come_in()
    assert alice.browser.get(reverse("mfa_deactivate_totp")).status_code == 200
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0

    asked = alice.browser.get(reverse("mfa_deactivate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert alice.browser.get(asked.url).status_code == 200
    assert alice.browser.post(asked.url, {"password": "a guess"}).status_code == 200
    assert alice.browser.post(asked.url, {"password": PASSWORD}).url == reverse(
        "mfa_deactivate_totp"
    )


def test_a_removed_second_step_leads_back_to_setting_one_up(alice: Visitor) -> None:
    alice.enrol().come_in()

    response = alice.browser.post(reverse("mfa_deactivate_totp"))

    assert response.status_code == 302
    assert alice.browser.get(reverse("account")).url.startswith(reverse("mfa_activate_totp"))
    assert EventTag.ACCOUNT_SECOND_FACTOR_REMOVED in tags()


def test_what_stands_in_the_rows_is_no_cookie(alice: Visitor) -> None:
    alice.enrol().come_in()
    mallory = Client()
    mallory.cookies["safelight"] = StaffSession.objects.get(session_key=digest(alice.cookie)).pk

    assert mallory.get(reverse("account")).status_code == 302


def test_a_session_whose_time_is_over_ends_for_good(alice: Visitor, hospital: Cast) -> None:
    alice.enrol().come_in()
    StaffSession.objects.update(expire_date=timezone.now())

    assert alice.browser.get(reverse("account")).status_code == 302
    Visitor(Client(), "bob").enrol().come_in()

    assert [row.staff_id for row in Presence.objects.all()] == [hospital.bob.staff]
    assert EventTag.ACCOUNT_SESSION_ENDED in tags()


@pytest.mark.parametrize("name", ["account", "lock", "locked", "mfa_view_recovery_codes"])
def test_a_stranger_is_led_to_the_door(hospital: Cast, client: Client, name: str) -> None:
    response = client.get(reverse(name))

    assert response.headers["Location"].startswith(f"{reverse('account_login')}?next=")
    assert client.get(reverse(name), headers=AS_DATA).status_code == 401


@pytest.mark.parametrize("letters", [3_000, 60_000])
def test_a_stranger_with_a_long_address_is_led_to_the_door_as_well(
    hospital: Cast, client: Client, letters: int
) -> None:
    response = client.get(reverse("account"), {"photograph": "a" * letters})

    assert (response.status_code, response.headers["Location"]) == (302, reverse("account_login"))
