"""Coming in and going out: password, second step, passkey, sign-out."""

from http import HTTPStatus
from typing import Any

from allauth.account.views import AccountInactiveView, LoginView, LogoutView, ReauthenticateView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator

from safelight.people.presence import sign_in_refused
from safelight.web.accounts.demo import demo_cast
from safelight.web.accounts.factors import has_passkeys
from safelight.web.accounts.forms import CodeForm
from safelight.web.accounts.homes import local_or_none
from safelight.web.limits import RateLimitedError, allow_proof, allow_sign_in, too_many


class Limited:
    """A form whose every sending counts, right or wrong."""

    def count(self, request: HttpRequest) -> None:
        """Raises RateLimitedError."""
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        try:
            self.count(request)
        except RateLimitedError as error:
            return too_many(request, error)
        response: HttpResponse = super().post(request, *args, **kwargs)  # type: ignore[misc] # a mixin
        return response


class SignIn(Limited, LoginView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/sign_in.html"

    def count(self, request: HttpRequest) -> None:
        allow_sign_in(request, request.POST.get("login", ""))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        target = self.request.POST.get("next") or self.request.GET.get("next")
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"demo_cast": demo_cast(), "next": local_or_none(target)}


class SecondFactor(Limited, AuthenticateView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/second_factor.html"
    form_class = CodeForm

    def count(self, _request: HttpRequest) -> None:
        allow_proof(str(self.stage.login.user.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"has_passkeys": has_passkeys(self.stage.login.user.pk)}


@method_decorator(login_not_required, name="dispatch")
class PasskeySignIn(Limited, LoginWebAuthnView):  # type: ignore[misc] # allauth has no types
    """GET as JSON gives the challenge, POST brings the answer; there is no page of its own."""

    def count(self, request: HttpRequest) -> None:
        allow_sign_in(request, "")

    def form_invalid(self, form: Any) -> HttpResponse:  # noqa: ANN401 - a form
        sign_in_refused(None, "passkey")
        super().form_invalid(form)
        return HttpResponseRedirect(reverse("account_login"), status=HTTPStatus.SEE_OTHER)


class ProveAgain(Limited, ReauthenticateView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/prove_again.html"

    def count(self, request: HttpRequest) -> None:
        allow_proof(str(request.user.pk))


class SignOut(LogoutView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/sign_out.html"


class Inactive(AccountInactiveView):  # type: ignore[misc] # allauth has no types
    template_name = "accounts/inactive.html"
