"""Addresses of shares, for those who give them. None of them names anybody."""

from django.urls import path

from safelight.web.sharing import giving, managing

app_name = "sharing"

SHARE = "shares/<uuid:share>/"

urlpatterns = [
    path("", managing.mine, name="mine"),
    path("patients/<uuid:patient>/", managing.of_patient, name="of_patient"),
    path("patients/<uuid:patient>/new/", giving.new, name="new"),
    path(SHARE, managing.share, name="share"),
    path(f"{SHARE}code/", managing.code, name="code"),
    path(f"{SHARE}extend/", managing.prolong, name="extend"),
    path(f"{SHARE}resend/", managing.resend, name="resend"),
    path(f"{SHARE}revoke/", managing.take_back, name="revoke"),
]
