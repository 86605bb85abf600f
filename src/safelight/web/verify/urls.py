"""Addresses. Anybody may ask whether a copy is genuine."""

from django.urls import URLPattern

app_name = "verify"

urlpatterns: list[URLPattern] = []
