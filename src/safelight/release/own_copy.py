"""Right of access: everything that is kept of a patient, opened piece by piece to be taken along.

The pictures come through the gate one at a time and are decided about one at a time, so a copy
that runs while something is taken back ends without it, and says so.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils import timezone

from safelight.audit.services import Detail, Entry, record_durably
from safelight.consent.exports import fhir_bundle
from safelight.consent.models import CopyDocument, Proposal
from safelight.consent.selectors.mine import MyCopy, my_copies
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader
from safelight.engines.envelope import Kind
from safelight.patients.rules import Identity
from safelight.patients.selectors import known_patient, surviving_patient
from safelight.photos.forms import form_for_use, rendition_objects
from safelight.photos.selectors import PhotographView
from safelight.release.copies import is_losing_pictures
from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.release.own_record import OwnLook, all_looks, own_pictures
from safelight.release.signers import open_for_copy
from safelight.release.written_requests import WrittenRequest, go_on, is_present
from safelight.vault.custodians import Holder
from safelight.vault.kinds import CustodianKind
from safelight.vault.unseal import open_object
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import AS_TAKEN, COVERED, FormForUse, Rendition
from safelight.vocabulary.purposes import Purpose

LOOKS_A_PAGE: Final = 100
PDF: Final = "application/pdf"

logger = logging.getLogger("safelight.bytes")


class Missing(StrEnum):
    """Why something that was to be in the copy is not in it."""

    REFUSED = "refused"
    """It may not be seen any more: it was taken back or moved since the copy began."""
    VISIT_OVER = "visit-over"
    """Whoever reads was signed out, or the session was locked, before it was reached."""
    CANNOT_BE_OPENED = "cannot-be-opened"
    """Its key or its bytes are not there, or are damaged."""


@dataclass(frozen=True)
class OpenedForm:
    """One form of a picture in two sizes; the small one may be wanting. PHI."""

    form: FormForUse
    large: Opened
    small: Opened | None


@dataclass(frozen=True)
class SignedPapers:
    """What was signed at one time: the PDF where one is kept, and the FHIR resources. PHI."""

    signed_at: datetime
    pdf: Opened | None
    fhir: dict[str, object] | None
    missing: Missing | None


@dataclass(frozen=True)
class OwnCopy:
    """A copy that has begun: its event is on the disk and names these pictures. PHI.

    `identity` is None for who reads in the place of the patient. `others` are records that were
    merged into this one.
    """

    reader: Reader
    patient: UUID
    others: tuple[UUID, ...]
    identity: Identity | None
    begun_at: datetime
    pictures: tuple[PhotographView, ...]

    def forms_of(self, picture: PhotographView) -> Iterator[OpenedForm | Missing]:
        """Every form that the reader may have, opened when it is asked for.

        INVARIANT: only pictures that the event names are opened.
        """
        if picture not in self.pictures:
            raise AccessRefusedError
        if not go_on(self.reader):
            yield Missing.VISIT_OVER
            return
        forms = _forms(self.reader, picture.id)
        for form in forms:
            yield _opened(self.reader, picture.id, form)
        if not forms:
            yield Missing.CANNOT_BE_OPENED

    def goes_on(self) -> bool:
        """Whether the reader may have more of it."""
        return go_on(self.reader)

    def looks(self) -> Iterator[list[OwnLook]]:
        """Who looked at these pictures, newest first, page by page; this very copy among them."""
        return all_looks(self.reader, {item.id for item in self.pictures}, LOOKS_A_PAGE)

    def papers(self, base_url: str) -> Iterator[SignedPapers]:
        """Each request that was signed. `base_url` is this site's address, for the resources."""
        for item in my_copies(self.reader):
            yield _papers(self.reader, item, base_url)


