"""Finding the right patient: today's list, search and wristband."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.engines.recognition import UnreadableFrameError, read_codes
from safelight.engines.recognition.codes import MAX_FRAME_BYTES
from safelight.patients.selectors import KnownPatient, current_encounters
from safelight.people.asker import Asker
from safelight.people.searching import Match, search, todays_patients
from safelight.photos.selectors import latest_by_patient
from safelight.web.clinic.cards import PatientCard, patient_card
from safelight.web.clinic.forms import as_date
from safelight.web.doors import clinical
from safelight.web.limits import RateLimitedError, allow_search

MAX_QUERY = 120
SEARCH = "search"
SEARCH_FIELDS = ("query", "birth_date")
FOUND = "found"


@require_safe
@clinical
def today(request: HttpRequest, asker: Asker) -> HttpResponse:
    return render(request, "clinic/today.html", {"patients": _cards_of(todays_patients(asker))})


def _cards_of(known: Sequence[KnownPatient]) -> list[PatientCard]:
    """Patients whom the asker treats, with where they are and how many pictures they have."""
    ids = [item.id for item in known]
    counts, places = latest_by_patient(ids), current_encounters(ids)
    cards = []
    for item in known:
        total, unlabelled, last = counts.get(item.id, (0, 0, None))
        encounter = places.get(item.id)
        cards.append(
            patient_card(
                item,
                department=encounter.department_name if encounter else "",
                place=encounter.place if encounter else "",
                photograph_count=total,
                to_label_count=unlabelled,
                last_photograph_on=last,
            )
        )
    return cards


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def find_patient(request: HttpRequest, asker: Asker) -> HttpResponse:
    """POST says whom to find, GET shows who was found.

    The words wait in the sealed session: in an address they would be logged, and a browser writes
    what it posted into its history when the answer is a page.
    """
    if request.method == "POST":
        return _remembered(request)
    words = request.session.get(SEARCH) if FOUND in request.GET else None
    context: dict[str, Any] = _found(asker, *words) if words else {"results": None}
    status = 429 if context.get("is_limited") else 200
    return render(request, "clinic/find_patient.html", context, status=status)


def _remembered(request: HttpRequest) -> HttpResponse:
    request.session[SEARCH] = [request.POST.get(name, "")[:MAX_QUERY] for name in SEARCH_FIELDS]
    return redirect(f"{reverse('clinic:find_patient')}?{FOUND}")


def _found(asker: Asker, text: str, day: str) -> dict[str, Any]:
    query, birth_date = text.strip()[:MAX_QUERY], as_date(day) or as_date(text)
    words = "" if as_date(text) else query
    try:
        allow_search(asker)
    except RateLimitedError as error:
        return {"query": query, "results": None, "is_limited": True, "sentence": error.sentence}
    result = search(asker, words, birth_date)
    return {
        "query": query,
        "birth_date": birth_date,
        "results": _match_cards(result.matches),
        "too_many": result.is_cut_short,
    }


def _match_cards(matches: Sequence[Match]) -> list[PatientCard]:
    """In the order found. Of strangers nothing is told but who they are."""
    treated = _cards_of([match.patient for match in matches if match.has_relationship])
    known = {card.id: card for card in treated}
    return [
        known.get(match.patient.id) or patient_card(match.patient, has_relationship=False)
        for match in matches
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def scan(request: HttpRequest, asker: Asker) -> HttpResponse:
    """GET: the page with the viewfinder. POST: a frame or a code that the browser read."""
    if request.method != "POST":
        return render(request, "clinic/scan.html")
    try:
        codes = _codes_in(request)
        matches = _matches_of(asker, codes)
    except RateLimitedError as error:
        return JsonResponse({"found": False, "sentence": error.sentence}, status=429)
    except UnreadableFrameError as error:
        return JsonResponse({"found": False, "sentence": error.sentence}, status=422)
    if len(matches) == 1:
        return JsonResponse({"found": True, "location": _door_of(matches[0])})
    sentence = _("No patient here has this code. Check the wristband, or search by name.")
    return JsonResponse({"found": False, "sentence": sentence if codes else ""})


def _matches_of(asker: Asker, codes: Sequence[str]) -> Sequence[Match]:
    """Who has one of the codes. Frames that show none are no searches, and are not counted."""
    for code in codes:
        allow_search(asker)
        if matches := search(asker, code).matches:
            return matches
    return ()


def _codes_in(request: HttpRequest) -> list[str]:
    body = request.read(MAX_FRAME_BYTES + 1)
    if request.content_type != "application/json":
        return read_codes(body)
    try:
        text = json.loads(body)["text"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise UnreadableFrameError from error
    return [str(text)[:MAX_QUERY]]


def _door_of(match: Match) -> str:
    name = "clinic:patient" if match.has_relationship else "clinic:break_glass"
    return reverse(name, args=[match.patient.id])
