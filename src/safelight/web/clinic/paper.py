"""A form that was signed on paper: one person attests what stands on it, another one checks."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safelight.consent.errors import ConsentError, ProposalRefusedError
from safelight.consent.rules.answers import Answers
from safelight.consent.selectors.proposals import KnownProposal
from safelight.consent.services.paper import attest_paper, check_paper
from safelight.people.asker import Asker
from safelight.release.access import view_timeline
from safelight.vocabulary.agreements import Answer, Assent
from safelight.vocabulary.signers import SignerRole
from safelight.web.clinic.asking import askable
from safelight.web.clinic.cards import choices, photograph_card, record_context
from safelight.web.clinic.consent_cards import proposal_card
from safelight.web.clinic.consents import known_proposal
from safelight.web.clinic.forms import as_date, as_uuid, one_of, refusal
from safelight.web.doors import clinical


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def attest(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    """What the patient ticked on paper, picture by picture and use by use."""
    known = known_proposal(asker, proposal)
    if request.method != "POST":
        return _form(request, asker, known)
    try:
        scan = as_uuid(request.POST.get("scan", ""))
        attest_paper(
            asker,
            proposal,
            scan or UUID(int=0),
            _answers(request.POST, known),
            _signed_on(request.POST),
        )
    except ConsentError as error:
        return _form(request, asker, known, error.sentence)
    messages.success(request, _("Noted. It permits nothing until a second person has checked it."))
    return redirect("clinic:proposal", proposal)


def _answers(data: QueryDict, known: KnownProposal) -> Answers:
    """What was chosen; where nothing was, nothing is answered, and that is refused."""
    uses = {item.id: one_of(Answer, data.get(f"use-{item.id}", "")) for item in known.agreements}
    pictures = {
        item.photograph: one_of(Answer, data.get(f"picture-{item.photograph}", ""))
        for item in known.pictures
    }
    return Answers(
        uses={key: said for key, said in uses.items() if said},
        pictures={key: said for key, said in pictures.items() if said},
        assent=one_of(Assent, data.get("assent", "")),
    )


def _signed_on(data: QueryDict) -> date:
    day = as_date(data.get("signed_on", ""))
    if day is None:
        raise ProposalRefusedError(_("Write the day on which the form was signed."))
    return day


def _form(
    request: HttpRequest, asker: Asker, known: KnownProposal, wrong: str = ""
) -> HttpResponse:
    seen = view_timeline(asker, known.patient, askable)
    asked = {item.photograph for item in known.pictures}
    cards = [photograph_card(item, gallery=seen.gallery) for item in seen.shown]
    context: dict[str, Any] = {
        **record_context(seen.record),
        "proposal": proposal_card(known),
        "photographs": [card for card in cards if card.id in asked],
        "scans": [card for card in cards if card.id not in asked],
        "assents": choices(Assent) if known.signer_role is SignerRole.GUARDIAN else [],
        "today": timezone.localdate(),
        "typed": request.POST,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/paper.html", context, status=422 if wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def check(request: HttpRequest, asker: Asker, proposal: UUID) -> HttpResponse:
    """Somebody else compares the scan with what was attested."""
    known = known_proposal(asker, proposal)
    if request.method == "POST" and request.POST.get("verdict") in {"right", "wrong"}:
        return _checked(request, asker, proposal, is_right=request.POST["verdict"] == "right")
    answers = known.attested or Answers()
    listed = {item.photograph for item in known.pictures} | {known.paper}
    seen = view_timeline(
        asker, known.patient, lambda items: [item for item in items if item.id in listed]
    )
    cards = {item.id: photograph_card(item, gallery=seen.gallery) for item in seen.shown}
    context = {
        **record_context(seen.record),
        "proposal": proposal_card(known),
        "scan": cards.get(known.paper) if known.paper else None,
        "signed_on": known.paper_signed_on,
        "uses": [(item, answers.uses.get(item.id)) for item in proposal_card(known).agreements],
        "pictures": [
            (cards[item.photograph], answers.pictures.get(item.photograph))
            for item in known.pictures
            if item.photograph in cards
        ],
        "assent": _(answers.assent.display) if answers.assent else "",
        "is_own": known.attested_by == asker.staff,
        "is_waiting": known.attested is not None,
    }
    return render(request, "clinic/paper_check.html", context)


def _checked(request: HttpRequest, asker: Asker, proposal: UUID, *, is_right: bool) -> HttpResponse:
    try:
        check_paper(asker, proposal, is_right=is_right)
    except ConsentError as error:
        messages.error(request, error.sentence)
    else:
        said = _("In force from now on.") if is_right else _("Turned down. Ask the patient again.")
        messages.success(request, said)
    return redirect("clinic:proposal", proposal)
