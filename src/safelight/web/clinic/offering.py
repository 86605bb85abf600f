"""From a patient's record to a recipient outside: the agreement that is used, and its pictures."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from safelight.people.asker import Asker
from safelight.photos.selectors import in_order
from safelight.release.access import OpenRecord, view_timeline
from safelight.release.recipients import Offer
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import REASON_REQUIRED
from safelight.vocabulary.purposes import Purpose
from safelight.web.clinic.asking import key_of
from safelight.web.clinic.cards import photograph_card, record_context
from safelight.web.clinic.forms import as_uuid, as_uuids


def chosen_offer(request: HttpRequest, offered: Sequence[Offer]) -> Offer | None:
    """The only one, or the one that the address names; None: somebody has to choose, or to ask."""
    wanted = as_uuid(request.GET.get("agreement", ""))
    if wanted is None and len(offered) == 1:
        return offered[0]
    return next((item for item in offered if item.agreement == wanted), None)


def choice_context(
    request: HttpRequest, record: OpenRecord, offered: Sequence[Offer], purpose: Purpose
) -> dict[str, Any]:
    """What a page needs that lets choose, or leads to asking the patient.

    It asks for exactly this use, about the pictures that were chosen already.
    """
    words = [("use", key_of(purpose, Audience.ONE_RECIPIENT))]
    words += [("photograph", str(item)) for item in as_uuids(request.GET.getlist("photograph"))]
    ask_url = f"{reverse('clinic:ask', args=[record.patient.id])}?{urlencode(words)}"
    return {**record_context(record), "offers": offered, "ask_url": ask_url}


def offer_context(
    request: HttpRequest, asker: Asker, patient: UUID, offer: Offer
) -> dict[str, Any]:
    """The patient, the offer and its pictures; all are chosen until somebody chooses."""
    wanted = [item.id for item in offer.photographs]
    seen = view_timeline(asker, patient, lambda items: in_order(items, wanted))
    is_sent = request.method == "POST"
    chosen = as_uuids((request.POST if is_sent else request.GET).getlist("photograph"))
    is_open = not is_sent and not chosen
    return {
        **record_context(seen.record),
        "offer": offer,
        "photographs": [
            photograph_card(item, gallery=seen.gallery, is_selected=is_open or item.id in chosen)
            for item in seen.shown
        ],
        "needs_reason": any(item.sensitivity in REASON_REQUIRED for item in offer.photographs),
    }
