"""The pages that take pictures: the camera, and files of an institution's camera."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelight.capture.rules import LONGEST_REASON, accepted_consents
from safelight.consent.selectors.proposals import has_written_taking
from safelight.institution.selectors import current_policy
from safelight.patients.selectors import encounters_of
from safelight.people.asker import Asker
from safelight.photos.selectors import PhotographView
from safelight.release.access import Timeline, nothing, view_timeline
from safelight.vocabulary.photograph import (
    CaptureSource,
    ConsentToTake,
    PhotographState,
    Rendition,
    Sensitivity,
)
from safelight.web.clinic.cards import (
    Choice,
    choices,
    day_of,
    encounter_choices,
    record_context,
    rendition_url,
)
from safelight.web.clinic.forms import as_uuid
from safelight.web.doors import clinical

GHOSTS = 12
BYTES_PER_MEGABYTE = 1_000_000


@require_safe
@clinical
def capture(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    seen = view_timeline(asker, patient, _latest_of_each_site)
    context = {**_intake_context(seen), "ghosts": _ghosts(seen)}
    return render(request, "clinic/capture.html", context)


@require_safe
@clinical
def import_files(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """`?layout=` a publication: what is sent are pages of its final layout."""
    context = _intake_context(view_timeline(asker, patient, nothing))
    if publication := as_uuid(request.GET.get("layout", "")):
        after = reverse("clinic:publication", args=[publication])
        context |= {"source": CaptureSource.LAYOUT.value, "after_url": after}
    return render(request, "clinic/import_files.html", context)


def _intake_context(seen: Timeline) -> dict[str, Any]:
    patient, policy = seen.record.patient.id, current_policy()
    return {
        **record_context(seen.record),
        "upload_url": reverse("clinic:uploads", args=[patient]),
        "status_url": reverse("clinic:upload_states"),
        "after_url": reverse("clinic:label", args=[patient]),
        "max_bytes": policy.max_bytes,
        "max_megabytes": policy.max_bytes // BYTES_PER_MEGABYTE,
        "max_pixels": policy.max_pixels,
        **_consents(patient, ConsentToTake(policy.consent_to_take)),
        "sensitivities": choices(Sensitivity),
        "encounters": encounter_choices(encounters_of(patient)),
    }


def _consents(patient: UUID, asked_for: ConsentToTake) -> dict[str, Any]:
    """What the server will accept, and no more. Nothing is chosen for the patient.

    `is_written_missing`: only a written agreement would do, and none is on record.
    """
    accepted = accepted_consents(asked_for, has_written=has_written_taking(patient))
    return {
        "takes_consent": [Choice("", _("Choose")), *choices(accepted)],
        "is_written_missing": accepted == (ConsentToTake.BREAK_GLASS,),
        "longest_reason": LONGEST_REASON,
    }


def _latest_of_each_site(items: Sequence[PhotographView]) -> list[PhotographView]:
    """The pictures to line the next one up with: the latest ordinary one of each site and view."""
    latest: dict[tuple[str, str, str], PhotographView] = {}
    for item in items:
        if item.state is PhotographState.VERIFIED and item.body_site and not item.is_hidden:
            latest.setdefault((item.body_site, item.laterality, item.view), item)
    return list(latest.values())[:GHOSTS]


def _ghosts(seen: Timeline) -> list[dict[str, Any]]:
    return [
        {
            "id": item.id,
            "label": f"{_(item.body_site_display)}, {day_of(item.taken_at)}",
            "thumbnail_url": rendition_url(item.id, Rendition.THUMBNAIL, seen.gallery),
            "image_url": rendition_url(item.id, Rendition.DISPLAY),
        }
        for item in seen.shown
    ]
