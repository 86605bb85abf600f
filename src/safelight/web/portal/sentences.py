"""Why somebody was led back to a page, in one sentence. An address carries only the code."""

from typing import Final

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from safelight.consent.errors import SigningRefusedError, WishRefusedError
from safelight.recall.errors import ScopeRefusedError

ASK_ANEW: Final = "ask-anew"
PICTURE_OPEN: Final = "picture-open"
QUESTION_SENT: Final = "question-sent"
WISH_SENT: Final = "wish-sent"

_OWN: Final = {
    ASK_ANEW: gettext_noop(
        "The form has changed, so we have to ask you in a new way. Please tell the staff."
    ),
    PICTURE_OPEN: gettext_noop("Please answer for each picture."),
    QUESTION_SENT: gettext_noop("Thank you. We have your question and will answer it here."),
    WISH_SENT: gettext_noop(
        "Thank you. We will cover more and show you the picture again before it is used."
    ),
    WishRefusedError.code: WishRefusedError.message,
    ScopeRefusedError.code: ScopeRefusedError.message,
}
_ERRORS: Final[list[type[SigningRefusedError]]] = [
    SigningRefusedError,
    *SigningRefusedError.__subclasses__(),
]
_REFUSALS: Final = {error.code: error.message for error in _ERRORS}


def sentence(code: str) -> str:
    """The sentence for `code`, in the language of the page; "" for anything unknown."""
    words = _OWN.get(code) or _REFUSALS.get(code)
    return _(words) if words else ""


def back_to(name: str, code: str, *args: object) -> HttpResponseRedirect:
    """Lead to a page, which says why."""
    address = redirect(name, *args).url
    return HttpResponseRedirect(f"{address}?{urlencode({'because': code})}")
