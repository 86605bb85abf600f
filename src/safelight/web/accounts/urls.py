"""The addresses of the door and of one's own account. No other page of allauth is routed.

Names that begin with `account_` or `mfa_` are those by which allauth finds its way.
"""

from django.conf import settings
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from safelight.web.accounts import door, factors, locking
from safelight.web.accounts.demo import demo_sign_in

urlpatterns: list[URLPattern] = [
    path("", factors.account, name="account"),
    path("login/", door.SignIn.as_view(), name="account_login"),
    path("login/second-step/", door.SecondFactor.as_view(), name="mfa_authenticate"),
    path("login/passkey/", door.PasskeySignIn.as_view(), name="mfa_login_webauthn"),
    path("inactive/", door.Inactive.as_view(), name="account_inactive"),
    path("sign-out/", door.SignOut.as_view(), name="sign_out"),
    path("prove-again/", door.ProveAgain.as_view(), name="account_reauthenticate"),
    path("lock/", locking.lock, name="lock"),
    path("locked/", locking.locked, name="locked"),
    path("password/", factors.ChangePassword.as_view(), name="account_change_password"),
    path("app/", factors.EnrolTotp.as_view(), name="mfa_activate_totp"),
    path("app/remove/", factors.RemoveTotp.as_view(), name="mfa_deactivate_totp"),
    path("passkeys/add/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/remove/", factors.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("recovery-codes/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "recovery-codes/new/",
        factors.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("factors/", RedirectView.as_view(pattern_name="account"), name="mfa_index"),
    path("passkeys/", RedirectView.as_view(pattern_name="account"), name="mfa_list_webauthn"),
]

# By the mode the process was started in, which nothing can change afterwards.
if settings.CONFIGURATION.is_demo:
    urlpatterns.append(path("demo/", demo_sign_in, name="demo_sign_in"))
