"""Anybody may check a code; nobody learns more than yes or no."""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_http_methods

from safelight.consent.verification import is_genuine
from safelight.people.limits import allow
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.web.limits import client_address

TRIES: Final = 20
PER: Final = timedelta(minutes=10)
LONGEST_CODE: Final = 64


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def code(request: HttpRequest) -> HttpResponse:
    """The code is posted, so that it stands in no address and no log."""
    language = language_of(request)
    with translation.override(language):
        if request.method != "POST":
            return _page(request, language)
        if not allow("verify", client_address(request), rate=TRIES, per=PER):
            return _page(request, language, is_limited=True)
        typed = request.POST.get("code", "")[:LONGEST_CODE]
        return _page(request, language, is_answered=True, is_genuine=is_genuine(typed))


def _page(request: HttpRequest, language: str, **told: bool) -> HttpResponse:
    is_limited = told.get("is_limited", False)
    status = HTTPStatus.TOO_MANY_REQUESTS if is_limited else HTTPStatus.OK
    context = {"language": language, "languages": LANGUAGES.items(), **told}
    return render(request, "verify/code.html", context, status=status)


def language_of(request: HttpRequest) -> str:
    """The language that was chosen, else the first that the browser asks for and the page has."""
    chosen = request.POST.get("language") or request.GET.get("language", "")
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    wanted = [chosen, *(tag.partition("-")[0] for tag, _quality in asked)]
    return next((tag for tag in wanted if tag in LANGUAGES), "en")
