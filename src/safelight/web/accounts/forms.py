"""The forms of the door, as far as they differ from allauth's."""

from allauth.account.forms import ReauthenticateForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from safelight.people.presence import sign_in_refused
from safelight.web.limits import allow_code_once


class CodeForm(AuthenticateForm):  # type: ignore[misc] # allauth has no types
    """A code of an authenticator app, or a recovery code; each works once, in every process."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not allow_code_once(str(self.user.pk), code):
            self._emit_authentication_failed(self.authenticator)
            raise get_adapter().validation_error("incorrect_code")
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        sign_in_refused(self.user.pk, "code")


class UnlockForm(ReauthenticateForm):  # type: ignore[misc] # allauth has no types
    """The password of whoever locked the session."""


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc] # allauth has no types
    """A passkey of whoever locked the session."""


class DemoUnlockForm(forms.Form):
    """Nothing to prove: the people of the demo hospital have no password anybody knows."""


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc] # allauth has no types
    name = forms.CharField(
        label=_("Name"), max_length=60, help_text=_("So that you know it again.")
    )
    passwordless = forms.BooleanField(
        label=_("Sign in with it alone, without a password"), required=False, initial=True
    )
