"""Addresses. The administrator drafts and the privacy officer approves the consent form."""

from django.urls import URLPattern

app_name = "forms"

urlpatterns: list[URLPattern] = []
