"""Shares as their sender keeps them: what waits, one share in full, its code, its end."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.release.access import open_record
from safelight.release.errors import AccessRefusedError
from safelight.sharing.errors import ShareNotFoundError, ShareRefusedError
from safelight.sharing.guests import link_letters
from safelight.sharing.selectors import KnownShare, my_shares, open_share, shares_of
from safelight.sharing.services.answering import note_read
from safelight.sharing.services.giving import GivenCode, extend, renew_code, revoke
from safelight.sharing.services.notifying import notify
from safelight.vocabulary.notices import MailNotSentError, MailRefusedError, NoticeKind
from safelight.web.clinic.cards import record_context
from safelight.web.clinic.forms import as_number
from safelight.web.doors import clinical
from safelight.web.sharing.cards import in_groups, link_context, share_context, share_lines

CODE: Final = "share-code"


@require_safe
@clinical
def mine(request: HttpRequest, asker: Asker) -> HttpResponse:
    lines = share_lines(my_shares(asker))
    context = {
        "waiting": [item for item in lines if item.waits],
        "others": [item for item in lines if not item.waits],
    }
    return render(request, "sharing/mine.html", context)


@require_safe
@clinical
def of_patient(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    record = open_record(asker, patient)
    try:
        lines = share_lines(shares_of(asker, patient))
    except ShareNotFoundError as error:
        raise AccessRefusedError from error
    return render(request, "sharing/of_patient.html", {**record_context(record), "shares": lines})


def known_share(asker: Asker, share: UUID) -> KnownShare:
    """AccessRefusedError, which looks like *missing*, unless the asker treats the patient."""
    try:
        return open_share(asker, share)
    except ShareNotFoundError as error:
        raise AccessRefusedError from error


@require_safe
@clinical
def share(request: HttpRequest, asker: Asker, share: UUID) -> HttpResponse:
    """Opening it reads its answers: they are new no more for whoever asked."""
    known = known_share(asker, share)
    if any(item.is_new for item in known.answers):
        note_read(asker, share)
    context = {
        **record_context(open_record(asker, known.patient)),
        **share_context(request, known),
        "most_openings": current_policy().share_openings,
        "usual_days": min(current_policy().share_days, known.longest_days),
    }
    return render(request, "sharing/share.html", context)


def keep_code(request: HttpRequest, given: GivenCode) -> None:
    """The code waits in the sealed session for the one page that shows it."""
    request.session[CODE] = {"share": str(given.share), "code": given.code}


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def code(request: HttpRequest, asker: Asker, share: UUID) -> HttpResponse:
    """GET shows a code once; POST makes a new one, and the one before is void."""
    known = known_share(asker, share)
    if request.method == "POST":
        return _renew(request, asker, share)
    kept: dict[str, str] | None = (
        request.session.pop(CODE, None) if request.method == "GET" else None
    )
    is_this = kept is not None and kept["share"] == str(share)
    context: dict[str, Any] = {
        **record_context(open_record(asker, known.patient)),
        "share": known,
        "code": in_groups(kept["code"]) if kept and is_this else None,
        "link": link_context(request, known.letters),
    }
    return render(request, "sharing/code.html", context)


def _renew(request: HttpRequest, asker: Asker, share: UUID) -> HttpResponse:
    try:
        keep_code(request, renew_code(asker, share))
    except ShareRefusedError as error:
        messages.error(request, _(error.sentence))
        return redirect("sharing:share", share)
    return redirect("sharing:code", share)


@require_POST
@clinical
def prolong(request: HttpRequest, asker: Asker, share: UUID) -> HttpResponse:
    days, openings = (as_number(request.POST.get(name, "")) for name in ("days", "openings"))
    return _done(
        request,
        asker,
        share,
        lambda: _extend_and_tell(request, asker, share, days, openings),
        _("Extended."),
    )


def _extend_and_tell(
    request: HttpRequest, asker: Asker, share: UUID, days: int, openings: int
) -> None:
    extend(asker, share, days=days, openings=openings)
    send_notice(request, asker, share, NoticeKind.SHARE_EXTENDED)


def send_notice(
    request: HttpRequest,
    asker: Asker,
    share: UUID,
    kind: NoticeKind = NoticeKind.PICTURES_SHARED,
) -> None:
    """By mail, while the sender waits; they are told what became of it."""
    path = reverse("shared:door", args=[link_letters(share)])
    try:
        notify(asker, share, path, kind)
    except (MailNotSentError, MailRefusedError, ShareRefusedError) as error:
        messages.error(request, _(error.sentence))
    else:
        messages.success(request, _("The link is on its way by mail."))


@require_POST
@clinical
def resend(request: HttpRequest, asker: Asker, share: UUID) -> HttpResponse:
    known_share(asker, share)
    send_notice(request, asker, share)
    return redirect("sharing:share", share)


@require_POST
@clinical
def take_back(request: HttpRequest, asker: Asker, share: UUID) -> HttpResponse:
    return _done(
        request,
        asker,
        share,
        lambda: revoke(asker, share),
        _("Revoked. Whoever had it open sees nothing any more."),
    )


def _done(
    request: HttpRequest, asker: Asker, share: UUID, verb: Callable[[], object], sentence: str
) -> HttpResponse:
    known_share(asker, share)
    try:
        verb()
    except ShareRefusedError as error:
        messages.error(request, _(error.sentence))
    else:
        messages.success(request, sentence)
    return redirect("sharing:share", share)
