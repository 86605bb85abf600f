"""Addresses that the software of recipients asks. Each has 256 random bits, and opens nothing alone."""

from django.urls import path

from safelight.web.health_links import serving

app_name = "health_links"

urlpatterns = [
    path("health-links/files/<str:token>", serving.file, name="file"),
    path("health-links/<str:token>", serving.link, name="manifest"),
]
