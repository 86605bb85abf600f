"""Addresses of screens. None of them says which lecture it is."""

from django.urls import path

from safelight.web.display import views

app_name = "display"

urlpatterns = [
    path("", views.screen, name="screen"),
    # Answered by lease_path.py before Django is asked.
    path("lease/", views.lease, name="lease"),
    path("slide/", views.slide, name="slide"),
    path("pictures/<uuid:photograph>/", views.picture, name="picture"),
]
