"""Preparing a picture for teaching or sharing: cover, see the result, approve, confirm."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.people.asker import Asker
from safelight.redaction.errors import MalformedDraftError, NothingPreparedError, ScanFailedError
from safelight.redaction.looking import look_further, require_preparable
from safelight.redaction.rules import Answer, Draft, Sought
from safelight.redaction.selectors import Preparation, preparation
from safelight.redaction.selectors import checked as checked_result
from safelight.redaction.services import approve, save_draft
from safelight.release.access import open_photograph_record
from safelight.release.errors import AccessRefusedError
from safelight.release.reasons import has_stated_reason
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.identifiability import Fill, Identifying, MaskShape, Overlooked
from safelight.vocabulary.photograph import Rendition
from safelight.web.clinic.cards import Choice, choices, record_context, rendition_url
from safelight.web.clinic.forms import refusal
from safelight.web.clinic.prepared import purposes_in_words, result_context
from safelight.web.doors import clinical

Page = Callable[[HttpRequest, Asker, UUID], HttpResponse]


def after_reason(page: Page) -> Page:
    """A protected picture is prepared only after a reason was stated for opening it just now."""

    @wraps(page)
    def asked_first(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
        _record, found = open_photograph_record(asker, photograph)
        if found.is_hidden and not has_stated_reason(asker, photograph):
            return redirect("clinic:reveal", photograph)
        return page(request, asker, photograph)

    return asked_first


@require_safe
@clinical
@after_reason
def prepare(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """The picture, what was found in it, and what only a person can see."""
    known = preparation(asker, photograph)
    context = {
        **record_context(known.record),
        "photograph_id": photograph,
        "picture_alt": _(known.photograph.body_site_display) or _("Picture without a label"),
        "wishes": known.wishes,
        "sent_back": known.sent_back,
        "kinds": choices(Identifying),
        "fills": choices(Fill),
        "shapes": choices(MaskShape),
        "answers": answer_choices(),
        "questions": choices(Overlooked),
        "facts": _facts(known),
    }
    return render(request, "clinic/prepare.html", context)


def answer_choices() -> list[Choice]:
    """Short, so that three of them stand side by side on a phone."""
    words = {Answer.NONE: _("Not there"), Answer.COVERED: _("Covered"), Answer.STAYS: _("Visible")}
    return [Choice(answer.value, word) for answer, word in words.items()]


def _facts(known: Preparation) -> dict[str, Any]:
    """What prepare.js begins with. Coordinates are pixels of the upright original."""
    photograph = known.photograph.id
    return {
        "picture_url": rendition_url(photograph, Rendition.DISPLAY),
        "original_url": rendition_url(photograph, Rendition.ORIGINAL),
        "width": known.photograph.width,
        "height": known.photograph.height,
        "findings": _told(known.sought) if known.sought else None,
        "is_done": known.sought is not None and known.sought.is_done,
        "draft": known.draft.to_data() if known.draft else None,
        "floor": known.floor.to_data(),
        "fills": [fill.value for fill in Fill],
        "look_url": reverse("clinic:prepare_look", args=[photograph]),
        "save_url": reverse("clinic:prepare_save", args=[photograph]),
    }


def _told(sought: Sought) -> list[dict[str, Any]]:
    return [item.to_data() for item in sought.findings]


@require_POST
@clinical
def look_for(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """What detectors would cover. The page asks as soon as it is there, and until it is done."""
    try:
        sought = look_further(asker, photograph)
    except SafelightError as error:
        return _refused(error)
    return JsonResponse({"findings": _told(sought), "is_done": sought.is_done})


@require_POST
@clinical
def save(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """The draft as JSON; answered with where its result is to be seen.

    Who may not prepare gets *missing* whatever they send, also what could not be read.
    """
    require_preparable(asker, photograph)
    try:
        save_draft(asker, photograph, _sent(request))
    except SafelightError as error:
        return _refused(error)
    return JsonResponse({"location": reverse("clinic:prepare_check", args=[photograph])})


def _sent(request: HttpRequest) -> Draft:
    try:
        return Draft.from_data(json.loads(request.body))
    except (ValueError, RecursionError) as error:
        raise MalformedDraftError from error


def _refused(error: SafelightError) -> HttpResponse:
    """A sentence for the page. What may not be seen is the door's business, not the page's."""
    if isinstance(error, AccessRefusedError):
        raise error
    is_passing = isinstance(error, ScanFailedError)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_passing else HTTPStatus.UNPROCESSABLE_ENTITY
    return JsonResponse({"code": error.code, "sentence": error.sentence}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
@after_reason
def check(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """Before and after, and what is still found; POST approves what is on the screen."""
    try:
        if request.method == "POST":
            return _approved(request, asker, photograph)
        return _check_page(request, asker, photograph)
    except NothingPreparedError as error:
        messages.error(request, error.sentence)
        return redirect("clinic:prepare", photograph)


def _check_page(
    request: HttpRequest, asker: Asker, photograph: UUID, error: SafelightError | None = None
) -> HttpResponse:
    found = checked_result(asker, photograph)
    context = result_context(found, _reasons(request.POST))
    if error is not None:
        context["form"] = refusal(error.sentence)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK
    return render(request, "clinic/prepare_check.html", context, status=status)


def _approved(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    try:
        found = checked_result(asker, photograph)
        approve(asker, photograph, version_of(request), _reasons(request.POST))
    except (AccessRefusedError, NothingPreparedError):
        raise
    except SafelightError as error:
        return _check_page(request, asker, photograph, error)
    messages.success(request, _approval_said(purposes_in_words(found.needs_second_for)))
    return redirect("clinic:photograph", photograph)


def _approval_said(purposes: str) -> str:
    if not purposes:
        return _("Approved. Beyond care, this form is used from now on.")
    return _("Approved. A second person looks at it before it is used for: %s.") % purposes


REASON = "reason-"


def _reasons(sent: Mapping[str, Any]) -> dict[str, str]:
    """Why each thing that is still found may stay, as typed."""
    return {
        name.removeprefix(REASON): str(text)
        for name, text in sent.items()
        if name.startswith(REASON) and str(text).strip()
    }


def version_of(request: HttpRequest) -> int:
    """The version on the screen; one that is none fits to nothing and is refused as changed."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1" + "0" * 9) else -1
