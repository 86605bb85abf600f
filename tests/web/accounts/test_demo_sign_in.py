"""One click signs in as one of the cast, in the demo and nowhere else."""

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast

from safelight.people.models import Presence, StaffMember

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])


def test_one_click_signs_in(cast: Cast, client: Client) -> None:
    response = client.post(reverse("demo_sign_in"), {"username": "alice"})

    assert response.status_code == 303
    presence = Presence.objects.get()
    assert (presence.staff_id, presence.has_second_factor) == (cast.alice.staff, True)


def test_a_real_person_has_no_one_click(cast: Cast, client: Client) -> None:
    StaffMember.objects.filter(username="alice").update(is_test_data=False)

    response = client.post(reverse("demo_sign_in"), {"username": "alice"})

    assert response.status_code == 404
    assert not Presence.objects.exists()
