"""One request for consent: what is asked, how far it has come, and what became of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safelight.consent.errors import ConsentError, ProposalNotFoundError
from safelight.consent.selectors.proposals import KnownProposal, open_proposal
from safelight.consent.services.ending import enter_in_error
from safelight.consent.services.proposing import (
    agree_to_take,
    close_proposal,
    propose,
    remove_picture,
)
from safelight.consent.verification import differences
from safelight.engines.policy import AgreementStatus
from safelight.people.asker import Asker
from safelight.photos.selectors import in_order
from safelight.release.access import open_record, view_timeline
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.agreements import TakingAgreed
from safelight.web.clinic.asking import askable
from safelight.web.clinic.cards import choices, photograph_card, record_context
from safelight.web.clinic.consent_cards import proposal_card
from safelight.web.clinic.forms import as_uuid, as_uuids, one_of, refusal
from safelight.web.doors import clinical


def known_proposal(asker: Asker, proposal: UUID) -> KnownProposal:
    """AccessRefusedError, which looks like *missing*, unless the asker treats the patient."""
    try:
        return open_proposal(asker, proposal)
    except ProposalNotFoundError as error:
        raise AccessRefusedError from error


@require_safe
@clinical
def proposal(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    known = known_proposal(asker, proposal)
    wanted = [item.photograph for item in known.pictures]
    seen = view_timeline(asker, known.patient, lambda items: in_order(items, wanted))
    context = {
        **record_context(seen.record),
        "proposal": proposal_card(known),
        "photographs": [photograph_card(item, gallery=seen.gallery) for item in seen.shown],
        "left_out": {item.photograph for item in known.pictures if item.is_left_out},
        "can_add": known.is_open and len(askable(seen.photographs)) > len(wanted),
        "takings": choices(TakingAgreed),
        "differences": differences(known.id) if known.is_signed else [],
    }
    return render(request, "clinic/proposal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def pictures(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    """Put more pictures before the signer; those that were taken since are chosen already."""
    known = known_proposal(asker, proposal)
    if request.method != "POST":
        return _pick(request, asker, known, since=known.taking_at or known.created_at)
    chosen = as_uuids(request.POST.getlist("photograph"))
    if not chosen:
        return _pick(request, asker, known, wrong=_("Choose at least one picture."))
    try:
        propose(asker, proposal, chosen)
    except ConsentError as error:
        return _pick(request, asker, known, chosen=chosen, wrong=error.sentence)
    text = ngettext("%(n)s picture was added.", "%(n)s pictures were added.", len(chosen))
    messages.success(request, text % {"n": len(chosen)})
    return redirect("clinic:proposal", proposal)


def _pick(
    request: HttpRequest,
    asker: Asker,
    known: KnownProposal,
    *,
    since: datetime | None = None,
    chosen: Sequence[UUID] = (),
    wrong: str = "",
) -> HttpResponse:
    listed = {item.photograph for item in known.pictures}
    seen = view_timeline(
        asker, known.patient, lambda items: [i for i in askable(items) if i.id not in listed]
    )
    cards = [
        photograph_card(
            item,
            gallery=seen.gallery,
            is_selected=item.id in chosen or bool(since and item.taken_at >= since),
        )
        for item in seen.shown
    ]
    context: dict[str, Any] = {
        **record_context(seen.record),
        "proposal": proposal_card(known),
        "photographs": sorted(cards, key=lambda card: not card.is_selected),
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/proposal_pictures.html", context, status=422 if wrong else 200)


@require_POST
@clinical
def take_out(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    photograph = as_uuid(request.POST.get("photograph", "")) or UUID(int=0)
    return _done(
        request,
        asker,
        proposal,
        lambda: remove_picture(asker, proposal, photograph),
        _("The picture is asked about no more."),
    )


@require_POST
@clinical
def note_taking(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    """Step one, where it was not noted when the request began."""
    how = one_of(TakingAgreed, request.POST.get("taking", ""))
    if how is None:
        return redirect("clinic:proposal", proposal)
    return _done(
        request,
        asker,
        proposal,
        lambda: agree_to_take(asker, proposal, how),
        _("It is noted how they agreed to the pictures being taken."),
    )


@require_POST
@clinical
def close(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    return _done(
        request,
        asker,
        proposal,
        lambda: close_proposal(asker, proposal),
        _("The request is closed. Nothing was agreed to, and care goes on as before."),
    )


def _done(
    request: HttpRequest,
    asker: Asker,
    proposal: UUID,
    verb: Callable[[], object],
    sentence: str,
) -> HttpResponse:
    known_proposal(asker, proposal)
    try:
        verb()
    except ConsentError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, sentence)
    return redirect("clinic:proposal", proposal)


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def mistake(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    """Wrong patient, wrong signer: what was entered in error is marked so, and never deleted."""
    known = known_proposal(asker, proposal)
    chosen = set(as_uuids(request.POST.getlist("agreement")))
    if request.method == "POST" and chosen:
        listed = [item.id for item in known.agreements if item.id in chosen]
        return _done(
            request,
            asker,
            proposal,
            lambda: _mark(asker, listed),
            _("Marked as entered in error. It permits nothing from now on."),
        )
    card = proposal_card(known)
    context: dict[str, Any] = {
        **record_context(open_record(asker, known.patient)),
        "proposal": card,
        "agreements": [
            item for item in card.agreements if item.status != AgreementStatus.ENTERED_IN_ERROR
        ],
    }
    if request.method == "POST":
        context["form"] = refusal(_("Choose what was entered in error."))
    status = 422 if "form" in context else 200
    return render(request, "clinic/proposal_mistake.html", context, status=status)


def _mark(asker: Asker, agreements: Sequence[UUID]) -> None:
    for agreement in agreements:
        enter_in_error(asker, agreement)
