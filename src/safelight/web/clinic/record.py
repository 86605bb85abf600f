"""A patient's record: timeline, one picture in full, two side by side."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelight.consent.selectors.proposals import proposals_of
from safelight.consulting.selectors import questions_about
from safelight.patients.selectors import encounters_of
from safelight.people.asker import Asker
from safelight.photos.selectors import PhotographView
from safelight.recall.selectors import left_record
from safelight.redaction.selectors import form_in_use
from safelight.release.access import (
    Timeline,
    everything,
    nothing,
    open_photograph_record,
    view_timeline,
)
from safelight.release.reasons import has_stated_reason
from safelight.vocabulary.photograph import ConsentToTake, PhotographState
from safelight.web.clinic.cards import (
    PhotographCard,
    by_key,
    day_of,
    encounter_label,
    photograph_card,
    record_context,
)
from safelight.web.clinic.consent_cards import request_lines
from safelight.web.clinic.picture_uses import use_lines
from safelight.web.clinic.question_cards import thread_cards
from safelight.web.doors import clinical


@require_safe
@clinical
def timeline(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    site = request.GET.get("site", "")
    view_by = "site" if request.GET.get("by") == "site" else "date"
    seen = view_timeline(asker, patient, partial(_of_site, site) if site else everything)
    if seen.record.patient.id != patient:
        return redirect("clinic:patient", seen.record.patient.id)
    cards = [photograph_card(item, gallery=seen.gallery) for item in seen.shown]
    context = {
        **record_context(seen.record),
        "groups": _groups(cards, view_by),
        "view_by": view_by,
        "sites": _sites(seen.photographs),
        "selected_site": site,
        "photograph_count": len(seen.photographs),
        "questions": thread_cards(questions_about(seen.record), asker),
        "requests": request_lines(proposals_of(patient)),
        "has_left_record": not seen.photographs and left_record(seen.record.patient.id),
        "to_label_count": sum(_waits_for_label(item) for item in seen.photographs),
    }
    return render(request, "clinic/patient.html", context)


def _of_site(site: str, items: Sequence[PhotographView]) -> list[PhotographView]:
    return [item for item in items if item.body_site == site]


def _waits_for_label(item: PhotographView) -> bool:
    return item.needs_label and item.state is PhotographState.VERIFIED


def _groups(cards: Sequence[PhotographCard], view_by: str) -> list[dict[str, Any]]:
    if view_by == "site":
        groups = by_key(cards, "body_site")
        return [{"site": site, "photographs": found} for site, found in sorted(groups.items())]
    days: dict[Any, list[PhotographCard]] = {}
    for card in cards:
        days.setdefault(timezone.localtime(card.taken_at).date(), []).append(card)
    return [{"date": day, "photographs": found} for day, found in days.items()]


def _sites(items: Sequence[PhotographView]) -> list[dict[str, Any]]:
    counts = Counter((item.body_site, item.body_site_display) for item in items if item.body_site)
    sites = [
        {"code": code, "name": _(display), "count": count}
        for (code, display), count in counts.items()
    ]
    return sorted(sites, key=lambda site: str(site["name"]))


@require_safe
@clinical
def photograph(request: HttpRequest, asker: Asker, photograph: UUID) -> HttpResponse:
    """One picture; a protected one only after a reason was stated for it just now."""
    record, found = open_photograph_record(asker, photograph)
    is_opened = not found.is_hidden or has_stated_reason(asker, photograph)
    if not is_opened and found.state is PhotographState.VERIFIED:
        return redirect("clinic:reveal", photograph)
    seen = view_timeline(asker, record.patient.id, nothing)
    context = {
        **record_context(record),
        "photograph": photograph_card(
            found, is_opened=is_opened, encounter=_encounter_words(found)
        ),
        "taking": _(ConsentToTake(found.consent_to_take).display),
        "uses": use_lines(asker, photograph),
        "in_use": form_in_use(photograph),
        "questions": thread_cards(questions_about(record, photograph), asker),
        **_neighbours(seen, found),
    }
    return render(request, "clinic/photograph.html", context)


def _encounter_words(found: PhotographView) -> str:
    known = {item.id: encounter_label(item) for item in encounters_of(found.patient)}
    return known.get(found.encounter, "") if found.encounter else ""


def _neighbours(seen: Timeline, found: PhotographView) -> dict[str, str]:
    """The earlier and the later picture of the same site."""
    same = [item.id for item in reversed(_same_site(seen.photographs, found))]
    place = same.index(found.id) if found.id in same else -1
    earlier = same[place - 1] if place > 0 else None
    later = same[place + 1] if 0 <= place < len(same) - 1 else None
    return {"previous_url": _address(earlier), "next_url": _address(later)}


def _address(photograph: UUID | None) -> str:
    return reverse("clinic:photograph", args=[photograph]) if photograph else ""


def _same_site(items: Sequence[PhotographView], like: PhotographView) -> list[PhotographView]:
    return [
        item
        for item in items
        if (item.body_site, item.laterality) == (like.body_site, like.laterality)
        and item.state is PhotographState.VERIFIED
    ]


def _same_view(items: Sequence[PhotographView], like: PhotographView) -> list[PhotographView]:
    """Pictures that lie on each other: an overview does not lie on a close-up."""
    return [item for item in _same_site(items, like) if item.view == like.view]


@require_safe
@clinical
def compare(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """Two pictures of one site. Without a choice: the first and the last of the same site."""
    seen = view_timeline(asker, patient, nothing)
    comparable = [
        item
        for item in seen.photographs
        if item.state is PhotographState.VERIFIED and not item.is_hidden and item.body_site
    ]
    left, right = _pair(comparable, request.GET.get("left", ""), request.GET.get("right", ""))
    reference = left or right
    listed = _same_site(comparable, reference) if reference else comparable
    context = {
        **record_context(seen.record),
        "choices": [{"id": item.id, "label": _choice_label(item)} for item in listed],
        "left": photograph_card(left) if left else None,
        "right": photograph_card(right) if right else None,
    }
    return render(request, "clinic/compare.html", context)


def _choice_label(item: PhotographView) -> str:
    moment = timezone.localtime(item.taken_at)
    return f"{day_of(moment)}, {moment:%H:%M} · {_(item.view_display)}"


def _pair(
    items: Sequence[PhotographView], left: str, right: str
) -> tuple[PhotographView | None, PhotographView | None]:
    known = {str(item.id): item for item in items}
    first, second = known.get(left), known.get(right)
    if first and not second:
        others = [item for item in _same_view(items, first) if item.id != first.id]
        return _by_date(first, others[0] if others else None)
    if first and second:
        return first, second
    return _longest_course(items)


def _by_date(
    first: PhotographView, second: PhotographView | None
) -> tuple[PhotographView | None, PhotographView | None]:
    if second and second.taken_at < first.taken_at:
        return second, first
    return first, second


def _longest_course(
    items: Sequence[PhotographView],
) -> tuple[PhotographView | None, PhotographView | None]:
    """The earliest and the latest picture of what was photographed most often."""
    courses = [_same_view(items, item) for item in items]
    best = max(courses, key=len, default=[])
    return (best[-1], best[0]) if len(best) > 1 else (None, None)
