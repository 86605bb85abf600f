"""One's own account: second factors, recovery codes, password. Each change is an event."""

from typing import Any

from allauth.account.views import PasswordChangeView
from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from safelight.people import presence
from safelight.web.accounts.forms import AddPasskeyForm
from safelight.web.limits import allow_code_once
from safelight.web.presence import asker_of, session_digest


def account(request: HttpRequest) -> HttpResponse:
    """What protects this account, and the doors to change it."""
    asker, own = asker_of(request), Authenticator.objects.filter(user_id=request.user.pk)
    if asker is None:
        raise Http404
    passkeys = own.filter(type=Authenticator.Type.WEBAUTHN).order_by("created_at")
    context = {
        "who": {"name": asker.display_name, "role": asker.role.display},
        "has_totp": own.filter(type=Authenticator.Type.TOTP).exists(),
        "has_recovery_codes": own.filter(type=Authenticator.Type.RECOVERY_CODES).exists(),
        "passkeys": [
            {"id": row.pk, "name": str(row), "added_on": row.created_at} for row in passkeys
        ],
        "has_password": authenticated_user(request).has_usable_password(),
    }
    return render(request, "accounts/account.html", context)


class EnrolTotp(ActivateTOTPView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/enrol_totp.html"

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401 - a form
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            presence.second_factor_added(session_digest(self.request), self.request.user.pk, "totp")
            # Spent: whoever saw it typed cannot sign in with it (RFC 6238, section 5.2).
            allow_code_once(str(self.request.user.pk), form.cleaned_data["code"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        context: dict[str, Any] = super().get_context_data(**kwargs)
        # Drawn by our own process from a secret of its own; nothing a browser sent is in it.
        svg = mark_safe(context["totp_svg"])  # noqa: S308
        return context | {"secret": context["form"].secret, "totp_svg": svg}


class RemoveTotp(DeactivateTOTPView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/remove_factor.html"

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401 - a form
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _tell_removed(self.request.user.pk, "totp")
        return response


class AddPasskey(AddWebAuthnView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/add_passkey.html"
    form_class = AddPasskeyForm

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401 - a form
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            staff = self.request.user.pk
            presence.second_factor_added(session_digest(self.request), staff, "passkey")
        return response


class RemovePasskey(RemoveWebAuthnView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/remove_factor.html"

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401 - a form
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _tell_removed(self.request.user.pk, "passkey")
        return response


class RecoveryCodes(ViewRecoveryCodesView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/recovery_codes.html"


class NewRecoveryCodes(GenerateRecoveryCodesView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/new_recovery_codes.html"


class ChangePassword(PasswordChangeView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/change_password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        if not authenticated_user(request).has_usable_password():  # the invented people of the demo
            raise Http404
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:  # noqa: ANN401 - a form
        before, user = session_digest(self.request), self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            after, auth_hash = session_digest(self.request), user.get_session_auth_hash()
            presence.password_changed(before, after, user.pk, auth_hash)
        return response


def has_passkeys(staff: object) -> bool:
    rows = Authenticator.objects.filter(user_id=staff, type=Authenticator.Type.WEBAUTHN)
    return bool(rows.exists())


def _tell_removed(staff: Any, kind: str) -> None:  # noqa: ANN401 - a UUID
    is_last = not Authenticator.objects.filter(user_id=staff).exists()
    presence.second_factor_removed(staff, kind, is_last=is_last)
