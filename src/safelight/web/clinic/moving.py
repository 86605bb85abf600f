"""Wrong patient? Three steps: choose pictures and search, choose the person, confirm."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from safelight.people.asker import Asker
from safelight.people.searching import search
from safelight.photos.errors import MoveRefusedError
from safelight.photos.moving import MoveReason
from safelight.photos.selectors import PhotographView
from safelight.redaction.moving import move as move_pictures
from safelight.release.access import Timeline, open_record, view_timeline
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.photograph import PhotographState
from safelight.web.clinic.cards import choices, patient_card, photograph_card, record_context
from safelight.web.clinic.forms import as_uuid, as_uuids, one_of, refusal
from safelight.web.clinic.patients import FOUND, MAX_QUERY, SEARCH
from safelight.web.doors import clinical
from safelight.web.limits import RateLimitedError, allow_search


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def move(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    seen = view_timeline(asker, patient, _movable)
    if request.method == "POST" and request.POST.get("step") != "confirm":
        return _onward(request, patient)
    try:
        context = _confirm(request, asker, seen) if request.POST else _shown(request, asker, seen)
    except (MoveRefusedError, RateLimitedError) as error:
        context = {"form": refusal(error.sentence)}
    if context is None:
        return redirect("clinic:patient", patient)
    status = 422 if "form" in context else 200
    page = {**_page(request, seen), **context}
    return render(request, "clinic/move.html", page, status=status)


def _onward(request: HttpRequest, patient: UUID) -> HttpResponse:
    """As in finding: words wait in the sealed session, and the address holds ids alone."""
    chosen: dict[str, Any] = {"photograph": as_uuids(request.POST.getlist("photograph"))}
    if request.POST.get("step") == "choose":
        chosen["target"] = as_uuid(request.POST.get("target", "")) or ""
    else:
        request.session[SEARCH] = [request.POST.get("query", "")[:MAX_QUERY], ""]
        chosen[FOUND] = ""
    page = reverse("clinic:move", args=[patient])
    return redirect(f"{page}?{urlencode(chosen, doseq=True)}")


def _shown(request: HttpRequest, asker: Asker, seen: Timeline) -> dict[str, Any]:
    """What the step that the address names adds to the page."""
    if "target" in request.GET:
        return {"target": _target_card(request.GET, asker, seen)}
    return _searched(request, asker, seen) if FOUND in request.GET else {}


def _searched(request: HttpRequest, asker: Asker, seen: Timeline) -> dict[str, Any]:
    allow_search(asker)
    query = request.session.get(SEARCH, [""])[0].strip()
    matches = search(asker, query).matches
    others = [match for match in matches if match.patient.id != seen.record.patient.id]
    return {"query": query, "results": [patient_card(match.patient) for match in others]}


def _target_card(chosen: QueryDict, asker: Asker, seen: Timeline) -> Any:  # noqa: ANN401 - a card
    target = as_uuid(chosen.get("target", ""))
    if target is None or target == seen.record.patient.id:
        raise MoveRefusedError(_("Choose the right patient."))
    try:
        return patient_card(open_record(asker, target).patient)
    except AccessRefusedError as error:
        raise MoveRefusedError(
            _("You have no care relationship with the patient you chose. Break glass there first.")
        ) from error


def _confirm(request: HttpRequest, asker: Asker, seen: Timeline) -> dict[str, Any] | None:
    target = _target_card(request.POST, asker, seen)
    reason = one_of(MoveReason, request.POST.get("reason", ""))
    listed = {item.id for item in seen.photographs}
    chosen = [item for item in as_uuids(request.POST.getlist("photograph")) if item in listed]
    if reason is None or not chosen:
        return {"target": target, "form": refusal(_("Choose at least one picture and a reason."))}
    moved = len(move_pictures(asker, chosen, target.id, reason))
    text = ngettext("%(n)s picture was moved.", "%(n)s pictures were moved.", moved)
    messages.success(request, text % {"n": moved})
    return None


def _page(request: HttpRequest, seen: Timeline) -> dict[str, Any]:
    asked = set(as_uuids(request.POST.getlist("photograph") or request.GET.getlist("photograph")))
    cards = [
        photograph_card(item, gallery=seen.gallery, is_selected=item.id in asked)
        for item in seen.shown
    ]
    return {
        **record_context(seen.record),
        # What is to be moved comes first: on a phone the rest lies beyond the edge.
        "photographs": sorted(cards, key=lambda card: not card.is_selected),
        "results": None,
        "reasons": choices(MoveReason),
    }


def _movable(items: Sequence[PhotographView]) -> list[PhotographView]:
    return [item for item in items if item.state is PhotographState.VERIFIED]
