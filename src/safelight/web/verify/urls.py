"""The one address that a patient's copy prints for whoever wants to check it."""

from django.urls import path

from safelight.web.verify import views

app_name = "verify"

urlpatterns = [path("", views.code, name="code")]
