"""From a patient's record to a copy in another one: only where an agreement to a copy names them."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safelight.exporting.errors import CopyLinkNotFoundError, CopyLinkRefusedError
from safelight.exporting.selectors import offers
from safelight.exporting.services.making import LONGEST_REASON, NewCopyLink, make
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.release.access import open_record
from safelight.release.errors import AccessRefusedError
from safelight.release.recipients import Offer
from safelight.vocabulary.purposes import Purpose
from safelight.web.clinic.forms import as_number, as_uuids, refusal
from safelight.web.clinic.offering import choice_context, chosen_offer, offer_context
from safelight.web.doors import clinical
from safelight.web.exporting.managing import keep_link


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def new(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """Without an agreement the page leads to asking the patient; with several one is chosen first."""
    record = open_record(asker, patient)
    try:
        offered = offers(asker, record.patient.id)
    except CopyLinkNotFoundError as error:
        raise AccessRefusedError from error
    offer = chosen_offer(request, offered)
    if offer is None:
        context = choice_context(request, record, offered, Purpose.RECORD_COPY)
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
    policy = current_policy()
    usual = str(policy.share_days)
    context = {
        **offer_context(request, asker, patient, offer),
        "days": request.POST.get("days", usual),
        "reason": request.POST.get("reason", ""),
        "most_days": policy.longest_share_days,
        "longest_reason": LONGEST_REASON,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "exporting/new.html", context, status=422 if wrong else 200)
