"""From a patient's record to a recipient outside: only where an agreement names them."""

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.release.access import open_record
from safelight.release.errors import AccessRefusedError
from safelight.release.recipients import Offer
from safelight.sharing.errors import ShareNotFoundError, ShareRefusedError
from safelight.sharing.selectors import offers
from safelight.sharing.services.giving import LONGEST_TEXT, NewShare, give
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.purposes import Purpose
from safelight.web.clinic.asking import USUAL_LANGUAGE
from safelight.web.clinic.forms import as_number, as_uuids, refusal
from safelight.web.clinic.offering import choice_context, chosen_offer, offer_context
from safelight.web.doors import clinical
from safelight.web.sharing.managing import keep_code, send_notice

FIELDS: Final = ("address", "question", "reason", "days", "openings", "language")


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def new(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """Without an agreement the page leads to asking the patient; with several one is chosen first."""
    record = open_record(asker, patient)
    try:
        offered = offers(asker, record.patient.id)
    except ShareNotFoundError as error:
        raise AccessRefusedError from error
    offer = chosen_offer(request, offered)
    if offer is None:
        context = choice_context(request, record, offered, Purpose.SECOND_OPINION)
        return render(request, "sharing/choose.html", context)
    if request.method != "POST":
        return _page(request, asker, offer, patient)
    try:
        given = give(asker, record.patient.id, _new(offer, request.POST))
    except ShareRefusedError as error:
        return _page(request, asker, offer, patient, _(error.sentence))
    keep_code(request, given)
    send_notice(request, asker, given.share)
    return redirect("sharing:code", given.share)


def _new(offer: Offer, typed: QueryDict) -> NewShare:
    return NewShare(
        agreement=offer.agreement,
        photographs=as_uuids(typed.getlist("photograph")),
        address=typed.get("address", ""),
        question=typed.get("question", ""),
        days=as_number(typed.get("days", "")),
        openings=as_number(typed.get("openings", "")),
        reason=typed.get("reason", ""),
        language=typed.get("language", USUAL_LANGUAGE),
    )


def _page(
    request: HttpRequest, asker: Asker, offer: Offer, patient: UUID, wrong: str = ""
) -> HttpResponse:
    policy = current_policy()
    typed = {name: request.POST.get(name, "") for name in FIELDS}
    if request.method != "POST":
        typed["language"] = USUAL_LANGUAGE
        typed |= {"days": str(policy.share_days), "openings": str(policy.share_openings)}
    context = {
        **offer_context(request, asker, patient, offer),
        "typed": typed,
        "most_days": policy.longest_share_days,
        "most_openings": policy.share_openings,
        "longest_text": LONGEST_TEXT,
        "languages": LANGUAGES,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "sharing/new.html", context, status=422 if wrong else 200)
