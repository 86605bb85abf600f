"""Addresses. A picture by reference, for a use that an agreement permits."""

from django.urls import URLPattern

app_name = "teaching"

urlpatterns: list[URLPattern] = []
