"""The verbs of the register: named, laid out, agreed to, released once, appeared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from safelight.audit.services import Detail, Entry, record
from safelight.consent.errors import SocialMediaOffError
from safelight.consent.services.proposing import LONGEST_NAME, recipient_id
from safelight.engines.policy import ReferenceFacts, ReferenceState
from safelight.institution.selectors import current_policy
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.publishing.errors import (
    FileGoneOutError,
    NotConfirmedError,
    PublicationRefusedError,
)
from safelight.publishing.models import Publication, PublicationPicture
from safelight.publishing.rules import PUBLISHED
from safelight.publishing.selectors import PublicationView, confirmed_by, open_publication
from safelight.release.access import open_record
from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.release.references import Look, may_show, show_by_reference
from safelight.vault.fields import patient_fields
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import CaptureSource, PhotographState
from safelight.vocabulary.purposes import Purpose

SHORTEST_REASON: Final = 10


@dataclass(frozen=True, kw_only=True)
class NewPublication:
    """A work that is planned. PHI: all words.

    `named` is what the patient is asked about (this article, this page), `where` the journal or
    site, `responsible` who gets the file there, by name.
    """

    patient: UUID
    purpose: Purpose
    named: str
    where: str
    responsible: str
    photographs: Sequence[UUID]


def register(asker: Asker, new: NewPublication) -> UUID:
    """Put a named work into the register. It permits nothing: the patient is asked about it next.

    Raises AccessRefusedError, PublicationRefusedError, SocialMediaOffError.
    """
    patient = open_record(asker, new.patient).patient.id
    _check(new)
    row, fields = _row(asker, patient, new), patient_fields(patient)
    about = {"where": new.where.strip(), "responsible": new.responsible.strip()}
    row.sealed_named = fields.seal("publication", row.id, new.named.strip())
    row.sealed_about = fields.seal_data("publication-about", row.id, about)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _list(row, new.photographs, is_layout=False)
            _record(EventTag.PUBLISHING_REGISTERED, asker, row, *new.photographs)
    except IntegrityError as error:
        raise PublicationRefusedError("This work is in the register already.") from error
    return row.id


def _row(asker: Asker, patient: UUID, new: NewPublication) -> Publication:
    return Publication(
        patient_id=patient,
        purpose=new.purpose.value,
        recipient=recipient_id(new.named),
        registered_by_id=asker.staff,
        registered_at=timezone.now(),
    )


def _check(new: NewPublication) -> None:
    if new.purpose not in PUBLISHED:
        raise PublicationRefusedError("Choose print, online or social media.")
    if new.purpose is Purpose.SOCIAL_MEDIA and not current_policy().social_media:
        raise SocialMediaOffError
    words = (new.named, new.where, new.responsible)
    if not all(word.strip() for word in words):
        raise PublicationRefusedError("Name the work, where it appears, and who gets the file.")
    if any(len(word) > LONGEST_NAME for word in words):
        raise PublicationRefusedError("The name is too long.")
    if not new.photographs:
        raise PublicationRefusedError("Choose the pictures that are to appear.")


def add_layout(asker: Asker, publication: UUID, pages: Sequence[UUID]) -> None:
    """These pictures are the pages of the final layout. The patient is asked with them, anew."""
    open_publication(asker, publication)
    if not pages:
        raise PublicationRefusedError("Choose the pages of the final layout.")
    with transaction.atomic():
        row = _locked(publication)
        # INVARIANT: asked while the row is held, as a release does: none leaves in between.
        if row.pictures.exclude(released_at=None).exists():
            raise PublicationRefusedError(
                "A file has left already; register the new layout as a new work."
            )
        _list(row, pages, is_layout=True)
        _record(EventTag.PUBLISHING_LAYOUT_ADDED, asker, row, *pages)


def remove_layout(asker: Asker, publication: UUID, page: UUID) -> None:
    """A page that was replaced belongs to the work no more."""
    open_publication(asker, publication)
    with transaction.atomic():
        row = _locked(publication)
        gone, _each = row.pictures.filter(
            photograph=page, is_layout=True, released_at=None
        ).delete()
        if gone:
            _record(EventTag.PUBLISHING_LAYOUT_REMOVED, asker, row, page)


def _list(row: Publication, photographs: Sequence[UUID], *, is_layout: bool) -> None:
    """Verified pictures of this very patient; a page of a layout is one that came in as such."""
    for photograph in dict.fromkeys(photographs):
        found = Photograph.objects.filter(
            id=photograph, state=PhotographState.VERIFIED.value
        ).first()
        is_page = found is not None and found.source == CaptureSource.LAYOUT.value
        is_theirs = found is not None and (
            surviving_patient(found.patient_id) == surviving_patient(row.patient_id)
        )
        if not is_theirs or is_page is not is_layout:
            raise PublicationRefusedError(
                "A picture is not one of this patient's, or not ready yet."
            )
        PublicationPicture.objects.get_or_create(
            publication=row, photograph_id=photograph, defaults={"is_layout": is_layout}
        )


def release_file(asker: Asker, publication: UUID, photograph: UUID) -> Opened:
    """The file of one picture, in full size, for who is responsible for the work; once.

    It is noted as released before it leaves: a crash can only lose a file that never left, and
    `allow_again` gives it once more. Raises NotConfirmedError, FileGoneOutError,
    AccessRefusedError, and what `show_by_reference` raises.
    """
    _opened, known = open_publication(asker, publication)
    if known.agreement is None:
        raise NotConfirmedError
    look = _look(asker, known, photograph)
    decision = may_show(look)
    if not decision:
        show_by_reference(look)  # records why not, and refuses
        raise AccessRefusedError(decision)
    if photograph not in _agreed_pictures(known):
        raise NotConfirmedError
    _claim(asker, known, photograph)
    return show_by_reference(look)


def _agreed_pictures(known: PublicationView) -> frozenset[UUID]:
    """INVARIANT: what leaves is in the very agreement that confirms the layout, and in no older one."""
    return next(item.photographs for item in known.answers if item.id == known.agreement)


def _claim(asker: Asker, known: PublicationView, photograph: UUID) -> None:
    """INVARIANT: of two who ask at once, one gets the file."""
    with transaction.atomic():
        row = _locked(known.id)
        if confirmed_by(row) != known.agreement:
            raise NotConfirmedError
        listed = row.pictures.select_for_update().filter(photograph=photograph, is_layout=False)
        item = listed.first()
        if item is None:
            raise PublicationRefusedError("This picture is not in the work.")
        if item.released_at is not None and not item.may_leave_again:
            raise FileGoneOutError
        item.released_at, item.released_by_id = timezone.now(), asker.staff
        item.may_leave_again = False
        item.save(update_fields=["released_at", "released_by", "may_leave_again"])
        details = {"responsible": known.responsible}
        _record(EventTag.PUBLISHING_FILE_RELEASED, asker, row, photograph, **details)


def _look(asker: Asker, known: PublicationView, photograph: UUID) -> Look:
    facts = ReferenceFacts(
        str(known.id),
        ReferenceState.IN_FORCE if known.agreement else ReferenceState.NOT_BEGUN,
        lists_photograph=photograph in {item.photograph for item in known.shown},
        is_admitted=True,
    )
    return Look(
        use=known.use,
        facts=facts,
        photograph=photograph,
        viewer=asker.staff,
        named=f"{known.named}: {known.responsible}",
        staff=asker.facts,
    )


def allow_again(asker: Asker, publication: UUID, photograph: UUID, reason: str) -> None:
    """The file did not arrive, or was lost: it may leave once more, and the record says why."""
    open_publication(asker, publication)
    if sum(not letter.isspace() for letter in reason) < SHORTEST_REASON:
        raise PublicationRefusedError("Say in a sentence why the file is needed again.")
    with transaction.atomic():
        row = _locked(publication)
        gone = row.pictures.filter(photograph=photograph, released_at__isnull=False)
        if not gone.update(may_leave_again=True):
            raise PublicationRefusedError("This file has not left yet.")
        _record(EventTag.PUBLISHING_FILE_ALLOWED_AGAIN, asker, row, photograph, reason=reason)


def note_appeared(asker: Asker, publication: UUID, day: date, where: str) -> None:
    """Where and when it appeared: what the patient is told, and what a recall begins from."""
    open_publication(asker, publication)
    if not where.strip() or day > timezone.localdate():
        raise PublicationRefusedError("Say where it appeared, and on which day that was.")
    with transaction.atomic():
        row = _locked(publication)
        row.appeared_on = day
        row.sealed_appeared = patient_fields(row.patient_id).seal(
            "publication-appeared", row.id, where.strip()
        )
        row.save(update_fields=["appeared_on", "sealed_appeared"])
        _record(EventTag.PUBLISHING_APPEARED, asker, row)


def drop(asker: Asker, publication: UUID) -> None:
    """It is given up: nothing leaves for it any more."""
    open_publication(asker, publication)
    with transaction.atomic():
        row = _locked(publication)
        row.dropped_at = timezone.now()
        row.save(update_fields=["dropped_at"])
        _record(EventTag.PUBLISHING_DROPPED, asker, row)


def _locked(publication: UUID) -> Publication:
    """The row, while it goes on; PublicationRefusedError for one that was given up."""
    row = Publication.objects.select_for_update().get(id=publication)
    if row.dropped_at is not None:
        raise PublicationRefusedError("This work was given up.")
    return row


def _record(
    tag: EventTag, asker: Asker, row: Publication, *photographs: UUID, **details: Detail
) -> None:
    record(
        Entry(
            tag=tag,
            actor=asker.staff,
            subject=row.patient_id,
            purpose=row.purpose,
            objects=(row.id, *photographs),
            details=details,
        )
    )
