"""Addresses of the demo alone: by the mode the process was started in, which nothing changes."""

from django.conf import settings
from django.urls import URLPattern, path

from safelight.web.demo.mails import mails

app_name = "demo"

urlpatterns: list[URLPattern] = []
if settings.CONFIGURATION.is_demo:
    urlpatterns.append(path("mails/", mails, name="mails"))
