"""Asked of me: the colleague's side. The list names no patient; the bytes come by reference."""

import logging
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from safelight.consulting.errors import ConsultingError, QuestionOverError, QuestionTakenError
from safelight.consulting.looking import show_picture
from safelight.consulting.rules import LONGEST_TEXT
from safelight.consulting.selectors import (
    AskedQuestion,
    asked_by_me,
    asked_of_me,
    line_for_colleague,
    question_for_colleague,
)
from safelight.consulting.services.notifying import notify
from safelight.consulting.services.thread import answer, take_question
from safelight.people.asker import Asker
from safelight.photos.selectors import PhotographView
from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.notices import NoticeKind
from safelight.web.clinic.byte_path import HEADERS
from safelight.web.clinic.cards import PhotographCard, patient_card, photograph_card
from safelight.web.clinic.forms import refusal
from safelight.web.clinic.question_cards import QuestionCard, question_card, thread_card
from safelight.web.doors import clinical
from safelight.web.person_words import age_words, sex_words
from safelight.web.presence import asker_of

SIZES = {"large": False, "small": True}

logger = logging.getLogger("safelight.bytes")


@require_safe
@clinical
def listed(request: HttpRequest, asker: Asker) -> HttpResponse:
    asked = [question_card(line, asker) for line in asked_of_me(asker)]
    own = [question_card(line, asker) for line in asked_by_me(asker)]
    context = {
        "waiting": [card for card in asked if card.waits],
        "others": [card for card in asked if not card.waits],
        "own": sorted(own, key=lambda card: not card.waits),
    }
    return render(request, "clinic/asked_of_me.html", context)


@require_safe
@clinical
def question(request: HttpRequest, asker: Asker, asked: UUID) -> HttpResponse:
    return _page(request, asker, asked)


@require_POST
@clinical
def take(request: HttpRequest, asker: Asker, asked: UUID) -> HttpResponse:
    try:
        take_question(asker, asked)
    except (QuestionTakenError, QuestionOverError) as error:
        messages.error(request, _(error.sentence))
        return redirect("clinic:asked_of_me")
    return redirect("clinic:asked_question", asked)


@require_POST
@clinical
def answer_it(request: HttpRequest, asker: Asker, asked: UUID) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        answer(asker, asked, text)
    except (QuestionOverError, QuestionTakenError):
        return redirect("clinic:asked_question", asked)
    except ConsultingError as error:
        return _page(request, asker, asked, error.sentence, text)
    notify(asked, reverse("clinic:asked_of_me"), NoticeKind.COLLEAGUE_ANSWERED)
    messages.success(request, _("Your answer is with the treating team."))
    return redirect("clinic:asked_question", asked)


def _page(
    request: HttpRequest, asker: Asker, asked: UUID, wrong: str = "", text: str = ""
) -> HttpResponse:
    """What there is to see while it is under way and theirs; otherwise only how it stands."""
    card = question_card(line_for_colleague(asker, asked), asker)
    if not (card.is_under_way and card.is_mine):
        return render(request, "clinic/asked_closed.html", {"question": card})
    context = {
        **_shown(question_for_colleague(asker, asked), asker, card),
        "text": text,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/asked_question.html", context, status=422 if wrong else 200)


def _shown(found: AskedQuestion, asker: Asker, card: QuestionCard) -> dict[str, Any]:
    return {
        "question": card,
        "thread": thread_card(found.thread, asker),
        "age": age_words(found.age),
        "sex": sex_words(found.sex),
        "pictures": [_picture(item, card.id) for item in found.pictures],
        "dark": found.dark,
        "known_patient": patient_card(found.patient) if found.patient else None,
        "longest": LONGEST_TEXT,
    }


def _picture(view: PhotographView, question: UUID) -> dict[str, Any]:
    """The label and the two addresses that show the picture to the colleague; no description."""
    label: PhotographCard = photograph_card(view)
    addresses = {
        size: reverse("clinic:asked_picture", args=[question, view.id, size]) for size in SIZES
    }
    return {
        "id": view.id,
        "body_site": label.body_site,
        "laterality": label.laterality,
        "view": label.view,
        "taken_at": label.taken_at,
        "sensitivity": label.sensitivity if view.is_hidden else "",
        "width": label.width,
        "height": label.height,
        **addresses,
    }


@login_not_required
def picture_bytes(request: HttpRequest, asked: UUID, photograph: UUID, size: str) -> HttpResponse:
    """One picture of a question, through the gate. Whatever goes wrong is the same empty 404."""
    opened = _open(request, asked, photograph, size)
    response = HttpResponse(status=404)
    if opened is not None:
        response = HttpResponse(opened.content, content_type=opened.media_type)
    else:
        del response["Content-Type"]
    for name, value in HEADERS:
        response[name] = value
    return response


def _open(request: HttpRequest, asked: UUID, photograph: UUID, size: str) -> Opened | None:
    asker = asker_of(request) if request.method == "GET" else None
    if asker is None or size not in SIZES:
        return None
    try:
        return show_picture(asker, asked, photograph, small=SIZES[size])
    except AccessRefusedError:
        return None
    except SafelightError as error:
        logger.error("a picture could not be opened: %s", error.code)
        return None
