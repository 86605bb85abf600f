"""Anybody may check a code; nobody learns more than yes or no."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from safelight.consent.verification import is_genuine
from safelight.people.limits import allow
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.web.limits import client_address
from safelight.web.portal.door import language_of, stranger

TRIES: Final = 20
PER: Final = timedelta(minutes=10)
LONGEST_CODE: Final = 64


@require_http_methods(["GET", "HEAD", "POST"])
@stranger
def code(request: HttpRequest) -> HttpResponse:
    """The code is posted, so that it stands in no address and no log."""
    if request.method != "POST":
        return _page(request)
    if not allow("verify", client_address(request), rate=TRIES, per=PER):
        return _page(request, is_limited=True)
    typed = request.POST.get("code", "")[:LONGEST_CODE]
    return _page(request, is_answered=True, is_genuine=is_genuine(typed))


def _page(request: HttpRequest, **told: bool) -> HttpResponse:
    is_limited = told.get("is_limited", False)
    status = HTTPStatus.TOO_MANY_REQUESTS if is_limited else HTTPStatus.OK
    context = {"language": language_of(request), "languages": LANGUAGES.items(), **told}
    return render(request, "verify/code.html", context, status=status)
