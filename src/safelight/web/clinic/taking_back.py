"""A patient calls to take something back: choose what, note who it was, and read out what follows."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.consent.errors import ProposalNotFoundError, WithdrawalRefusedError
from safelight.consent.selectors.proposals import language_of
from safelight.people.asker import Asker
from safelight.photos.selectors import PhotographView
from safelight.recall.errors import WithdrawalNotFoundError
from safelight.recall.selectors import (
    UseInForce,
    has_pictures,
    uses_in_force,
    withdrawal_of,
    withdrawals_of,
)
from safelight.recall.services.withdrawing import Order, withdraw_for
from safelight.release.access import everything, nothing, open_record, view_timeline
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.recall import WithdrawalScope
from safelight.web.clinic.cards import photograph_card, record_context
from safelight.web.clinic.consent_cards import audience_words
from safelight.web.clinic.forms import as_uuid, one_of, refusal
from safelight.web.doors import clinical
from safelight.web.portal.consequences import told, what_it_was
from safelight.web.portal.pages import current_contact

_USUAL = "en"
_OF_ONE_PICTURE = (WithdrawalScope.PICTURE_USES, WithdrawalScope.PICTURE)
_OF_ALL = (WithdrawalScope.ALL_USES, WithdrawalScope.EVERYTHING)


@dataclass(frozen=True)
class Choice:
    """One line to choose from. `value` is what the form sends."""

    value: str
    label: str
    hint: str = ""
    named: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def take_back(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """Choose and note; from the click on every decision denies."""
    photograph = as_uuid(request.POST.get("photograph", "") or request.GET.get("photograph", ""))
    wrong = ""
    if request.method == "POST":
        order = _order(request.POST.get("what", ""), photograph)
        if order is None:
            wrong = _("Choose what they take back.")
        else:
            # Before anything is opened for the page: taking back waits for no key.
            done = _taken_back(asker, patient, order, request)
            if isinstance(done, UUID):
                return redirect("clinic:taken_back", patient, done)
            wrong = done
    return _page(request, asker, patient, photograph, wrong)


def _order(what: str, photograph: UUID | None) -> Order | None:
    """What was chosen; None for nothing, and for what does not fit together."""
    use = as_uuid(what.removeprefix("use:")) if what.startswith("use:") else None
    if use:
        return Order(WithdrawalScope.USE, use)
    scope = one_of(WithdrawalScope, what)
    if scope in _OF_ONE_PICTURE and scope and photograph:
        return Order(scope, photograph)
    return Order(scope) if scope in _OF_ALL and scope else None


def _taken_back(asker: Asker, patient: UUID, order: Order, request: HttpRequest) -> UUID | str:
    """The withdrawal, or why not, as a sentence."""
    spoken = request.POST.get("language", "")
    language = spoken if spoken in LANGUAGES else _USUAL
    try:
        return withdraw_for(asker, patient, order, request.POST.get("identified_by", ""), language)
    except WithdrawalRefusedError as error:
        return error.sentence
    except ProposalNotFoundError as error:
        raise AccessRefusedError from error


def _page(
    request: HttpRequest, asker: Asker, patient: UUID, photograph: UUID | None, wrong: str
) -> HttpResponse:
    seen = view_timeline(asker, patient, nothing if photograph else everything)
    current = seen.record.patient.id
    chosen = next((item for item in seen.photographs if item.id == photograph), None)
    try:
        uses, earlier = uses_in_force(asker, current), withdrawals_of(asker, current)
    except ProposalNotFoundError as error:
        raise AccessRefusedError from error
    context: dict[str, Any] = {
        **record_context(seen.record),
        "choices": _choices(current, uses, chosen),
        "picture": photograph_card(chosen) if chosen else None,
        "photographs": [photograph_card(item, gallery=seen.gallery) for item in seen.shown],
        "identified_by": request.POST.get("identified_by", ""),
        "what": request.POST.get("what", ""),
        "languages": LANGUAGES,
        "language": request.POST.get("language") or language_of(current) or _USUAL,
        "earlier": [(item.id, what_it_was(item), item.at) for item in earlier],
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/take_back.html", context, status=422 if wrong else 200)


def _choices(patient: UUID, uses: list[UseInForce], picture: PhotographView | None) -> list[Choice]:
    """From less to more; of one picture first, where the page is about one."""
    found = []
    if picture:
        found.append(
            Choice(
                WithdrawalScope.PICTURE_USES.value,
                _("This picture, from all uses"),
                _("It stays in the record, for care only."),
            )
        )
        found.append(
            Choice(
                WithdrawalScope.PICTURE.value,
                _("This picture, also from the record"),
                _(
                    "Nobody sees it any more, you neither. It is locked for the law, or erased in a week."
                ),
            )
        )
    found += [
        Choice(
            f"use:{item.id}",
            _(item.purpose.display),
            audience_words(item.audience, item.people),
            item.named,
        )
        for item in uses
    ]
    if uses:
        found.append(
            Choice(
                WithdrawalScope.ALL_USES.value,
                _("All uses"),
                _("The pictures stay in the record, for care only."),
            )
        )
    if has_pictures(patient):
        found.append(
            Choice(
                WithdrawalScope.EVERYTHING.value,
                _("All uses, and all pictures from the record"),
                _(
                    "Nobody sees them any more, you neither. They are locked for the law, or erased "
                    "in a week."
                ),
            )
        )
    return found


@require_safe
@clinical
def taken_back(request: HttpRequest, asker: Asker, patient: UUID, withdrawal: UUID) -> HttpResponse:
    """What stopped, what is asked back, what cannot be: to be read out on the telephone."""
    record = open_record(asker, patient)
    try:
        found = withdrawal_of(asker, record.patient.id, withdrawal)
    except (ProposalNotFoundError, WithdrawalNotFoundError) as error:
        raise AccessRefusedError from error
    context = {
        **record_context(record),
        "withdrawal": found,
        "what": what_it_was(found),
        "told": told(found),
        "contact": current_contact(),
    }
    return render(request, "clinic/taken_back.html", context)
