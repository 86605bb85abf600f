"""The same page for what is missing and what is forbidden, and others for forms and our own mistakes."""

from collections.abc import Callable
from http import HTTPStatus

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


class FormsOnlyMiddleware:
    """A sentence for who opens an address by hand that takes only what a form sends.

    INVARIANT: it is the same for every id, of what is there and of what is not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not _is_read(request):
            return response
        page = _forms_only(request)
        page["Allow"] = response.get("Allow", "")
        return page


def _is_read(request: HttpRequest) -> bool:
    """Whether somebody looks at the answer, and no script or machine."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "")


def _forms_only(request: HttpRequest) -> HttpResponse:
    if is_patients(request):
        page = missing_page(request)
        page.status_code = HTTPStatus.METHOD_NOT_ALLOWED
        return page
    return render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
