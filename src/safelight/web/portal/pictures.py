"""Each picture, large: use it, or leave it out."""

import logging
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.consent.errors import (
    AlreadySignedError,
    PictureGoneError,
    ProposalRefusedError,
    WishOpenError,
    WishRefusedError,
)
from safelight.consent.selectors.deciding import AskedPicture, DecisionView, decision_view
from safelight.consent.services.deciding import answer_picture, forget_removed_pictures
from safelight.consent.services.wishing import LONGEST_WISH, wish_for_covering
from safelight.consent.visits import Visit
from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.release.signers import decide_to_signer, show_to_signer, size_shown
from safelight.vocabulary.agreements import Answer
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import Rendition
from safelight.web.clinic.byte_path import HEADERS
from safelight.web.clinic.forms import one_of
from safelight.web.portal.door import missing, signer, visit_of
from safelight.web.portal.newer_text import led_to_newer_text
from safelight.web.portal.pages import page, steps
from safelight.web.portal.sentences import WISH_SENT, back_to
from safelight.web.portal.words import ANSWERS, picture_card

logger = logging.getLogger("safelight.bytes")


@signer
@require_safe
def pictures(request: HttpRequest, visit: Visit) -> HttpResponse:
    """On to the first picture without an answer, or to the first one."""
    view = decision_view(visit)
    if not view.is_open:
        return redirect("portal:start")
    if led := led_to_newer_text(visit, view):
        return led
    following = [*view.open_pictures, *view.pictures]
    if not following:
        return redirect("portal:choices")
    if because := request.GET.get("because", ""):
        return back_to("portal:picture", because, following[0].id)
    return redirect("portal:picture", following[0].id)


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def picture(request: HttpRequest, visit: Visit, photograph: UUID) -> HttpResponse:
    view = decision_view(visit)
    if not view.is_open:
        return redirect("portal:start")
    if led := led_to_newer_text(visit, view):
        return led
    places = [item.id for item in view.pictures]
    if photograph not in places:
        return missing(request)
    if request.method == "POST":
        return _answer(request, visit, view, places.index(photograph))
    return _picture_page(request, visit, view, places.index(photograph))


def _answer(request: HttpRequest, visit: Visit, view: DecisionView, place: int) -> HttpResponse:
    """Keep the answer, and go on to the next picture; after the last to one that is still open."""
    photograph = view.pictures[place].id
    answer = one_of(Answer, request.POST.get("answer", ""))
    if answer is None:
        return redirect("portal:picture", photograph)
    try:
        answer_picture(visit, photograph, answer)
    except PictureGoneError as error:
        forget_removed_pictures(visit)
        return back_to("portal:pictures", error.code)
    except WishOpenError as error:
        return back_to("portal:picture", error.code, photograph)
    except (AlreadySignedError, ProposalRefusedError):
        return redirect("portal:start")
    if place + 1 < len(view.pictures):
        return redirect("portal:picture", view.pictures[place + 1].id)
    still_open = [item for item in view.open_pictures if item.id != photograph]
    return (
        redirect("portal:picture", still_open[0].id) if still_open else redirect("portal:choices")
    )


@signer
@require_POST
def cover_more(request: HttpRequest, visit: Visit, photograph: UUID) -> HttpResponse:
    """What more is to be covered, in the signer's own words."""
    try:
        wish_for_covering(visit, photograph, request.POST.get("wish", ""))
    except PictureGoneError as error:
        forget_removed_pictures(visit)
        return back_to("portal:pictures", error.code)
    except WishRefusedError as error:
        return back_to("portal:picture", error.code, photograph)
    except (AlreadySignedError, ProposalRefusedError):
        return redirect("portal:start")
    return back_to("portal:picture", WISH_SENT, photograph)


def _picture_page(
    request: HttpRequest, visit: Visit, view: DecisionView, place: int
) -> HttpResponse:
    asked = view.pictures[place]
    card = picture_card(asked.photograph, size_shown(visit, asked.id))
    can_be_shown = bool(decide_to_signer(visit, card.id, Rendition.DISPLAY))
    context = {
        "view": view,
        "contact": view.contact,
        "picture": card,
        "can_be_shown": can_be_shown,
        "is_shown": not card.is_covered or request.GET.get("show") == "yes",
        "answers": [(item.value, label, asked.answer is item) for item, label in ANSWERS.items()],
        "number": place + 1,
        "total": len(view.pictures),
        "wish_open": asked.wish_open,
        "may_be_used": asked.wish_open is False and can_be_shown,
        "longest_wish": LONGEST_WISH,
        "strip": [_strip_item(item, number, place) for number, item in enumerate(view.pictures)],
        "previous": view.pictures[place - 1].id if place else None,
        "next": view.pictures[place + 1].id if place + 1 < len(view.pictures) else None,
        "is_all_answered": not view.open_pictures,
    }
    return page(request, visit, "picture", context | steps("pictures"))


def _strip_item(item: AskedPicture, number: int, place: int) -> dict[str, object]:
    return {
        "id": item.id,
        "number": number + 1,
        "answer": item.answer.value if item.answer else "",
        "is_current": number == place,
    }


@login_not_required
def picture_bytes(request: HttpRequest, photograph: UUID, rendition: str) -> HttpResponse:
    """One rendition through the gate. Whatever goes wrong is the same empty 404."""
    opened = _open(request, photograph, rendition)
    response = (
        HttpResponse(opened.content, content_type=opened.media_type) if opened else _nothing()
    )
    for name, value in HEADERS:
        response[name] = value
    return response


def _nothing() -> HttpResponse:
    response = HttpResponse(status=404)
    del response["Content-Type"]
    return response


def _open(request: HttpRequest, photograph: UUID, rendition: str) -> Opened | None:
    visit = visit_of(request) if request.method == "GET" else None
    wanted = one_of(Rendition, rendition)
    if visit is None or wanted is None:
        return None
    try:
        return show_to_signer(visit, photograph, wanted)
    except AccessRefusedError:
        return None
    except SafelightError as error:
        logger.error("a picture could not be opened: %s", error.code)
        return None
