"""From a patient's record to a copy in another one: only where an agreement to a copy names them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safelight.exporting.errors import CopyLinkNotFoundError, CopyLinkRefusedError
from safelight.exporting.selectors import Offer, offers
from safelight.exporting.services.making import LONGEST_REASON, NewCopyLink, make
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.photos.selectors import PhotographView
from safelight.release.access import Timeline, open_record, view_timeline
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import REASON_REQUIRED
from safelight.vocabulary.purposes import Purpose
from safelight.web.clinic.asking import key_of
from safelight.web.clinic.cards import photograph_card, record_context
from safelight.web.clinic.forms import as_uuid, as_uuids, refusal
from safelight.web.doors import clinical
from safelight.web.exporting.managing import as_number, keep_link


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def new(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """Without an agreement the page leads to asking the patient; with several one is chosen first."""
    record = open_record(asker, patient)
    try:
        offered = offers(asker, record.patient.id)
    except CopyLinkNotFoundError as error:
        raise AccessRefusedError from error
    offer = _chosen(request, offered)
    if offer is None:
        context = {
            **record_context(record),
            "offers": offered,
            "ask_url": _ask_url(request, patient),
        }
        return render(request, "exporting/choose.html", context)
    if request.method != "POST":
        return _page(request, asker, offer, patient)
    try:
        made = make(
            asker,
            record.patient.id,
            _new(offer, request.POST),
            lambda token: _address(request, token),
        )
    except CopyLinkRefusedError as error:
        return _page(request, asker, offer, patient, _(error.sentence))
    keep_link(request, made)
    return redirect("exporting:shown_once", made.id)


def _address(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("health_links:manifest", args=[token]))


def _chosen(request: HttpRequest, offered: Sequence[Offer]) -> Offer | None:
    wanted = as_uuid(request.GET.get("agreement", ""))
    if wanted is None and len(offered) == 1:
        return offered[0]
    return next((item for item in offered if item.agreement == wanted), None)


def _ask_url(request: HttpRequest, patient: UUID) -> str:
    """Asking for exactly this use, about the pictures that were chosen already."""
    words = [("use", key_of(Purpose.RECORD_COPY, Audience.ONE_RECIPIENT))]
    words += [("photograph", str(item)) for item in as_uuids(request.GET.getlist("photograph"))]
    return f"{reverse('clinic:ask', args=[patient])}?{urlencode(words)}"


def _new(offer: Offer, typed: QueryDict) -> NewCopyLink:
    return NewCopyLink(
        agreement=offer.agreement,
        photographs=as_uuids(typed.getlist("photograph")),
        days=as_number(typed.get("days", "")),
        reason=typed.get("reason", ""),
    )


def _page(
    request: HttpRequest, asker: Asker, offer: Offer, patient: UUID, wrong: str = ""
) -> HttpResponse:
    wanted = [item.id for item in offer.photographs]
    seen = view_timeline(asker, patient, lambda items: _in_order(items, wanted))
    policy = current_policy()
    usual = str(policy.share_days)
    context = {
        **record_context(seen.record),
        "offer": offer,
        "photographs": _cards(request, seen),
        "needs_reason": any(item.sensitivity in REASON_REQUIRED for item in offer.photographs),
        "days": request.POST.get("days", usual),
        "reason": request.POST.get("reason", ""),
        "most_days": policy.longest_share_days,
        "longest_reason": LONGEST_REASON,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "exporting/new.html", context, status=422 if wrong else 200)


def _in_order(items: Sequence[PhotographView], wanted: Sequence[UUID]) -> list[PhotographView]:
    known = {item.id: item for item in items}
    return [known[item] for item in wanted if item in known]


def _cards(request: HttpRequest, seen: Timeline) -> list[Any]:
    """All of them are chosen until somebody chooses: the patient agreed to these."""
    typed = request.POST if request.method == "POST" else request.GET
    chosen = as_uuids(typed.getlist("photograph"))
    is_open = request.method != "POST" and not chosen
    return [
        photograph_card(item, gallery=seen.gallery, is_selected=is_open or item.id in chosen)
        for item in seen.shown
    ]
