"""Taking back: one page that says what follows, then it is done; and what happened, at its own address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from safelight.consent.selectors.mine import (
    MyAgreement,
    my_agreement,
    my_agreements,
    uses_now,
)
from safelight.consent.visits import Visit
from safelight.recall.errors import ScopeRefusedError, WithdrawalNotFoundError
from safelight.recall.selectors import (
    has_pictures,
    has_uses,
    may_leave_record,
    my_withdrawals,
    withdrawal_view,
)
from safelight.recall.services.withdrawing import Order, withdraw
from safelight.release.own_record import own_picture
from safelight.vocabulary.recall import FROM_CARE, WithdrawalScope
from safelight.web.clinic.forms import one_of
from safelight.web.portal.consequences import Headings, told, what_it_was
from safelight.web.portal.door import missing, signer
from safelight.web.portal.pages import page
from safelight.web.portal.sentences import back_to
from safelight.web.portal.words import STANDINGS, picture_card

COPY_FIRST: Final = "portal:everything"
"""Where a patient gets a copy of everything before pictures go."""

_Label = str | Promise


@dataclass(frozen=True)
class Choice:
    """One of the ways in which something can be taken back; `hint` says what that means."""

    value: WithdrawalScope
    label: _Label
    hint: _Label


_CHOICES: Final = (
    Choice(
        WithdrawalScope.PICTURE_USES,
        gettext_lazy("From all uses"),
        gettext_lazy("It stays in the record, for care only."),
    ),
    Choice(
        WithdrawalScope.PICTURE,
        gettext_lazy("Also from my record"),
        gettext_lazy(
            "Nobody sees it any more, not even for your care. We delete it, or lock it away if the "
            "law makes us keep it."
        ),
    ),
    Choice(
        WithdrawalScope.ALL_USES,
        gettext_lazy("All uses"),
        gettext_lazy("The pictures stay in the record, for care only."),
    ),
    Choice(
        WithdrawalScope.EVERYTHING,
        gettext_lazy("All uses, and all pictures from my record"),
        gettext_lazy(
            "Nobody sees them any more, not even for your care. We delete them, or lock them away "
            "if the law makes us keep them."
        ),
    ),
)


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, visit: Visit, agreement: UUID) -> HttpResponse:
    """One use."""
    found = my_agreement(visit, agreement)
    if found is None:
        return missing(request)
    if request.method == "POST":
        return _done(visit, Order(WithdrawalScope.USE, agreement))
    if not found.can_be_taken_back:
        standing = STANDINGS[found.standing]
        return page(request, visit, "answer_over", {"agreement": found, "standing": standing})
    return _ask(request, visit, {"agreement": found}, ())


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_picture(request: HttpRequest, visit: Visit, photograph: UUID) -> HttpResponse:
    """One picture: from every use, or from the record as well."""
    scopes = (WithdrawalScope.PICTURE_USES, WithdrawalScope.PICTURE)
    if request.method == "POST":
        return _ordered(request, visit, scopes, photograph)
    found = own_picture(visit, photograph)
    if found is None:
        return missing(request)
    uses = uses_now(my_agreements(visit)).get(photograph, [])
    offered = _offered(visit, scopes, has_uses=bool(uses), has_pictures=True)
    return _ask(request, visit, {"picture": picture_card(found), "uses": uses}, offered)


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def take_back_all(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Everything: every use, or every picture of the record as well."""
    scopes = (WithdrawalScope.ALL_USES, WithdrawalScope.EVERYTHING)
    if request.method == "POST":
        return _ordered(request, visit, scopes, None)
    return _ask(request, visit, {}, offered_to(visit))


def offered_to(visit: Visit) -> list[Choice]:
    """How this signer may take back everything now; nothing where nothing is left."""
    scopes = (WithdrawalScope.ALL_USES, WithdrawalScope.EVERYTHING)
    return _offered(
        visit, scopes, has_uses=has_uses(visit), has_pictures=has_pictures(visit.patient)
    )


def _offered(
    visit: Visit, scopes: Sequence[WithdrawalScope], *, has_uses: bool, has_pictures: bool
) -> list[Choice]:
    there = {False: has_uses, True: has_pictures and may_leave_record(visit)}
    return [item for item in _CHOICES if item.value in scopes and there[item.value in FROM_CARE]]


def _ask(
    request: HttpRequest, visit: Visit, about: dict[str, Any], choices: Sequence[Choice]
) -> HttpResponse:
    """What stops, what is asked back, what cannot be called back; one tap, and no reason."""
    may_lose = any(item.value in FROM_CARE for item in choices)
    context = {
        "choices": choices,
        "is_empty": not choices and "agreement" not in about,
        "copy_first": COPY_FIRST if may_lose else "",
    }
    return page(request, visit, "take_back", context | about)


def _ordered(
    request: HttpRequest,
    visit: Visit,
    scopes: Sequence[WithdrawalScope],
    target: UUID | None,
) -> HttpResponse:
    scope = one_of(WithdrawalScope, request.POST.get("scope", ""))
    if scope is None or scope not in scopes:
        return redirect(request.path)
    return _done(visit, Order(scope, target))


def _done(visit: Visit, order: Order) -> HttpResponse:
    try:
        withdrawal = withdraw(visit, order)
    except ScopeRefusedError as error:
        return back_to("portal:mine", error.code)
    return redirect("portal:taken_back", withdrawal)


@signer
@require_safe
def taken_back(request: HttpRequest, visit: Visit, withdrawal: UUID) -> HttpResponse:
    """What happened since, line by line; says the same to whoever opens it again."""
    try:
        found = withdrawal_view(visit, withdrawal)
    except WithdrawalNotFoundError:
        return missing(request)
    said = _headings(my_agreements(visit))
    context = {
        "withdrawal": found,
        "what": what_it_was(found, said),
        "told": told(found, said),
    }
    return page(request, visit, "taken_back", context)


def _headings(agreements: Sequence[MyAgreement]) -> Headings:
    return {item.id: item.heading for item in agreements}


def taken_back_lines(
    visit: Visit, agreements: Sequence[MyAgreement]
) -> list[tuple[UUID, str, Any]]:
    """What this signer took back: where it is told, what it was, and when."""
    said = _headings(agreements)
    return [(item.id, what_it_was(item, said), item.at) for item in my_withdrawals(visit)]
