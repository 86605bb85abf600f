"""A hospital that is not a demo, and people who come to its door."""

import pytest
from django.test import Client
from pytest_django import Settings
from tests.cast import Cast
from tests.web.accounts.visitors import Visitor

from safelight.people.models import StaffMember


@pytest.fixture
def hospital(cast: Cast, settings: Settings) -> Cast:
    """The same people, where nobody is invented and the second step is asked for."""
    settings.SAFELIGHT_DEMO = False
    StaffMember.objects.update(is_test_data=False)
    return cast


@pytest.fixture
def alice(hospital: Cast, client: Client) -> Visitor:
    return Visitor(client, "alice")
