"""What is theirs: agreements, pictures, copies, questions, and who has looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.consent.errors import QuestionRefusedError
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.selectors.mine import (
    MyAgreement,
    my_agreements,
    my_copies,
    uses_now,
)
from safelight.consent.services.questions import LONGEST_TEXT, ask_question, questions_of
from safelight.consent.services.visiting import renew_copy_code
from safelight.consent.visits import Visit
from safelight.people.limits import allow
from safelight.recall.selectors import has_left_record, may_leave_record
from safelight.release.own_record import OwnLook, own_picture, own_pictures, who_looked_at_mine
from safelight.release.signers import size_shown
from safelight.web.portal.door import missing, signer
from safelight.web.portal.pages import page
from safelight.web.portal.sentences import QUESTION_SENT, back_to
from safelight.web.portal.signing import code_context
from safelight.web.portal.taking_back import offered_to, taken_back_lines
from safelight.web.portal.words import (
    STANDINGS,
    VISITORS,
    PictureCard,
    picture_card,
    picture_cards,
    why,
    why_custody,
)

QUESTIONS_A_DAY = 10


@signer
@require_safe
def mine(request: HttpRequest, visit: Visit) -> HttpResponse:
    view, agreements = decision_view(visit), my_agreements(visit)
    cards, uses = picture_cards(own_pictures(visit)), uses_now(agreements)
    context = {
        "view": view,
        "contact": view.contact,
        "agreements": [agreement_line(item, cards) for item in agreements],
        "pictures": [(card, uses.get(card.id, [])) for card in cards],
        "copies": my_copies(visit),
        "is_patient": visit.is_patient,
        "has_left_record": has_left_record(visit),
        "can_take_back": bool(offered_to(visit)),
        "taken_back": taken_back_lines(visit, agreements),
    }
    return page(request, visit, "mine", context)


def agreement_line(agreement: MyAgreement, cards: Sequence[PictureCard] = ()) -> dict[str, Any]:
    listed = [card for card in cards if card.id in agreement.photographs]
    standing = STANDINGS[agreement.standing]
    return {"agreement": agreement, "standing": standing, "pictures": listed}


@signer
@require_safe
def picture(request: HttpRequest, visit: Visit, photograph: UUID) -> HttpResponse:
    found = own_picture(visit, photograph)
    if found is None:
        return missing(request)
    card = picture_card(found, size_shown(visit, photograph))
    is_shown = not card.is_covered or request.GET.get("show") == "yes"
    uses = uses_now(my_agreements(visit)).get(card.id, [])
    context = {
        "picture": card,
        "is_shown": is_shown,
        "uses": uses,
        "is_patient": visit.is_patient,
        "can_take_back": bool(uses) or may_leave_record(visit),
    }
    return page(request, visit, "my_picture", context)


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
    days = [(day, look_lines(list(same))) for day, same in groupby(seen, key=day_of)]
    return page(request, visit, "looks", {"days": days})


def day_of(look: OwnLook) -> date:
    """On the institution's calendar."""
    return timezone.localtime(look.at).date()


def look_lines(looks: Sequence[OwnLook]) -> list[LookLine]:
    """One line for each person and use, the latest look first."""
    together: dict[tuple[object, ...], list[OwnLook]] = {}
    for look in looks:
        key = (look.who, look.visitor, look.purpose, look.use, look.custody, look.second)
        together.setdefault(key, []).append(look)
    return [_look_line(same) for same in together.values()]


def _look_line(same: Sequence[OwnLook]) -> LookLine:
    look = same[0]
    return LookLine(
        who=look.who,
        role=_(look.role.display) if look.role else str(VISITORS[look.visitor]),
        why=_why(look),
        first=same[-1].at,
        last=look.at,
        pictures=len(frozenset[UUID]().union(*(item.photographs for item in same))),
        is_small=all(item.is_small for item in same),
    )


def _why(look: OwnLook) -> str:
    if look.custody is not None:
        return why_custody(look.custody, look.second)
    return " · ".join(filter(None, [why(look.purpose), _(look.use.display) if look.use else ""]))


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
