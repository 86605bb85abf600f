"""Addresses of links to copies, for those who make them. None of them names anybody."""

from django.urls import path

from safelight.web.exporting import making, managing

app_name = "exporting"

COPY = "links/<uuid:copy>/"

urlpatterns = [
    path("", managing.mine, name="mine"),
    path("patients/<uuid:patient>/", managing.of_patient, name="of_patient"),
    path("patients/<uuid:patient>/new/", making.new, name="new"),
    path(COPY, managing.link, name="link"),
    path(f"{COPY}shown/", managing.shown_once, name="shown_once"),
    path(f"{COPY}asked/", managing.asked_to_delete, name="asked_to_delete"),
    path(f"{COPY}revoke/", managing.take_back, name="revoke"),
]
