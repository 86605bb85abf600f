"""The last look at everything that was chosen, and the signature."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_http_methods

from safelight.consent.errors import (
    AlreadySignedError,
    AssentMissingError,
    ChoiceMissingError,
    FormSupersededError,
    PictureGoneError,
    PictureNotSeenError,
    SignatureEmptyError,
    SigningRefusedError,
    TextNotReadError,
)
from safelight.consent.rules.signature import Mark, read_mark
from safelight.consent.selectors.deciding import DecisionView, decision_view
from safelight.consent.services.deciding import (
    choose_thumbnails,
    forget_removed_pictures,
    record_refused_signing,
)
from safelight.consent.services.signing import Signed, sign
from safelight.consent.services.visiting import Invitation
from safelight.consent.visits import Visit
from safelight.engines.documents import qr_svg
from safelight.vocabulary.agreements import Answer, Assent
from safelight.web.portal.door import signer
from safelight.web.portal.newer_text import led_to_newer_text, read_newer_text
from safelight.web.portal.pages import page, steps
from safelight.web.portal.sentences import PICTURE_OPEN, back_to
from safelight.web.portal.words import ANSWERS, ASSENTS, picture_card

# No proposal has this version; what a form sends instead of a number is not what was shown.
NO_VERSION: Final = -1
LETTERS_A_GROUP: Final = 4
PUT_RIGHT_AT: Final[Mapping[type[SigningRefusedError], str]] = {
    AlreadySignedError: "portal:mine",
    PictureGoneError: "portal:pictures",
    PictureNotSeenError: "portal:pictures",
    TextNotReadError: "portal:read",
}


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def sign_page(request: HttpRequest, visit: Visit) -> HttpResponse:
    if request.method == "POST":
        return _sign(request, visit)
    view = decision_view(visit)
    if not view.is_open:
        return redirect("portal:start")
    if led := led_to_newer_text(visit, view) or _led_back(view):
        return led
    is_unsigned = request.GET.get("because") == SignatureEmptyError.code
    context = {"is_unsigned": is_unsigned, "is_refused": is_unsigned}
    return page(request, visit, "sign", context | _review(view) | steps("sign"))


def _led_back(view: DecisionView) -> HttpResponseRedirect | None:
    """To whatever was not read or has no answer yet: a signature is asked for once nothing is open."""
    if not view.has_read:
        return back_to("portal:read", TextNotReadError.code)
    if any(item.answer is None for item in view.pictures):
        return back_to("portal:pictures", PICTURE_OPEN)
    if view.open_pictures:
        return back_to("portal:pictures", PictureNotSeenError.code)
    if view.has_open_choices:
        return back_to("portal:choices", ChoiceMissingError.code)
    return None


def _review(view: DecisionView) -> dict[str, Any]:
    return {
        "view": view,
        "contact": view.contact,
        "pictures": [
            (picture_card(item.photograph), item.answer is Answer.YES, ANSWERS[item.answer])
            for item in view.pictures
            if item.answer
        ],
        "choices": [(item, item.answer is Answer.YES) for item in view.choices],
        "assent": ASSENTS[view.assent] if view.assent else "",
        "is_stopped_by_child": view.assent is Assent.NO,
        "is_nothing_used": not view.used,
    }


def _sign(request: HttpRequest, visit: Visit) -> HttpResponse:
    """INVARIANT: the version is the one that the page showed, not the one that stands now."""
    try:
        mark = _mark(request, visit)
        choose_thumbnails(visit, wanted="thumbnails" in request.POST)
        signed = sign(visit, mark, _version(request))
    except SigningRefusedError as error:
        return _refused(visit, error)
    return page(request, visit, "done", _done(request, visit, signed))


def _mark(request: HttpRequest, visit: Visit) -> Mark:
    try:
        strokes = json.loads(request.POST.get("strokes") or "[]")
    except (RecursionError, ValueError):
        strokes = None
    try:
        return read_mark({"strokes": strokes, "typed": request.POST.get("typed", "")})
    except SignatureEmptyError as error:
        record_refused_signing(visit, error.code)
        raise


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else NO_VERSION  # noqa: PLR2004 - no version is that long


def _refused(visit: Visit, error: SigningRefusedError) -> HttpResponse:
    """To the page where it can be put right, which says in one sentence why."""
    match error:
        case FormSupersededError():
            return read_newer_text(visit)
        case PictureGoneError():
            forget_removed_pictures(visit)
        case ChoiceMissingError() | AssentMissingError():
            return _led_back(decision_view(visit)) or back_to("portal:choices", error.code)
    if place := PUT_RIGHT_AT.get(type(error)):
        return back_to(place, error.code)
    is_open = decision_view(visit).is_open
    return back_to("portal:sign" if is_open else "portal:start", error.code)


def _done(request: HttpRequest, visit: Visit, signed: Signed) -> dict[str, Any]:
    view = decision_view(visit)
    return {
        "view": view,
        "contact": view.contact,
        "agreed": signed.agreed,
        **code_context(request, signed.invitation),
    }


def code_context(request: HttpRequest, invitation: Invitation) -> dict[str, Any]:
    """The link and the code of the copy, shown this once."""
    letters = invitation.letters
    link = request.build_absolute_uri(reverse("portal:door", args=[letters]))
    half = len(invitation.code) // 2
    return {
        "host": f"{request.get_host()}{reverse('portal:no_letters')}",
        "letters": [
            letters[place : place + LETTERS_A_GROUP]
            for place in range(0, len(letters), LETTERS_A_GROUP)
        ],
        "code": f"{invitation.code[:half]} {invitation.code[half:]}",
        "qr": mark_safe(qr_svg(link)),  # noqa: S308 - our own drawing, its label is escaped
    }
