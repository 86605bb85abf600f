"""Addresses of the privacy officer's pages."""

from django.urls import path

from safelight.web.privacy import views

app_name = "privacy"

urlpatterns = [
    path("break-glass/", views.break_glass, name="break_glass"),
    path("break-glass/<uuid:session>/review/", views.review, name="review_break_glass"),
]
