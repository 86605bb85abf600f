"""Somebody at the door with a browser and, once enrolled, an authenticator app."""

import time
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.urls import reverse
from tests.cast import PASSWORD

from safelight.people.models import AttemptLimit, StaffMember

PERIOD = 30
AS_DATA = {"Accept": "application/json"}


@dataclass
class Visitor:
    browser: Any  # a Client, whose answers are not typed
    username: str

    @property
    def member(self) -> StaffMember:
        return StaffMember.objects.get(username=self.username)

    def enrol(self) -> "Visitor":
        TOTP.activate(self.member, generate_totp_secret())
        return self

    @property
    def code(self) -> str:
        """What the app shows now."""
        row = Authenticator.objects.get(user=self.member, type=Authenticator.Type.TOTP)
        return code_for(decrypt(row.data["secret"]))

    def give_password(self, password: str = PASSWORD, **more: str) -> Any:
        data = {"login": self.username, "password": password, **more}
        return self.browser.post(reverse("account_login"), data)

    def give_code(self, code: str | None = None) -> Any:
        return self.browser.post(reverse("mfa_authenticate"), {"code": code or self.code})

    def come_in(self) -> "Visitor":
        """Password and code; the visitor must be enrolled."""
        self.give_password()
        response = self.give_code()
        assert response.status_code == 302, response.content
        return self

    @property
    def cookie(self) -> str:
        return str(self.browser.cookies["safelight"].value)


def let_a_code_pass() -> None:
    """As if the app had gone on to its next code: nothing remembers the one that was used."""
    cache.clear()
    AttemptLimit.objects.all().delete()


def code_for(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD)))
