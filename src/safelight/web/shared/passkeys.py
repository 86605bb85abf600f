"""A passkey at the recipient's door, and adding one once they are in."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safelight.institution.selectors import current_house
from safelight.sharing.errors import CodeRefusedError, PasskeyRefusedError, ShareOverError
from safelight.sharing.guests import Guest
from safelight.sharing.looks import shared_page
from safelight.sharing.services.passkeys import (
    Question,
    Site,
    add_passkey,
    ask_at_the_door,
    ask_to_add,
    enter_by_passkey,
)
from safelight.web.portal.door import stranger
from safelight.web.shared.door import give_opening, guest
from safelight.web.shared.pages import PASSKEY_ADDED, again, home_page, is_too_often, too_many

STATE: Final = "shared-passkey"


def _site(request: HttpRequest) -> Site:
    return Site(request.get_host().rpartition(":")[0] or request.get_host(), current_house().name)


def _asked(request: HttpRequest, question: Question, name: str) -> HttpResponse:
    """The question for the device; what it has to fit waits in the sealed session, for one answer."""
    request.session[STATE] = question.state
    return JsonResponse({name: question.options})


def _remembered(request: HttpRequest) -> dict[str, Any] | None:
    state: dict[str, Any] | None = request.session.pop(STATE, None)
    return state


@stranger
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, letters: str) -> HttpResponse:
    """GET asks the device, the same for every link; POST brings its answer."""
    if is_too_often(request):
        return too_many(request)
    if request.method != "POST":
        return _asked(request, ask_at_the_door(_site(request)), "request_options")
    answer = request.POST.get("credential", "")
    try:
        secret = enter_by_passkey(letters, _site(request), _remembered(request), answer)
    except CodeRefusedError as error:
        return again(request, letters, _(error.sentence))
    except ShareOverError:
        return redirect("shared:over")
    rotate_token(request)
    response = redirect("shared:home")
    give_opening(response, secret)
    return response


@guest
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, guest: Guest) -> HttpResponse:
    if request.method != "POST":
        return _asked(request, ask_to_add(guest, _site(request)), "creation_options")
    answer = request.POST.get("credential", "")
    try:
        add_passkey(guest, _site(request), _remembered(request), answer)
    except PasskeyRefusedError as error:
        refused = {"notice": _(error.sentence), "is_refused": True}
        return home_page(request, shared_page(guest), refused)
    return redirect(f"{redirect('shared:home').url}?because={PASSKEY_ADDED}")