def begin_copy(reader: Reader) -> OwnCopy:
    """Decide what goes into the copy of everything, and record that it is given.

    INVARIANT: the event, which names every picture, is on the disk before any byte is opened.
    AccessRefusedError when the reader may not go on, KeyMissingError when the patient's key is gone.
    """
    if not is_present(reader):
        raise AccessRefusedError
    patient = surviving_patient(reader.patient)
    identity = known_patient(patient).identity if reader.is_patient else None
    pictures = tuple(own_pictures(reader))
    record_durably(
        Entry(
            tag=EventTag.PATIENT_RECORD_COPIED,
            actor=reader.access,
            subject=patient,
            purpose=Purpose.PATIENT_REQUEST.act_reason or "",
            objects=tuple(item.id for item in pictures),
            details=_details(reader),
        )
    )
    return OwnCopy(
        reader=reader,
        patient=patient,
        others=tuple(item for item in records_of(patient) if item != patient),
        identity=identity,
        begun_at=timezone.now(),
        pictures=pictures,
    )


def _details(reader: Reader) -> dict[str, Detail]:
    if isinstance(reader, WrittenRequest):
        return {"identified_by": reader.identified_by}
    return {}


def _forms(reader: Reader, photograph: UUID) -> list[FormForUse]:
    """As taken and covered, for the patient in person.

    INVARIANT: who decides for the patient sees what would be used, and never more of it.
    """
    if not reader.is_patient:
        return [form_for_use(photograph)]
    kept = rendition_objects(photograph, [AS_TAKEN.large, COVERED.large])
    return [form for form in (AS_TAKEN, COVERED) if form.large.value in kept]


def _opened(reader: Reader, photograph: UUID, form: FormForUse) -> OpenedForm | Missing:
    large = _open(reader, photograph, form.large)
    if isinstance(large, Missing):
        return large
    small = _open(reader, photograph, form.small)
    return OpenedForm(form, large, None if isinstance(small, Missing) else small)


def _open(reader: Reader, photograph: UUID, rendition: Rendition) -> Opened | Missing:
    try:
        return open_for_copy(reader, photograph, rendition)
    except AccessRefusedError:
        return Missing.REFUSED if is_present(reader) else Missing.VISIT_OVER
    except SafelightError as error:
        logger.error("a picture of a copy could not be opened: %s", error.code)
        _record_failure(reader, photograph, error.code)
        return Missing.CANNOT_BE_OPENED


def _record_failure(reader: Reader, thing: UUID, code: str) -> None:
    record_durably(
        Entry(
            tag=EventTag.PHOTOGRAPH_REFUSED,
            actor=reader.access,
            subject=reader.patient,
            purpose=Purpose.PATIENT_REQUEST.act_reason or "",
            outcome=Outcome.FAILED,
            objects=(thing,),
            details={"reasons": [code]},
        )
    )


def _papers(reader: Reader, item: MyCopy, base_url: str) -> SignedPapers:
    if not go_on(reader):
        return SignedPapers(item.signed_at, None, None, Missing.VISIT_OVER)
    pdf, fhir, missing = None, None, None
    try:
        pdf = _kept_pdf(reader, item.proposal)
        fhir = fhir_bundle(item.proposal, base_url)
    except SafelightError as error:
        logger.error("signed papers of a copy could not be opened: %s", error.code)
        missing = Missing.CANNOT_BE_OPENED
    return SignedPapers(item.signed_at, pdf, fhir, missing)


def _kept_pdf(reader: Reader, proposal: UUID) -> Opened | None:
    """The copy that was made when somebody asked for one; the one without pictures first.

    INVARIANT: none that may show a picture which was taken back and is on its way out.
    """
    if is_losing_pictures(proposal):
        return None
    kept = CopyDocument.objects.filter(proposal=proposal).order_by("has_thumbnails").first()
    if kept is None:
        return None
    row = Proposal.objects.get(id=proposal)
    record_durably(
        Entry(
            tag=EventTag.CONSENT_COPY_GIVEN,
            actor=reader.access,
            subject=row.patient_id,
            purpose=Purpose.PATIENT_REQUEST.act_reason or "",
            objects=(row.id, kept.id),
        )
    )
    holder = Holder(CustodianKind.CARE, row.patient_id)
    return Opened(open_object(kept.id, Kind.DOCUMENT, holder), PDF)
