"""Coming in by the link on a note, and going away again."""

from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.consent.errors import VisitRefusedError
from safelight.consent.services import visiting
from safelight.consent.visits import Visit
from safelight.people.limits import allow
from safelight.web.limits import client_address
from safelight.web.portal.door import end_visit, give_visit, signer, stranger
from safelight.web.portal.pages import page

ATTEMPTS = 30
PER = timedelta(minutes=10)
YEAR_DIGITS = 4


@login_not_required
@require_safe
def no_letters(request: HttpRequest) -> HttpResponse:
    """An address that was typed only in part: the rest is asked for."""
    return redirect("portal:enter")


@dataclass(frozen=True)
class DatePart:
    """One of the three fields of a birth date, in the order of the reader's language."""

    name: str
    label: str
    letters: int
    autocomplete: str
    typed: str = ""


@stranger
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, letters: str = "") -> HttpResponse:
    """The letters of the note, a birth date and a code; by a link, the letters are there already."""
    if request.method != "POST":
        return _form(request, letters)
    if not allow("portal-door", client_address(request), rate=ATTEMPTS, per=PER):
        return page(request, None, "too_many", {}, status=HTTPStatus.TOO_MANY_REQUESTS)
    typed, code = letters or request.POST.get("letters", ""), request.POST.get("code", "")
    birth_date = _birth_date(request)
    if sentence := _unreadable(typed, birth_date, code):
        return _form(request, letters, sentence)
    try:
        secret = visiting.enter(typed, birth_date, code)
    except VisitRefusedError as error:
        return _form(request, letters, _(error.sentence))
    rotate_token(request)
    response = redirect("portal:start")
    give_visit(response, secret)
    return response


def _unreadable(letters: str, birth_date: date | None, code: str) -> str:
    """What cannot be right however it was meant; nothing was guessed, and nothing is counted."""
    if not letters.strip():
        return _("Please type the letters and digits from your note.")
    if birth_date is None:
        return _("Please write the day, the month and the whole year as numbers.")
    if sum(letter.isdecimal() for letter in code) != visiting.CODE_DIGITS:
        return _("Please type the code. It has six digits.")
    return ""


def _form(request: HttpRequest, letters: str, sentence: str = "") -> HttpResponse:
    context = {
        "letters": letters,
        "typed_letters": request.POST.get("letters", ""),
        "date_parts": _date_parts(request),
        "notice": sentence,
        "is_refused": bool(sentence),
    }
    return page(request, None, "enter", context)


def _date_parts(request: HttpRequest) -> list[DatePart]:
    parts = {
        "day": DatePart("day", _("Day"), 2, "bday-day", request.POST.get("day", "")),
        "month": DatePart("month", _("Month"), 2, "bday-month", request.POST.get("month", "")),
        "year": DatePart("year", _("Year"), YEAR_DIGITS, "bday-year", request.POST.get("year", "")),
    }
    return [parts[name] for name in _date_order()]


# The letters of a date format that stand for each part.
_LETTERS = {"day": "dj", "month": "bEFmMnN", "year": "oyY"}


def _date_order() -> list[str]:
    """As the reader's language writes a date."""
    pattern = formats.get_format("DATE_FORMAT")
    unescaped = "".join(
        letter for place, letter in enumerate(pattern) if pattern[place - 1 : place] != "\\"
    )
    first = {
        name: min((unescaped.find(item) for item in letters if item in unescaped), default=0)
        for name, letters in _LETTERS.items()
    }
    return sorted(first, key=lambda name: first[name])


def _birth_date(request: HttpRequest) -> date | None:
    """The day that was typed, in any digits; None where it is none."""
    try:
        day, month, year = (request.POST.get(name, "").strip() for name in _LETTERS)
        if len(year) != YEAR_DIGITS:
            return None
        return date(int(year), int(month), int(day))
    except (OverflowError, ValueError):
        return None


@stranger
@require_safe
def over(request: HttpRequest) -> HttpResponse:
    """The visit ended by itself; what was answered is kept."""
    response = page(request, None, "over", {})
    end_visit(response)
    return response


@signer
@require_POST
def leave(request: HttpRequest, visit: Visit) -> HttpResponse:
    """The answers so far are kept; a link stays good."""
    visiting.leave(visit)
    response = page(request, None, "left", {"is_handed_over": visit.is_handed_over})
    end_visit(response)
    return response
