"""Labelling: the list that nags, and the page that labels ten pictures in under a minute."""

import json
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.patients.selectors import encounters_of
from safelight.people.asker import Asker
from safelight.people.searching import show_patients
from safelight.photos.errors import LabelRefusedError
from safelight.photos.rules import Label
from safelight.photos.selectors import PhotographView, unlabelled_by
from safelight.release.access import Timeline, view_timeline, waiting_by_patient
from safelight.release.changes import label as label_pictures
from safelight.vocabulary.body_sites import body_site_options
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import ImageView, PhotographState, Sensitivity
from safelight.web.clinic.cards import (
    choices,
    encounter_choices,
    patient_card,
    photograph_card,
    record_context,
)
from safelight.web.clinic.forms import as_uuid, as_uuids, one_of, refusal
from safelight.web.doors import clinical

JUST_NOW = timedelta(minutes=1)
VIEWS = [view for view in ImageView if view is not ImageView.IDENTIFICATION]


@require_safe
@clinical
def to_label(request: HttpRequest, asker: Asker) -> HttpResponse:
    """What the asker took and has not labelled; each patient's pictures lead to one page."""
    by_patient = waiting_by_patient(asker)
    known = {item.id: item for item in show_patients(asker, by_patient)}
    groups = [
        {
            "patient": patient_card(known[patient]),
            "photographs": [photograph_card(item) for item in found],
            "waiting": _waiting(found[0]),
        }
        for patient, found in by_patient.items()
        if patient in known
    ]
    return render(request, "clinic/to_label.html", {"groups": groups})


def _waiting(oldest: PhotographView) -> str:
    if timezone.now() - oldest.received_at < JUST_NOW:
        return _("less than a minute")
    return timesince(oldest.received_at, depth=1)


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def label(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """GET: those that wait, or the ones asked for by `photograph`. POST: one label for all."""
    seen = view_timeline(asker, patient, partial(_listed, request))
    if request.method != "POST":
        return render(request, "clinic/label.html", _page(request, seen))
    try:
        label_pictures(asker, _chosen(request, seen), _typed_label(request))
    except LabelRefusedError as error:
        context = {**_page(request, seen), "form": refusal(error.sentence)}
        return render(request, "clinic/label.html", context, status=422)
    request.session["previous_label"] = _coded_label(request)
    waiting = [item for item in unlabelled_by(asker.staff) if item.patient == patient]
    return redirect("clinic:label" if waiting else "clinic:patient", patient)


def _chosen(request: HttpRequest, seen: Timeline) -> list[UUID]:
    listed = {item.id for item in seen.photographs}
    chosen = [item for item in as_uuids(request.POST.getlist("photograph")) if item in listed]
    if not chosen:
        raise LabelRefusedError(_("Choose at least one picture."))
    return chosen


def _typed_label(request: HttpRequest) -> Label:
    view = one_of(ImageView, request.POST.get("view", ""))
    sensitivity = one_of(Sensitivity, request.POST.get("sensitivity", ""))
    site = request.POST.get("body_site", "")
    if not site:
        raise LabelRefusedError(_("Choose a body site."))
    if view is None or sensitivity is None:
        raise LabelRefusedError(_("Choose a view and a sensitivity."))
    return Label(
        body_site=site,
        laterality=_typed_side(request),
        view=view,
        sensitivity=sensitivity,
        description=request.POST.get("description", ""),
        encounter=as_uuid(request.POST.get("encounter", "")),
    )


def _typed_side(request: HttpRequest) -> Laterality:
    try:
        return Laterality(request.POST.get("laterality", ""))
    except ValueError:
        return Laterality.NOT_APPLICABLE


def _coded_label(request: HttpRequest) -> dict[str, str]:
    """What *same as last time* repeats: coded words only, never free text."""
    names = ("body_site", "laterality", "view", "sensitivity")
    return {name: request.POST.get(name, "") for name in names}


def _page(request: HttpRequest, seen: Timeline) -> dict[str, Any]:
    listed = seen.shown
    previous = request.session.get("previous_label")
    encounters = encounters_of(seen.record.patient.id)
    return {
        **record_context(seen.record),
        "photographs": [
            photograph_card(item, gallery=seen.gallery, is_selected=True) for item in listed
        ],
        "sites_json": body_site_options(),
        "views": _options(choices(VIEWS)),
        "sensitivities": _options(choices(Sensitivity)),
        "encounters": encounter_choices(encounters),
        "previous": json.dumps(previous) if previous else None,
        **_first_choices(request, listed),
    }


def _listed(request: HttpRequest, items: Sequence[PhotographView]) -> list[PhotographView]:
    """The pictures that were asked for, or else all that wait for a label."""
    asked = set(as_uuids(request.GET.getlist("photograph") or request.POST.getlist("photograph")))
    labellable = [item for item in items if item.state is PhotographState.VERIFIED]
    chosen = [item for item in labellable if item.id in asked]
    return chosen or [item for item in labellable if item.needs_label]


def _options(words: list[Any]) -> list[dict[str, str]]:
    return [{"value": word.value, "label": word.label, "help": word.help} for word in words]


def _first_choices(request: HttpRequest, listed: Sequence[PhotographView]) -> dict[str, Any]:
    """What is chosen when the page opens: what was typed, or what the first picture has."""
    first = listed[0] if listed else None
    typed = request.POST
    return {
        "selected_site": typed.get("body_site", first.body_site if first else ""),
        "selected_laterality": typed.get("laterality", first.laterality if first else ""),
        "chosen": {
            "view": typed.get("view", first.view if first else "") or ImageView.OVERVIEW.value,
            "sensitivity": typed.get("sensitivity", first.sensitivity.value if first else ""),
            "encounter": first.encounter if first else None,
            "description": typed.get("description", first.description if first else ""),
        },
    }
