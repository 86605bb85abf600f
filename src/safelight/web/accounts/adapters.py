"""What allauth asks the house: who may come in, what to say, where to go, how to keep a secret."""

import base64
import time
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from safelight.institution.selectors import current_house
from safelight.people import presence
from safelight.vault.fields import INSTITUTION, institution_fields
from safelight.vocabulary.roles import Role
from safelight.web.accounts.handed_over import end_visits
from safelight.web.accounts.homes import home_of, is_local
from safelight.web.limits import client_address
from safelight.web.presence import session_digest

SECOND_FACTOR_FIELD: Final = "second-factor"

SENTENCES: Final = {
    "account/messages/password_changed.txt": _(
        "Your password has changed. You are signed out everywhere else."
    ),
    "mfa/messages/totp_activated.txt": _("An authenticator app now protects this account."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app was removed."),
    "mfa/messages/recovery_codes_generated.txt": _("There are new recovery codes."),
    "mfa/messages/webauthn_added.txt": _("The passkey was added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey was removed."),
}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("This user name and password do not go together."),
        "incorrect_password": _("This is not the password of this account."),
        "enter_current_password": _("This is not your present password."),
    }

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Nobody makes an account for themselves: the institution does."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        return is_local(url)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return home_of(Role(request.user.role))  # type: ignore[union-attr] # somebody signed in

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def login(self, request: HttpRequest, user: Any) -> None:  # noqa: ANN401 - a StaffMember
        """Begin a session under a fresh key, with somebody sitting at it."""
        is_proven = settings.SAFELIGHT_DEMO or _has_shown_second_factor(request, user)
        if request.user.is_authenticated:
            self.logout(request)
        with transaction.atomic():
            end_visits(request)
            super().login(request, user)
            presence.start_session(
                session_digest(request),
                user.pk,
                user.get_session_auth_hash(),
                has_second_factor=is_proven,
            )

    def logout(self, request: HttpRequest) -> None:
        with transaction.atomic():
            end_visits(request)
            presence.end_session(session_digest(request))
            super().logout(request)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401
        staff = request.user.pk if request.user.is_authenticated else None
        presence.sign_in_refused(staff, "password", credentials.get("username", ""))

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:  # noqa: ANN401
        """Only the password: a thief of an open session may hold the phone with the codes too."""
        if not (user.is_authenticated and user.has_usable_password()):
            return []
        return [{"id": "reauthenticate", "url": reverse("account_reauthenticate")}]

    def is_reauthentication_required(self, *, app: str, **_kwargs: Any) -> bool:  # noqa: ANN401, ARG002
        """Whoever signed in a moment ago need not do so twice."""
        user = context.request.user
        if settings.SAFELIGHT_DEMO and user.is_test_data:
            return False
        records = get_authentication_records(context.request, user)
        timeout = app_settings.REAUTHENTICATION_TIMEOUT
        return not records or time.time() - records[-1]["at"] > timeout

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,  # noqa: ARG002 - allauth's signature
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Only what the person needs to know, in the house's words."""
        sentence = message or SENTENCES.get(message_template or "")
        if sentence:
            messages.add_message(request, level, sentence, extra_tags=extra_tags)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or it was used before."),
    }

    def encrypt(self, text: str) -> str:
        """Secrets of authenticator apps and recovery codes are useless without the root key."""
        sealed = institution_fields().seal(SECOND_FACTOR_FIELD, INSTITUTION, text)
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        sealed = base64.b64decode(encrypted_text)
        return institution_fields().unseal(SECOND_FACTOR_FIELD, INSTITUTION, sealed)

    def generate_authenticator_name(self, _user: Any, _type: Any) -> str:  # noqa: ANN401
        return gettext("This device")

    def get_totp_issuer(self) -> str:
        return f"Safelight {current_house().name}"


def _has_shown_second_factor(request: HttpRequest, user: Any) -> bool:  # noqa: ANN401 - a StaffMember
    return any(item["method"] == "mfa" for item in get_authentication_records(request, user))
