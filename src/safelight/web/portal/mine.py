"""What is theirs: agreements, pictures, copies, questions, and who has looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.consent.errors import QuestionRefusedError
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.selectors.mine import (
    MyAgreement,
    my_agreement,
    my_agreements,
    my_copies,
    uses_now,
)
from safelight.consent.services.ending import withdraw
from safelight.consent.services.questions import LONGEST_TEXT, ask_question, questions_of
from safelight.consent.services.visiting import renew_copy_code
from safelight.consent.visits import Visit
from safelight.people.limits import allow
from safelight.release.own_record import OwnLook, own_picture, own_pictures, who_looked_at_mine
from safelight.vocabulary.consent_forms import Statement
from safelight.web.portal.door import missing, signer
from safelight.web.portal.pages import page
from safelight.web.portal.sentences import QUESTION_SENT, back_to
from safelight.web.portal.signing import code_context
from safelight.web.portal.words import (
    STANDINGS,
    VISITORS,
    PictureCard,
    picture_card,
    picture_cards,
    why,
)

QUESTIONS_A_DAY = 10
# What somebody who takes a yes back must know, in the words of the form.
_ON_TAKING_BACK = (
    Statement.WITHDRAWAL_EFFECT,
    Statement.PRINT_STAYS,
    Statement.INTERNET_COPIES,
)


@signer
@require_safe
def mine(request: HttpRequest, visit: Visit) -> HttpResponse:
    view, agreements = decision_view(visit), my_agreements(visit)
    cards, uses = picture_cards(own_pictures(visit)), uses_now(agreements)
    context = {
        "view": view,
        "contact": view.contact,
        "agreements": [_line(item, cards) for item in agreements],
        "pictures": [(card, uses.get(card.id, [])) for card in cards],
        "copies": my_copies(visit),
        "is_patient": visit.is_patient,
    }
    return page(request, visit, "mine", context)


def _line(agreement: MyAgreement, cards: Sequence[PictureCard] = ()) -> dict[str, Any]:
    listed = [card for card in cards if card.id in agreement.photographs]
    standing = STANDINGS[agreement.standing]
    return {"agreement": agreement, "standing": standing, "pictures": listed}


@signer
@require_safe
def picture(request: HttpRequest, visit: Visit, photograph: UUID) -> HttpResponse:
    found = own_picture(visit, photograph)
    if found is None:
        return missing(request)
    card = picture_card(found)
    is_shown = not card.is_covered or request.GET.get("show") == "yes"
    context = {
        "picture": card,
        "is_shown": is_shown,
        "uses": uses_now(my_agreements(visit)).get(card.id, []),
        "is_patient": visit.is_patient,
    }
    return page(request, visit, "my_picture", context)


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest, visit: Visit, agreement: UUID) -> HttpResponse:
    """One page that says honestly what stops and what cannot be called back, then it is done."""
    found = my_agreement(visit, agreement)
    if found is None:
        return missing(request)
    if request.method == "POST":
        withdraw(visit, agreement)
        return redirect("portal:take_back", agreement)
    if not found.can_be_taken_back:
        return page(request, visit, "taken_back", _line(found))
    view = decision_view(visit)
    told = dict(view.wording.statements)
    context = {
        "agreement": found,
        "statements": [told[code] for code in _ON_TAKING_BACK if code in told],
    }
    return page(request, visit, "take_back", context)


@dataclass(frozen=True)
class LookLine:
    """Everything one person looked at for one purpose on one day."""

    who: str
    role: str
    why: str
    first: datetime
    last: datetime
    pictures: int
    is_small: bool

    @property
    def is_long(self) -> bool:
        """Whether its first and last minute differ."""
        return self.last - self.first >= timedelta(minutes=1)


@signer
@require_safe
def looks(request: HttpRequest, visit: Visit) -> HttpResponse:
    seen = who_looked_at_mine(visit)
    days = [(day, _lines(list(same))) for day, same in groupby(seen, key=_day)]
    return page(request, visit, "looks", {"days": days})


def _day(look: OwnLook) -> date:
    return timezone.localtime(look.at).date()


def _lines(looks: Sequence[OwnLook]) -> list[LookLine]:
    """One line for each person and use, the latest look first."""
    together: dict[tuple[object, ...], list[OwnLook]] = {}
    for look in looks:
        together.setdefault((look.who, look.visitor, look.purpose, look.use), []).append(look)
    return [_look_line(same) for same in together.values()]


def _look_line(same: Sequence[OwnLook]) -> LookLine:
    look = same[0]
    return LookLine(
        who=look.who,
        role=_(look.role.display) if look.role else str(VISITORS[look.visitor]),
        why=" · ".join(filter(None, [why(look.purpose), _(look.use.display) if look.use else ""])),
        first=same[-1].at,
        last=look.at,
        pictures=len(frozenset[UUID]().union(*(item.photographs for item in same))),
        is_small=all(item.is_small for item in same),
    )


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask the contact; the answer comes to this page."""
    context: dict[str, Any] = {"longest": LONGEST_TEXT}
    if request.method == "POST":
        sentence = _ask(request, visit)
        if not sentence:
            return back_to("portal:ask", QUESTION_SENT)
        typed = request.POST.get("question", "")
        context |= {"notice": sentence, "is_refused": True, "typed": typed}
    return page(request, visit, "ask", context | {"questions": questions_of(visit)})


def _ask(request: HttpRequest, visit: Visit) -> str:
    """Why the question was not taken; "" when it was."""
    key, per = str(visit.proposal), timedelta(days=1)
    if not allow("portal-question", key, rate=QUESTIONS_A_DAY, per=per):
        return _("That was very many questions for one day. Please call the number.")
    try:
        ask_question(visit, request.POST.get("question", ""))
    except QuestionRefusedError as error:
        return _(error.sentence)
    return ""


@signer
@require_http_methods(["GET", "HEAD", "POST"])
def new_code(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Asked for once more, then the code before it is void."""
    if request.method != "POST":
        return page(request, visit, "ask_new_code", {})
    invitation = renew_copy_code(visit)
    return page(request, visit, "new_code", code_context(request, invitation))
