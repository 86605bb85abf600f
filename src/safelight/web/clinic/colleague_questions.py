"""A question to a colleague as the treating team sees it: its thread, its end, more time."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from safelight.consulting.errors import ConsultingError, QuestionOverError
from safelight.consulting.rules import LONGEST_TEXT, QuestionState
from safelight.consulting.selectors import question_for_treating
from safelight.consulting.services.ending import (
    close_question,
    extend_question,
    revoke_question,
    usual_days,
)
from safelight.consulting.services.thread import go_on
from safelight.people.asker import Asker
from safelight.web.clinic.cards import photograph_card, record_context
from safelight.web.clinic.forms import refusal
from safelight.web.clinic.question_cards import thread_card
from safelight.web.doors import clinical

_ENDS: Final[dict[str, tuple[Callable[[Asker, UUID], None], str]]] = {
    "close": (close_question, gettext_noop("Closed. The thread stays in the record.")),
    "revoke": (revoke_question, gettext_noop("Taken back. Nobody sees the pictures by it now.")),
}


@require_safe
@clinical
def question(request: HttpRequest, asker: Asker, asked: UUID) -> HttpResponse:
    return _page(request, asker, asked)


@require_POST
@clinical
def go_on_with(request: HttpRequest, asker: Asker, asked: UUID) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        go_on(asker, asked, text)
    except ConsultingError as error:
        return _page(request, asker, asked, error.sentence, text)
    return redirect("clinic:colleague_question", asked)


@require_POST
@clinical
def end(request: HttpRequest, asker: Asker, asked: UUID) -> HttpResponse:
    """Closed or taken back. Back to the list: who asked may not open the record any more."""
    known = _ENDS.get(request.POST.get("how", ""))
    if known is None:
        return redirect("clinic:colleague_question", asked)
    verb, done = known
    try:
        verb(asker, asked)
        messages.success(request, _(done))
    except QuestionOverError:
        messages.error(request, _("This question was ended already."))
    return redirect("clinic:asked_of_me")


@require_POST
@clinical
def extend(request: HttpRequest, asker: Asker, asked: UUID) -> HttpResponse:
    try:
        extend_question(asker, asked)
    except ConsultingError as error:
        return _page(request, asker, asked, error.sentence)
    return redirect("clinic:colleague_question", asked)


def _page(
    request: HttpRequest, asker: Asker, asked: UUID, wrong: str = "", text: str = ""
) -> HttpResponse:
    record, thread, pictures = question_for_treating(asker, asked)
    context = {
        **record_context(record),
        "thread": thread_card(thread, asker),
        "photographs": [photograph_card(item) for item in pictures],
        "moved": len(thread.photographs) - len(pictures),
        "can_be_extended": thread.line.state.is_under_way
        or thread.line.state is QuestionState.EXPIRED,
        "more_days": usual_days(thread.line.asked_at, timezone.now()),
        "longest": LONGEST_TEXT,
        "text": text,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/colleague_question.html", context, status=422 if wrong else 200)
