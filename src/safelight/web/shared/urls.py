"""Addresses of what is shared. None of them opens anything without a code and a cookie."""

from django.urls import path

from safelight.web.shared import pages, passkeys, pictures

app_name = "shared"

urlpatterns = [
    path("s/<str:letters>/", pages.door, name="door"),
    path("s/<str:letters>/passkey/", passkeys.enter, name="enter_by_passkey"),
    path("shared/passkey/", passkeys.add, name="add_passkey"),
    path("shared/", pages.home, name="home"),
    path("shared/over/", pages.over, name="over"),
    path("shared/answer/", pages.give_answer, name="answer"),
    path("shared/close/", pages.close, name="close"),
    path("shared/shown/", pictures.shown, name="shown"),
    path("shared/pictures/<uuid:photograph>/bytes", pictures.picture_bytes, name="picture_bytes"),
]
