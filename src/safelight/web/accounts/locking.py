"""Locking a session and waking it up again, without leaving the page that was open."""

from http import HTTPStatus
from typing import Any

from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from safelight.engines.policy import SessionState
from safelight.people import presence
from safelight.people.asker import Asker
from safelight.web.accounts.factors import has_passkeys
from safelight.web.accounts.forms import DemoUnlockForm, PasskeyForm, UnlockForm
from safelight.web.accounts.handed_over import (
    end_visits,
    handed_over_for,
    is_handed_over,
    without_visit,
)
from safelight.web.accounts.homes import home_of, local_or_none
from safelight.web.limits import RateLimitedError, allow_proof, too_many
from safelight.web.presence import asker_of, is_navigation, session_digest


@require_http_methods(["GET", "HEAD", "POST"])
def lock(request: HttpRequest) -> HttpResponse:
    """POST locks now. GET tells an open page whether it is locked, and keeps it awake if not."""
    if request.method == "POST":
        presence.lock(session_digest(request))
        return JsonResponse({"locked": True})
    asker = asker_of(request)
    return JsonResponse({"locked": asker is None or asker.session is SessionState.LOCKED})


@require_http_methods(["GET", "HEAD", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    asker = asker_of(request)
    if asker is None or asker.session is SessionState.USABLE:
        return _onward(request, asker)
    if request.method != "POST":
        return _page(request, asker, _form(request))
    try:
        allow_proof(str(asker.staff))
    except RateLimitedError as error:
        return too_many(request, error)
    form = _form(request)
    if not form.is_valid():
        return _refusal(request, asker, form)
    presence.unlock(asker.session_key)
    response = _onward(request, asker)
    end_visits(request)
    return without_visit(request, response)


def _form(request: HttpRequest) -> Form:
    """What this person has to show; empty on GET."""
    data = request.POST if request.method == "POST" else None
    if settings.SAFELIGHT_DEMO and request.user.is_test_data:  # type: ignore[union-attr] # signed in
        return DemoUnlockForm(data)
    kind: Any = PasskeyForm if data and "credential" in data else UnlockForm
    form: Form = kind(data, user=request.user)
    return form


def _page(request: HttpRequest, asker: Asker, form: Form) -> HttpResponse:
    question: dict[str, Any] = {}
    if has_passkeys(asker.staff):
        question = {"request_options": begin_authentication(request.user)}
    if not is_navigation(request):
        return JsonResponse({"locked": True} | question)
    context = {
        "who": asker.display_name,
        "form": form,
        "js_data": question,
        "is_handed_over": is_handed_over(request),
    }
    return render(request, "accounts/locked.html", context)


def _refusal(request: HttpRequest, asker: Asker, form: Form) -> HttpResponse:
    if is_navigation(request):
        return _page(request, asker, form)
    sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return JsonResponse(
        {"code": "not-unlocked", "sentence": sentence}, status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


def _onward(request: HttpRequest, asker: Asker | None) -> HttpResponse:
    if not is_navigation(request):
        return JsonResponse({"unlocked": True})
    home = _work_of(request, asker) if asker else reverse("account_login")
    return HttpResponseRedirect(local_or_none(request.GET.get("next")) or home)


def _work_of(request: HttpRequest, asker: Asker) -> str:
    """What was being done: the request for which the device was handed over, if it was."""
    proposal = handed_over_for(request)
    if proposal is not None and asker.is_clinical:
        return reverse("clinic:proposal", args=[proposal])
    return home_of(asker.role)
