"""Asking a colleague: which pictures, whom, and the question. Three taps and the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.consulting.errors import ConsultingError
from safelight.consulting.rules import ASKED_FOR, LONGEST_TEXT
from safelight.consulting.selectors import recently_asked
from safelight.consulting.services.asking import NewQuestion, ask_colleague
from safelight.consulting.services.notifying import notify
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.people.colleagues import Colleague, colleagues, colleagues_by_id, teams
from safelight.photos.selectors import PhotographView
from safelight.release.access import OpenRecord, open_record, view_timeline
from safelight.vocabulary.notices import NoticeKind
from safelight.vocabulary.photograph import OpeningReason, PhotographState
from safelight.vocabulary.purposes import Purpose
from safelight.web.clinic.cards import Choice, choices, photograph_card, record_context
from safelight.web.clinic.forms import as_uuid, as_uuids, one_of, refusal
from safelight.web.doors import clinical

PROPOSED: Final = 6
LONGEST_SEARCH: Final = 60
LONGEST_NUMBER: Final = 4
PERSON, TEAM = "person", "team"
USUAL_DAYS: Final = (1, 3, 7, 14, 30)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What was chosen so far. PHI: the text."""

    photographs: Sequence[UUID]
    whom: str
    text: str
    purpose: str
    days: str
    reason: str
    find: str

    @classmethod
    def read(cls, data: QueryDict) -> Self:
        return cls(
            photographs=as_uuids(data.getlist("photograph")),
            whom=data.get("whom", ""),
            text=data.get("text", ""),
            purpose=data.get("purpose", Purpose.TREATMENT.value),
            days=data.get("days", ""),
            reason=data.get("reason", ""),
            find=data.get("find", "")[:LONGEST_SEARCH],
        )

    @property
    def days_named(self) -> int | None:
        """How many days; None for nothing, and for anything that is no number of ours."""
        is_number = self.days.isascii() and self.days.isdigit()
        return int(self.days[:LONGEST_NUMBER]) if is_number else None

    def chosen(self, kind: str) -> UUID | None:
        """The colleague, or the team, if one of this kind is chosen."""
        said, _colon, name = self.whom.partition(":")
        return as_uuid(name) if said == kind else None


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def ask(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    record = open_record(asker, patient)
    wanted = Wanted.read(request.POST if request.method == "POST" else request.GET)
    if request.method != "POST" or "search" in request.POST:
        return _page(request, asker, record, wanted)
    try:
        question = ask_colleague(asker, _new(record, wanted))
    except ConsultingError as error:
        return _page(request, asker, record, wanted, error.sentence)
    notify(question, reverse("clinic:asked_of_me"), NoticeKind.COLLEAGUE_ASKED)
    messages.success(request, _("Asked. The answer will be here, and in your list."))
    return redirect("clinic:colleague_question", question)


def _new(record: OpenRecord, wanted: Wanted) -> NewQuestion:
    return NewQuestion(
        patient=record.patient.id,
        photographs=wanted.photographs,
        text=wanted.text,
        colleague=wanted.chosen(PERSON),
        department=wanted.chosen(TEAM),
        purpose=one_of(Purpose, wanted.purpose) or Purpose.PRIVACY_OVERSIGHT,
        days=wanted.days_named,
        reason=one_of(OpeningReason, wanted.reason),
    )


def _page(
    request: HttpRequest, asker: Asker, record: OpenRecord, wanted: Wanted, wrong: str = ""
) -> HttpResponse:
    seen = view_timeline(asker, record.patient.id, _askable)
    cards = [
        photograph_card(item, gallery=seen.gallery, is_selected=item.id in wanted.photographs)
        for item in seen.shown
    ]
    context = {
        **record_context(record),
        "photographs": sorted(cards, key=lambda card: not card.is_selected),
        **_whom(asker, wanted),
        **_terms(wanted),
        "wanted": wanted,
        "longest": LONGEST_TEXT,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/colleague.html", context, status=422 if wrong else 200)


def _askable(items: Sequence[PhotographView]) -> list[PhotographView]:
    return [item for item in items if item.state is PhotographState.VERIFIED]


def _whom(asker: Asker, wanted: Wanted) -> dict[str, Any]:
    """Whom to ask: the chosen one, then those who were found, or asked last, or work here."""
    chosen = wanted.chosen(PERSON)
    known = list(colleagues_by_id([chosen] if chosen else []))
    if wanted.find:
        proposed = colleagues(wanted.find, besides=asker.staff)
    else:
        recent = colleagues_by_id(recently_asked(asker, PROPOSED))
        proposed = [*recent, *colleagues("", besides=asker.staff, limit=PROPOSED)]
    people = list(dict.fromkeys([*known, *proposed]))
    return {
        "people": [
            Choice(f"{PERSON}:{item.id}", item.name, item.departments)
            for item in (people if wanted.find else people[:PROPOSED])
        ],
        "teams": [Choice(f"{TEAM}:{item.id}", item.name) for item in teams(besides=asker.staff)],
        "is_nobody_found": bool(wanted.find) and not proposed,
    }


def _terms(wanted: Wanted) -> dict[str, Any]:
    """What is usually left as it is: purpose and time; and the reason, where one is needed."""
    policy = current_policy()
    days = sorted({*USUAL_DAYS, policy.share_days})
    return {
        "purposes": choices(ASKED_FOR),
        "selected_purpose": _((one_of(Purpose, wanted.purpose) or Purpose.TREATMENT).display),
        "days": [item for item in days if item <= policy.longest_share_days],
        "selected_days": wanted.days_named or policy.share_days,
        "reasons": choices(OpeningReason),
        "has_terms": wanted.purpose != Purpose.TREATMENT.value or wanted.days_named is not None,
    }


@require_safe
@clinical
def find(request: HttpRequest, asker: Asker) -> HttpResponse:
    """Clinicians by the first letters of their names, for the page while somebody types."""
    text = request.GET.get("find", "")[:LONGEST_SEARCH]
    found = colleagues(text, besides=asker.staff)
    return JsonResponse({"colleagues": [_found(item) for item in found]})


def _found(item: Colleague) -> dict[str, str]:
    return {"value": f"{PERSON}:{item.id}", "name": item.name, "departments": item.departments}
