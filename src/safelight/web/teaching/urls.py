"""Addresses of pictures that are used by reference. None of them tells whose picture it is."""

from django.urls import path

from safelight.web.teaching import views

app_name = "teaching"

urlpatterns = [
    path("", views.home, name="home"),
    path("photographs/<uuid:photograph>/", views.photograph, name="photograph"),
]
