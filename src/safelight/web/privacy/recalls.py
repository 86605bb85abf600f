"""The recall board: what was taken back, how far its lines have come, and what is to be done next."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from safelight.audit.receipts import NotYetInLogError
from safelight.people.asker import Asker
from safelight.recall.board import Filter, board, open_withdrawal
from safelight.recall.certificate_giving import certificate_for_staff, receipt_for_staff
from safelight.recall.errors import (
    CertificateNotReadyError,
    NoteMissingError,
    NotYetGivenUpError,
    StepRefusedError,
    WithdrawalNotFoundError,
)
from safelight.recall.services.chasing import (
    LONGEST_NOTE,
    note_acknowledged,
    note_asked,
    note_not_retractable,
)
from safelight.vocabulary.recall import WhyNotRetractable
from safelight.web.certificates import pdf_answer, receipt_answer
from safelight.web.doors import privacy_officer
from safelight.web.refusals import not_found

REFUSALS = (NoteMissingError, NotYetGivenUpError, StepRefusedError)
NOT_READY = (CertificateNotReadyError, NotYetInLogError)
FILTERS = {
    Filter.UNDER_WAY: gettext_lazy("Under way"),
    Filter.TO_ASK: gettext_lazy("To ask"),
    Filter.OVERDUE: gettext_lazy("Overdue"),
    Filter.WAITING: gettext_lazy("Waiting"),
    Filter.CLOSED: gettext_lazy("Closed"),
}
FILE_NAME = "certificate"

_View = Callable[Concatenate[HttpRequest, Asker, ...], HttpResponse]


def _known(view: _View) -> _View:
    """A withdrawal that is not there looks like every page that is not."""

    @wraps(view)
    def known(request: HttpRequest, asker: Asker, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        try:
            return view(request, asker, *args, **kwargs)
        except WithdrawalNotFoundError:
            return not_found(request)

    return known


@require_safe
@privacy_officer
def recalls(request: HttpRequest, asker: Asker) -> HttpResponse:
    wanted = request.GET.get("show", "")
    shown = Filter(wanted) if wanted in set(Filter) else Filter.UNDER_WAY
    context = {"rows": board(asker, shown), "shown": shown, "filters": FILTERS.items()}
    return render(request, "privacy/recalls.html", context)


@require_safe
@privacy_officer
@_known
def recall(request: HttpRequest, asker: Asker, withdrawal: UUID) -> HttpResponse:
    return _page(request, asker, withdrawal, {})


@require_POST
@privacy_officer
@_known
def step(request: HttpRequest, asker: Asker, withdrawal: UUID, line: UUID) -> HttpResponse:
    """Asked, answered, or given up; what was typed is not lost when it is refused."""
    words = request.POST.get("words", "")
    try:
        _take(request.POST, asker, line)
    except REFUSALS as error:
        typed = {"refused": line, "words": words, "sentence": error.sentence}
        return _page(request, asker, withdrawal, typed)
    messages.success(request, _("Noted."))
    return redirect("privacy:recall", withdrawal)


def _take(posted: Mapping[str, str], asker: Asker, line: UUID) -> None:
    words, reason = posted.get("words", ""), posted.get("reason", "")
    match posted.get("step", ""):
        case "asked":
            note_asked(asker, line, words)
        case "acknowledged":
            note_acknowledged(asker, line, words)
        case "not-retractable" if reason in set(WhyNotRetractable):
            note_not_retractable(asker, line, WhyNotRetractable(reason), words)
        case _:
            raise NotYetGivenUpError


def _page(
    request: HttpRequest, asker: Asker, withdrawal: UUID, typed: dict[str, Any]
) -> HttpResponse:
    found = open_withdrawal(asker, withdrawal)
    context = {
        "opened": found,
        "row": found.row,
        "chased": [line for line in found.lines if line.is_chased],
        "others": [line for line in found.lines if not line.is_chased],
        "longest_note": LONGEST_NOTE,
        **typed,
    }
    status = HTTPStatus.BAD_REQUEST if typed else HTTPStatus.OK
    return render(request, "privacy/recall.html", context, status=status)


@require_safe
@privacy_officer
@_known
def certificate(request: HttpRequest, asker: Asker, withdrawal: UUID) -> HttpResponse:
    """As PDF, to be printed for the patient."""
    try:
        content = certificate_for_staff(asker, withdrawal, request.build_absolute_uri("/"))
    except NOT_READY as error:
        return _later(request, withdrawal, error.sentence)
    return pdf_answer(content, FILE_NAME)


@require_safe
@privacy_officer
@_known
def receipt(request: HttpRequest, asker: Asker, withdrawal: UUID) -> HttpResponse:
    """What proves it."""
    try:
        return receipt_answer(receipt_for_staff(asker, withdrawal), FILE_NAME)
    except NOT_READY as error:
        return _later(request, withdrawal, error.sentence)


def _later(request: HttpRequest, withdrawal: UUID, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("privacy:recall", withdrawal)
