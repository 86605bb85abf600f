"""Slides of a deck: written, put in order, given pictures by their addresses."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from safelight.people.asker import Asker
from safelight.teaching.errors import NoPictureThereError, TeachingError
from safelight.teaching.selectors.decks import deck_picture
from safelight.teaching.services.slides import (
    add_slide,
    duplicate_slide,
    move_slide,
    refer_to,
    remove_slide,
    state_why,
    take_out,
    write_slide,
)
from safelight.web.clinic.forms import as_uuid
from safelight.web.display.pictures import picture_response
from safelight.web.doors import teacher
from safelight.web.presence import is_navigation
from safelight.web.teaching import reading
from safelight.web.teaching.addresses import find_photograph
from safelight.web.teaching.decks import editor


def _at(deck: UUID, slide: UUID) -> HttpResponse:
    return redirect(f"{reverse('teaching:deck', args=[deck])}?slide={slide}")


@require_POST
@teacher
def add(request: HttpRequest, asker: Asker, deck: UUID) -> HttpResponse:
    """A new slide behind the one that is worked on."""
    after = as_uuid(request.POST.get("after", ""))
    try:
        return _at(deck, add_slide(asker, deck, after=after))
    except TeachingError as error:
        return editor(request, asker, deck, after, _(error.sentence))


@require_POST
@teacher
def write(request: HttpRequest, asker: Asker, deck: UUID, slide: UUID) -> HttpResponse:
    """Keep what was typed. A script that saves on the way is told; a form is led back."""
    wrong = ""
    try:
        words, captions = reading.words(request.POST.dict()), reading.captions(request.POST)
        write_slide(asker, deck, slide, words, captions)
    except TeachingError as error:
        wrong = _(error.sentence)
    if not is_navigation(request):
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        return JsonResponse({"sentence": wrong}, status=status)
    return editor(request, asker, deck, slide, wrong) if wrong else _at(deck, slide)


_ARRANGING: dict[str, Callable[[Asker, UUID, UUID], UUID | None]] = {
    "earlier": lambda asker, deck, slide: move_slide(asker, deck, slide, -1),
    "later": lambda asker, deck, slide: move_slide(asker, deck, slide, 1),
    "double": duplicate_slide,
    "remove": remove_slide,
}


@require_POST
@teacher
def arrange(request: HttpRequest, asker: Asker, deck: UUID, slide: UUID) -> HttpResponse:
    """Earlier, later, once more, or away."""
    wanted = request.POST.get("do", "")
    try:
        made = _ARRANGING[wanted](asker, deck, slide) if wanted in _ARRANGING else None
    except TeachingError as error:
        return editor(request, asker, deck, slide, _(error.sentence))
    if wanted == "remove":
        return redirect("teaching:deck", deck)
    return _at(deck, made or slide)


@require_POST
@teacher
def refer(request: HttpRequest, asker: Asker, deck: UUID, slide: UUID) -> HttpResponse:
    """Put a picture in by its address, as a clinician gave it."""
    photograph = find_photograph(request.POST.get("address", ""))
    try:
        if photograph is None:
            raise NoPictureThereError
        refer_to(asker, deck, slide, photograph, request.POST.get("caption", ""))
    except TeachingError as error:
        return editor(request, asker, deck, slide, _(error.sentence))
    return _at(deck, slide)


@require_POST
@teacher
def drop(
    request: HttpRequest, asker: Asker, deck: UUID, slide: UUID, picture: UUID
) -> HttpResponse:
    take_out(asker, deck, slide, picture)
    return _at(deck, slide)


@require_POST
@teacher
def why(request: HttpRequest, asker: Asker, deck: UUID, slide: UUID, picture: UUID) -> HttpResponse:
    """Why an intimate or forensic picture is taught with."""
    try:
        state_why(asker, deck, slide, picture, request.POST.get("reason", ""))
    except TeachingError as error:
        return editor(request, asker, deck, slide, _(error.sentence))
    return _at(deck, slide)


@require_GET
@teacher
def picture(request: HttpRequest, asker: Asker, deck: UUID, photograph: UUID) -> HttpResponse:
    """A picture of the deck, as its usual audience would see it."""
    is_small = "small" in request.GET
    return picture_response(lambda: deck_picture(asker, deck, photograph, small=is_small))
