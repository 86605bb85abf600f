"""A teacher's decks: the list of them, and the editor of one."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.people.asker import Asker
from safelight.teaching.errors import TeachingError
from safelight.teaching.selectors.decks import deck_view, decks_of
from safelight.teaching.selectors.lectures import lectures_of
from safelight.teaching.services.decks import make_deck, name_deck, remove_deck
from safelight.vocabulary.purposes import Purpose
from safelight.web.clinic.forms import as_uuid, refusal
from safelight.web.doors import teacher
from safelight.web.teaching import reading
from safelight.web.teaching.showing import (
    audience_choices,
    audience_words,
    deck_context,
    lecture_line,
)


@require_http_methods(["GET", "HEAD", "POST"])
@teacher
def decks(request: HttpRequest, asker: Asker) -> HttpResponse:
    """What is planned, what is there, and a form for a new one."""
    if request.method != "POST":
        return render(request, "teaching/decks.html", _list(asker, Purpose.LECTURE.value))
    title = request.POST.get("title", "")
    try:
        purpose, people = reading.audience(request.POST.dict())
        made = make_deck(asker, title, purpose, people)
    except TeachingError as error:
        chosen, people_typed = request.POST.get("use", ""), request.POST.get("people", "")
        context = _list(asker, chosen, people_typed)
        context["form"] = refusal(_(error.sentence), title=title)
        return render(request, "teaching/decks.html", context, status=_UNCLEAR)
    return redirect("teaching:deck", made)


_UNCLEAR = HTTPStatus.UNPROCESSABLE_ENTITY


def _list(asker: Asker, chosen: str, people: str = "") -> dict[str, Any]:
    return {
        "lectures": [lecture_line(item) for item in lectures_of(asker)],
        "decks": [{"deck": item, "audience": audience_words(item.use)} for item in decks_of(asker)],
        **audience_choices(chosen, people),
    }


@require_safe
@teacher
def deck(request: HttpRequest, asker: Asker, deck: UUID) -> HttpResponse:
    """The editor, at the slide that the address names."""
    return editor(request, asker, deck, as_uuid(request.GET.get("slide", "")))


def editor(
    request: HttpRequest, asker: Asker, deck: UUID, slide: UUID | None, wrong: str = ""
) -> HttpResponse:
    """The editor's page; with a sentence above it when something was refused."""
    view = deck_view(asker, deck)
    context = {
        **deck_context(view, slide),
        **audience_choices(view.use.purpose.value, str(view.use.people or "")),
        **({"form": refusal(wrong)} if wrong else {}),
    }
    status = _UNCLEAR if wrong else HTTPStatus.OK
    return render(request, "teaching/deck.html", context, status=status)


@require_POST
@teacher
def name(request: HttpRequest, asker: Asker, deck: UUID) -> HttpResponse:
    """Another title, or another audience."""
    try:
        purpose, people = reading.audience(request.POST.dict())
        name_deck(asker, deck, request.POST.get("title", ""), purpose, people)
    except TeachingError as error:
        return editor(request, asker, deck, None, _(error.sentence))
    return redirect("teaching:deck", deck)


@require_POST
@teacher
def remove(request: HttpRequest, asker: Asker, deck: UUID) -> HttpResponse:
    remove_deck(asker, deck)
    return redirect("teaching:decks")
