"""Where anybody checks a copy by its code, and a certificate by its receipt, and the key for it."""

from django.urls import path

from safelight.web.verify import receipts, views

app_name = "verify"

urlpatterns = [
    path("", views.code, name="code"),
    path("receipt/", receipts.receipt, name="receipt"),
    path("key/", receipts.key, name="key"),
]
