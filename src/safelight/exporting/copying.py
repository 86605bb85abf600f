"""A copy as it is made, at the moment of fetching and for one request: nothing is kept of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from safelight.consent.models import Agreement
from safelight.consent.records import recipient_name
from safelight.engines.fhir.picture_bundle import Picture, Subject, picture_bundle
from safelight.engines.policy import ReferenceFacts
from safelight.engines.smart_health_link import LinkFile, seal_file
from safelight.exporting.errors import CopyNotGivenError
from safelight.exporting.models import CopyRequest
from safelight.exporting.rules import sex_of, years_of
from safelight.exporting.seals import (
    is_admitted,
    key_of,
    listed,
    pseudonym,
    recipient_of,
    state_of,
    subject_in_copy,
)
from safelight.institution.selectors import current_house, current_zone
from safelight.patients.selectors import known_patient, surviving_patient
from safelight.photos.models import RenditionRow
from safelight.photos.selectors import PhotographView, photographs, photographs_in_order
from safelight.release import recipients
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use
from safelight.release.marking import Mark
from safelight.release.recipients import rests_on, use_of
from safelight.release.references import Look, form_by_reference, show_by_reference
from safelight.vault.models import SealedObject
from safelight.vocabulary.body_sites import body_site
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import ImageView

# Base64 in the bundle and base64 of the sealed file (16/9), and some for writing it with its mark.
_GROWTH: Final = 2.5
_AROUND: Final = 4096


@dataclass(frozen=True)
class SealedCopy:
    """A file of the link, and what is in it."""

    sealed: str = field(repr=False)
    photographs: tuple[UUID, ...]
    made_at: datetime


def permitted(agreement: Agreement, wanted: Iterable[UUID]) -> tuple[UUID, ...]:
    """Those of `wanted` that the gate would give, but for what has no label: it has no place in a record."""
    given = recipients.permitted(agreement, wanted)
    labelled = {item.id for item in photographs(given) if is_labelled(item)}
    return tuple(item for item in given if item in labelled)


def is_labelled(view: PhotographView) -> bool:
    return bool(view.body_site and view.view)


def fetchable(request: CopyRequest, now: datetime) -> tuple[UUID, ...]:
    """The pictures that may leave for this request now."""
    link = request.link
    return tuple(
        item
        for item in permitted(link.agreement, listed(link))
        if rests_on(link.agreement, _look(request, item, now, named=""))
    )


def expected_length(wanted: Iterable[UUID], use: Use) -> int:
    """About how many letters a sealed file of these pictures has, without opening any."""
    forms = {item: form_by_reference(use, item).large.value for item in wanted}
    rows = RenditionRow.objects.filter(photograph__in=list(forms))
    objects = [row.id for row in rows if row.rendition == forms[row.photograph_id]]
    sizes = SealedObject.objects.filter(id__in=objects).values_list("sealed_size", flat=True)
    return int(sum(sizes) * _GROWTH) + _AROUND * (len(forms) + 1)


def make_copy(request: CopyRequest, now: datetime) -> SealedCopy:
    """All that may leave now, through the gate picture by picture, sealed with the link's key.

    Raises CopyNotGivenError for nothing; KeyMissingError after a withdrawal; NotMarkedError,
    BlobMissingError or an EnvelopeError when a picture cannot be opened as it has to be: a copy
    that is silently short of one would not be what was asked for.
    """
    link = request.link
    key = key_of(link)
    named = f"{recipient_name(link.agreement)} ({recipient_of(request)})"
    pictures = [
        _picture(request, view, now, named)
        for view in photographs_in_order(fetchable(request, now))
    ]
    if not pictures:
        raise CopyNotGivenError
    known = known_patient(surviving_patient(link.patient_id))
    today = now.astimezone(current_zone()).date()
    bundle = picture_bundle(
        [picture for _, picture in pictures],
        Subject(
            pseudonym=subject_in_copy(link.id),
            sex=sex_of(known.identity.sex),
            years=years_of(known.identity.age_on(today)),
        ),
        institution=current_house().name,
        exported_at=now,
        test_data=known.is_test_data,
    )
    content = json.dumps(bundle, separators=(",", ":"), ensure_ascii=False).encode()
    sealed = seal_file(key, LinkFile(content))
    return SealedCopy(sealed, tuple(photograph for photograph, _ in pictures), now)


def _picture(
    request: CopyRequest, view: PhotographView, now: datetime, named: str
) -> tuple[UUID, Picture]:
    """Raises CopyNotGivenError if it may not leave any more, since a moment ago."""
    try:
        opened = show_by_reference(_look(request, view.id, now, named=named))
    except AccessRefusedError as error:
        raise CopyNotGivenError from error
    return view.id, Picture(
        key=pseudonym(request.link_id, str(view.id)),
        data=opened.content,
        content_type=opened.media_type,
        site=body_site(view.body_site),
        laterality=Laterality(view.laterality),
        view=ImageView(view.view),
        sensitivity=view.sensitivity,
        taken_on=view.taken_at.astimezone(current_zone()).date(),
    )


def _look(request: CopyRequest, photograph: UUID, now: datetime, *, named: str) -> Look:
    link = request.link
    return Look(
        use=use_of(link.agreement),
        facts=ReferenceFacts(
            str(link.id),
            state_of(link, now),
            lists_photograph=link.pictures.filter(photograph=photograph).exists(),
            is_admitted=is_admitted(request, now),
            reason_stated=link.states_reason,
        ),
        photograph=photograph,
        viewer=request.id,
        named=named,
        mark=Mark(named, link.mark_number),
    )
