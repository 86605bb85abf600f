"""The same page for what is missing and what is forbidden, and one for our own mistakes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from safelight.web.portal.refusals import is_patients, missing_page, too_old


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if is_patients(request):
        return missing_page(request)
    return render(request, "404.html", status=404)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from a page of ours, or from one that is too old."""
    if is_patients(request):
        return too_old(request)
    return render(request, "403_csrf.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
