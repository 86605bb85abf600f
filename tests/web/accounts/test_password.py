"""A new password ends every other session of the same person."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import PASSWORD
from tests.web.accounts.visitors import AS_DATA, Visitor, let_a_code_pass

from safelight.audit.models import Event
from safelight.people.models import Presence
from safelight.vocabulary.events import EventTag

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])

NEW = "seven lamps in a row of glass"


def change_password(visitor: Visitor, old: str = PASSWORD, new: str = NEW) -> int:
    data = {"oldpassword": old, "password1": new, "password2": new}
    return int(visitor.browser.post(reverse("account_change_password"), data).status_code)


def test_this_session_goes_on_and_a_stolen_cookie_does_not(alice: Visitor) -> None:
    alice.enrol().come_in()
    thief = Client()
    thief.cookies["safelight"] = alice.cookie

    assert change_password(alice) == 302

    assert alice.browser.get(reverse("account")).status_code == 200
    assert thief.get(reverse("account"), headers=AS_DATA).status_code == 401
    assert Event.objects.filter(tag=EventTag.ACCOUNT_PASSWORD_CHANGED).count() == 1


def test_other_sessions_end(alice: Visitor) -> None:
    elsewhere = Visitor(Client(), "alice").enrol().come_in()
    let_a_code_pass()
    alice.come_in()

    assert change_password(alice) == 302

    assert elsewhere.browser.get(reverse("account"), headers=AS_DATA).status_code == 401
    assert Presence.objects.count() == 1


def test_the_present_password_is_asked_for(alice: Visitor) -> None:
    alice.enrol().come_in()

    assert change_password(alice, old="a guess") == 200
    assert alice.member.check_password(PASSWORD)


def test_a_password_set_by_the_institution_ends_the_session(alice: Visitor) -> None:
    alice.enrol().come_in()
    member = alice.member
    member.set_password(NEW)
    member.save()

    assert alice.browser.get(reverse("account"), headers=AS_DATA).status_code == 401
