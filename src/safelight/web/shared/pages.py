"""What a recipient sees: a door that asks for a code, the pictures, and a card when they are gone."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.institution.selectors import current_policy
from safelight.people.limits import allow
from safelight.photos.selectors import PhotographView
from safelight.sharing.errors import AnswerRefusedError, CodeRefusedError, ShareOverError
from safelight.sharing.guests import Guest
from safelight.sharing.looks import SharedPage, shared_page
from safelight.sharing.services.answering import LONGEST_ANSWER, answer
from safelight.sharing.services.entering import enter, leave
from safelight.sharing.services.giving import CODE_DIGITS
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.purposes import Purpose
from safelight.web.limits import client_address
from safelight.web.person_words import age_words, sex_words
from safelight.web.portal.door import stranger
from safelight.web.portal.pages import current_contact
from safelight.web.portal.words import phone_address, picture_label
from safelight.web.shared.door import end_opening, give_opening, guest

ATTEMPTS = 30
PER = timedelta(minutes=10)
ANSWERED = "answered"
PASSKEY_ADDED = "passkey-added"


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """A page of the institution, with whom to call."""
    contact = current_contact()
    around = {
        "contact": contact,
        "phone_address": phone_address(contact),
        "languages": LANGUAGES,
    }
    return render(request, f"shared/{template}.html", around | (context or {}), status=status)


@stranger
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, letters: str) -> HttpResponse:
    """The same page for every link, whether it leads anywhere or not."""
    if request.method != "POST":
        return page(request, "enter", {"letters": letters})
    if is_too_often(request):
        return too_many(request)
    code = request.POST.get("code", "")
    if sum(letter.isdecimal() for letter in code) != CODE_DIGITS:
        return again(request, letters, _("Please type the code. It has eight digits."))
    try:
        secret = enter(letters, code, request.POST.get("zone", ""))
    except CodeRefusedError as error:
        return again(request, letters, _(error.sentence))
    except ShareOverError:
        return redirect("shared:over")
    rotate_token(request)
    response = redirect("shared:home")
    give_opening(response, secret)
    return response


def is_too_often(request: HttpRequest) -> bool:
    """Whether this place knocked more often than anybody needs to."""
    return not allow("shared-door", client_address(request), rate=ATTEMPTS, per=PER)


def too_many(request: HttpRequest) -> HttpResponse:
    return page(request, "too_many", status=HTTPStatus.TOO_MANY_REQUESTS)


def again(request: HttpRequest, letters: str, sentence: str) -> HttpResponse:
    context = {"letters": letters, "notice": sentence, "is_refused": True}
    return page(request, "enter", context)


@guest
@require_safe
def home(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The pictures, what they are for, and a place for the answer."""
    said = {
        ANSWERED: _("Thank you. Your answer is with whoever asked you."),
        PASSKEY_ADDED: _("From now on your passkey opens the link. The code is void."),
    }
    notice = said.get(request.GET.get("because", ""), "")
    return home_page(request, shared_page(guest), {"notice": notice})


def home_page(request: HttpRequest, shown: SharedPage, more: dict[str, Any]) -> HttpResponse:
    """What is shared, with `more` on top of it."""
    context = {
        "shared": shown,
        "purpose": _(Purpose.SECOND_OPINION.display),
        "age": age_words(shown.age),
        "sex": sex_words(shown.sex),
        "pictures": [_picture(item) for item in shown.photographs],
        "longest_answer": LONGEST_ANSWER,
        "lease_seconds": current_policy().lease_seconds,
    }
    return page(request, "home", context | more)


def _picture(view: PhotographView) -> dict[str, Any]:
    return {"id": view.id, "label": picture_label(view)}


@guest
@require_POST
def give_answer(request: HttpRequest, guest: Guest) -> HttpResponse:
    text = request.POST.get("answer", "")
    try:
        answer(guest, text)
    except AnswerRefusedError as error:
        refused = {"notice": _(error.sentence), "is_refused": True, "typed": text}
        return home_page(request, shared_page(guest), refused)
    return redirect(f"{redirect('shared:home').url}?because={ANSWERED}")


@guest
@require_POST
def close(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The recipient is done here; the link and the code stay good as long as the share is."""
    leave(guest)
    response = redirect("shared:over")
    end_opening(response)
    return response


@stranger
@require_safe
def over(request: HttpRequest) -> HttpResponse:
    """Nothing is open here. Whatever ended it, and whether there ever was anything, looks the same."""
    response = page(request, "over")
    end_opening(response)
    return response
