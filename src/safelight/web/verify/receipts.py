"""Anybody may check a certificate against the institution's key and log, and take the key along.

Nothing of what is sent is kept, logged or recorded: whoever asks stays unknown.
"""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from safelight.audit.ports import checkpoint_signer
from safelight.audit.receipts import OtherLogError, verify_here
from safelight.engines.transparency import (
    ReceiptError,
    TransparencyError,
    Verified,
    plain_statement,
)
from safelight.people.limits import allow
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.web.bodies import SmallFiles, is_large
from safelight.web.limits import client_address
from safelight.web.portal.door import language_of, stranger
from safelight.web.portal.pages import current_contact
from safelight.web.portal.words import phone_address

TRIES: Final = 20
PER: Final = timedelta(minutes=10)
UNREADABLE: Final = "unreadable"
ALTERED: Final = "altered"
OTHER_LOG: Final = "other-log"


@csrf_exempt  # and protected below, once it is said how a file is taken
@stranger
def receipt(request: HttpRequest) -> HttpResponse:
    """Too large is refused before any of it is read."""
    if is_large(request):
        return _page(request, {"answer": UNREADABLE}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    request.upload_handlers = [SmallFiles(request)]
    return _checked(request)


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def _checked(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, {})
    if not allow("verify-receipt", client_address(request), rate=TRIES, per=PER):
        return _page(request, {"is_limited": True}, HTTPStatus.TOO_MANY_REQUESTS)
    try:
        return _page(request, _proven(verify_here(_sent(request))))
    except ReceiptError:
        return _page(request, {"answer": UNREADABLE})
    except OtherLogError:
        return _page(request, {"answer": OTHER_LOG})
    except TransparencyError:
        return _page(request, {"answer": ALTERED})


@login_not_required
@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The key that everybody else checks certificates with; one line of text."""
    verifier = f"{checkpoint_signer().verifier()}\n"
    return HttpResponse(verifier, content_type="text/plain; charset=utf-8")


def _sent(request: HttpRequest) -> bytes:
    """The file, or what was pasted where there is none."""
    file = request.FILES.get("file")
    if file is not None and file.size:
        return bytes(file.read())
    return request.POST.get("receipt", "").encode(errors="replace")


def _proven(found: Verified) -> dict[str, Any]:
    """What the page tells of a genuine receipt. PHI: the statement's own words."""
    statement = plain_statement(found.statement)
    is_known = statement is not None and statement.language in LANGUAGES
    return {
        "is_genuine": True,
        "recorded_at": datetime.fromtimestamp(found.certifying.leaf.recorded_at / 1000, UTC),
        "number": found.certifying.index + 1,
        "total": found.checkpoint.size,
        "named": len(found.also),
        "statement": statement,
        "statement_language": statement.language if statement and is_known else "",
    }


def _page(
    request: HttpRequest, told: dict[str, Any], status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    contact = current_contact()
    around = {
        "language": language_of(request),
        "languages": LANGUAGES.items(),
        "contact": contact,
        "phone_address": phone_address(contact),
    }
    return render(request, "verify/receipt.html", around | told, status=status)
