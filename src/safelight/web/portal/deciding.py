"""The way to a signature: what it is about, the text, the choices."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.consent.errors import (
    AlreadySignedError,
    FormSupersededError,
    ProposalRefusedError,
)
from safelight.consent.selectors.deciding import DecisionView, decision_view
from safelight.consent.selectors.forms import current_form
from safelight.consent.services.deciding import (
    answer_use,
    choose_words,
    note_assent,
    note_read,
    take_newer_text,
)
from safelight.consent.visits import Visit
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.consent_forms import LANGUAGES, TextStyle
from safelight.web.clinic.forms import one_of
from safelight.web.portal.door import signer
from safelight.web.portal.newer_text import led_to_newer_text
from safelight.web.portal.pages import page, steps
from safelight.web.portal.sentences import ASK_ANEW, back_to
from safelight.web.portal.words import ASSENTS, minutes_needed
from safelight.web.presence import is_navigation


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, visit: Visit) -> HttpResponse:
    """What this is about; the language and style to read it in."""
    if request.method == "POST":
        return _choose_words(request, visit)
    view = decision_view(visit)
    if view.is_signed:
        return redirect("portal:mine")
    if not view.is_open:
        return page(request, visit, "not_open", {"view": view, "contact": view.contact})
    context = {
        "view": view,
        "contact": view.contact,
        "picture_count": len(view.pictures),
        "minutes": minutes_needed(view),
        "text_languages": _text_languages(),
        "is_easy": view.style is TextStyle.EASY_READ,
    }
    return page(request, visit, "start", context)


def _text_languages() -> list[tuple[str, str]]:
    texts = current_form().form.texts
    return [(code, name) for code, name in LANGUAGES.items() if code in texts]


def _choose_words(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Another language is read here first; with a style chosen, the reading begins."""
    language = request.POST.get("language", "")
    style = one_of(TextStyle, request.POST.get("style", ""))
    try:
        was_replaced = take_newer_text(visit)
        is_known = language in dict(_text_languages())
        choose_words(visit, language if is_known else visit.language, style or visit.style)
    except FormSupersededError:
        return back_to("portal:start", ASK_ANEW)
    except (AlreadySignedError, ProposalRefusedError):
        return redirect("portal:start")
    if is_known:
        return redirect("portal:start")
    if was_replaced:
        return back_to("portal:read", FormSupersededError.code)
    return redirect("portal:read")


@signer
@require_safe
def read(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything that must be known before a decision."""
    view = decision_view(visit)
    if not view.is_open:
        return redirect("portal:start")
    if led := led_to_newer_text(visit, view):
        return led
    context = {"view": view, "contact": view.contact, "is_easy": view.style is TextStyle.EASY_READ}
    response = page(request, visit, "read", context | steps("read"))
    if request.method == "GET":
        _note_read(visit)
    return response


def _note_read(visit: Visit) -> None:
    """A request that was signed or closed in this very moment needs no reading any more."""
    with suppress(AlreadySignedError, ProposalRefusedError):
        note_read(visit)


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Yes or no to each use; a script sends each answer as it is given, a form all at once."""
    if request.method == "POST":
        try:
            _save_choices(request, visit)
        except (AlreadySignedError, ProposalRefusedError):
            return redirect("portal:start")
        if not is_navigation(request):
            return JsonResponse({"sentence": _("Saved.")})
    view = decision_view(visit)
    if not view.is_open:
        return redirect("portal:start")
    if led := led_to_newer_text(visit, view):
        return led
    if request.method == "POST" and not view.has_open_choices:
        return redirect("portal:sign")
    return _choices_page(request, visit, view, is_sent=request.method == "POST")


def _choices_page(
    request: HttpRequest, visit: Visit, view: DecisionView, *, is_sent: bool
) -> HttpResponse:
    context: dict[str, Any] = {
        "view": view,
        "contact": view.contact,
        "is_easy": view.style is TextStyle.EASY_READ,
        "is_refused": is_sent,
        "assents": [(item.value, label, view.assent is item) for item, label in ASSENTS.items()],
    }
    if is_sent:
        context["notice"] = _("Some questions have no answer yet. Please say yes or no to each.")
    return page(request, visit, "choices", context | steps("choices"))


def _save_choices(request: HttpRequest, visit: Visit) -> None:
    """Each answer that was sent; anything that is no answer to anything asked is left aside."""
    asked = {item.agreement for item in decision_view(visit).choices}
    for agreement in asked:
        if answer := one_of(Answer, request.POST.get(field_of(agreement), "")):
            answer_use(visit, agreement, answer)
    if assent := one_of(Assent, request.POST.get("assent", "")):
        note_assent(visit, assent)


def field_of(agreement: UUID) -> str:
    """The name under which a form sends the answer to one use."""
    return f"use-{agreement}"
