"""The door of the patient's pages: a visit's cookie, and the language that everything is said in.

Whether staff are signed in in the same browser makes no difference here: these pages never ask.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from safelight.consent.errors import ProposalNotFoundError, VisitOverError
from safelight.consent.visits import Visit, find_visit
from safelight.release.errors import AccessRefusedError
from safelight.release.patient_words import speaking
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.consent_forms import LANGUAGES

Page = Callable[Concatenate[HttpRequest, Visit, ...], HttpResponseBase]
View = Callable[..., HttpResponseBase]
Answer = TypeVar("Answer", bound=HttpResponseBase)

# Browsers take a cookie of such a name from this very host alone, and over TLS.
_NAME: Final = "safelight-visit"
_LANGUAGE: Final = "safelight-language"
_USUAL: Final = "en"


def cookie_name() -> str:
    return f"__Host-{_NAME}" if settings.SESSION_COOKIE_SECURE else _NAME


def visit_of(request: HttpRequest) -> Visit | None:
    return find_visit(request.COOKIES.get(cookie_name(), ""))


def give_visit(response: HttpResponse, secret: str) -> None:
    """Put the visit's cookie into the answer; it ends with the browser's session."""
    _set_cookie(response, cookie_name(), secret)


def end_visit(response: HttpResponse) -> None:
    _set_cookie(response, cookie_name(), "", max_age=0)


def _set_cookie(
    response: HttpResponseBase, name: str, value: str, *, max_age: int | None = None
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age,
        path="/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def said_in(response: Answer, language: str) -> Answer:
    """With the language in the head of the answer, and kept for when there is no visit."""
    response["Content-Language"] = language
    _set_cookie(response, _LANGUAGE, language)
    return response


def language_of(request: HttpRequest) -> str:
    """For somebody who is not in yet: what they chose, else what their browser asks for."""
    wanted = [request.GET.get("language", ""), request.COOKIES.get(_LANGUAGE, "")]
    accepted = request.headers.get("Accept-Language", "")
    wanted += [part.split(";")[0].strip().split("-")[0].lower() for part in accepted.split(",")]
    return next((item for item in wanted if item in LANGUAGES), _USUAL)


def signer(page: Page) -> View:
    """Only for a visit that may go on; anybody else is led to where one comes in."""

    @login_not_required
    @wraps(page)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
        visit = visit_of(request)
        if visit is None:
            return redirect("portal:over" if cookie_name() in request.COOKIES else "portal:enter")
        with speaking(visit.language):
            try:
                response = page(request, visit, *args, **kwargs)
            except (AccessRefusedError, KeyMissingError, ProposalNotFoundError):
                response = missing(request)
            except VisitOverError:
                response = redirect("portal:over")
            return said_in(response, visit.language)

    return view


def stranger(page: View) -> View:
    """For whoever is not in yet, in the language they chose."""

    @login_not_required
    @wraps(page)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
        language = language_of(request)
        with speaking(language):
            return said_in(page(request, *args, **kwargs), language)

    return view


def missing(request: HttpRequest) -> HttpResponse:
    """What is not theirs and what is not there look alike."""
    return render(request, "portal/missing.html", status=404)
