"""Reads of the register. Who may read a publication is who may open the patient's record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from safelight.consent.selectors.named import NamedAgreement, named_agreements
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader
from safelight.engines.policy import ReferenceState
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.publishing.models import Publication, PublicationPicture
from safelight.publishing.rules import Progress, PublicationStage, Yes, confirmation, stage
from safelight.release.access import OpenRecord, can_open_record, open_record
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Use
from safelight.release.given import Given, GivenAs
from safelight.vault.fields import SealedFields, patient_fields
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose


@dataclass(frozen=True)
class PublishedPicture:
    photograph: UUID
    is_layout: bool
    released_at: datetime | None
    may_leave_again: bool = False

    @property
    def can_leave(self) -> bool:
        """Whether its file may leave now, as far as leaving once goes."""
        return self.released_at is None or self.may_leave_again


@dataclass(frozen=True, kw_only=True)
class PublicationView:
    """A publication as who treats the patient reads it. PHI: names and places."""

    id: UUID
    patient: UUID
    purpose: Purpose
    recipient: UUID
    named: str
    where: str
    responsible: str
    registered_by: str
    registered_at: datetime
    stage: PublicationStage
    agreement: UUID | None
    """The one that confirms the final layout, while it does."""
    answers: Sequence[NamedAgreement]
    pictures: Sequence[PublishedPicture]
    appeared_on: date | None
    appeared_where: str

    @property
    def use(self) -> Use:
        return use_of(self.purpose, self.recipient)

    @property
    def shown(self) -> list[PublishedPicture]:
        return [item for item in self.pictures if not item.is_layout]

    @property
    def layouts(self) -> list[PublishedPicture]:
        return [item for item in self.pictures if item.is_layout]


def use_of(purpose: Purpose, recipient: UUID) -> Use:
    """What a publication is, as the policy is asked about it."""
    return Use(purpose, USUAL_AUDIENCE[purpose], recipient)


def open_publication(asker: Asker, publication: UUID) -> tuple[OpenRecord, PublicationView]:
    """AccessRefusedError, which looks like *missing*, unless the asker may open the record."""
    row = _rows().filter(id=publication).first()
    if row is None:
        raise AccessRefusedError
    return open_record(asker, row.patient_id), _view(row)


def publications_of(patient: UUID) -> list[PublicationView]:
    """Those of a record that the caller has opened; the newest first."""
    rows = _rows().filter(patient__in=records_of(surviving_patient(patient)))
    return [_view(row) for row in rows.order_by("-registered_at")]


def my_publications(asker: Asker) -> list[PublicationView]:
    """Those the asker registered, of patients whom they may still open; the newest first."""
    rows = _rows().filter(registered_by=asker.staff).order_by("-registered_at")
    return [_view(row) for row in rows if can_open_record(asker, surviving_patient(row.patient_id))]


def _rows() -> QuerySet[Publication]:
    return Publication.objects.select_related("registered_by").prefetch_related("pictures")


def _view(row: Publication) -> PublicationView:
    fields, purpose = patient_fields(row.patient_id), Purpose(row.purpose)
    about = fields.unseal_data("publication-about", row.id, row.sealed_about)
    answers = named_agreements(row.patient_id, purpose, row.recipient)
    known = progress_of(row)
    return PublicationView(
        id=row.id,
        patient=surviving_patient(row.patient_id),
        purpose=purpose,
        recipient=row.recipient,
        named=fields.unseal("publication", row.id, row.sealed_named),
        where=about["where"],
        responsible=about["responsible"],
        registered_by=row.registered_by.display_name,
        registered_at=row.registered_at,
        stage=stage(known, answers_of(answers)),
        agreement=confirmation(known, answers_of(answers)),
        answers=answers,
        pictures=[_picture(item) for item in _in_order(row.pictures.all())],
        appeared_on=row.appeared_on,
        appeared_where=_appeared(row, fields),
    )


def _in_order(pictures: Iterable[PublicationPicture]) -> list[PublicationPicture]:
    return sorted(pictures, key=lambda item: (item.is_layout, item.pk))


def _picture(item: PublicationPicture) -> PublishedPicture:
    return PublishedPicture(
        item.photograph_id, item.is_layout, item.released_at, item.may_leave_again
    )


def _appeared(row: Publication, fields: SealedFields) -> str:
    sealed = bytes(row.sealed_appeared)
    return fields.unseal("publication-appeared", row.id, sealed) if sealed else ""


def progress_of(row: Publication) -> Progress:
    listed = list(row.pictures.all())
    return Progress(
        purpose=Purpose(row.purpose),
        pictures=frozenset(item.photograph_id for item in listed if not item.is_layout),
        layouts=frozenset(item.photograph_id for item in listed if item.is_layout),
        has_left=any(item.released_at for item in listed),
        has_appeared=row.appeared_on is not None,
        is_dropped=row.dropped_at is not None,
    )


def stage_of(row: Publication) -> PublicationStage:
    """Where it stands as the rows are now; opens nothing that is sealed."""
    answers = named_agreements(row.patient_id, Purpose(row.purpose), row.recipient)
    return stage(progress_of(row), answers_of(answers))


def confirmed_by(row: Publication) -> UUID | None:
    """The agreement that confirms the layout as the rows stand now; for who holds their lock."""
    answers = named_agreements(row.patient_id, Purpose(row.purpose), row.recipient)
    return confirmation(progress_of(row), answers_of(answers))


def answers_of(agreements: Sequence[NamedAgreement]) -> list[Yes]:
    return [Yes(item.id, item.status, item.photographs, item.was_agreed) for item in agreements]


_STATES = {
    PublicationStage.DROPPED: ReferenceState.REVOKED,
    PublicationStage.STOPPED: ReferenceState.REVOKED,
    PublicationStage.TO_RECALL: ReferenceState.REVOKED,
    PublicationStage.AGREED: ReferenceState.IN_FORCE,
    PublicationStage.FILE_OUT: ReferenceState.IN_FORCE,
    PublicationStage.APPEARED: ReferenceState.IN_FORCE,
}


def given_of(reader: Reader) -> list[Given]:
    """The publications that this signer may know of: in person all, else those of their request."""
    found = [
        item
        for item in publications_of(reader.patient)
        if reader.is_patient or any(each.proposal == reader.proposal for each in item.answers)
    ]
    return [_given(item) for item in found]


def _given(item: PublicationView) -> Given:
    return Given(
        id=item.id,
        kind=GivenAs.PUBLICATION,
        who=item.named,
        given_by=item.registered_by,
        use=item.use,
        state=_STATES.get(item.stage, ReferenceState.NOT_BEGUN),
        starts_at=item.registered_at,
        ends_at=None,
        photographs=tuple(each.photograph for each in item.shown),
        opened=sum(each.released_at is not None for each in item.pictures),
        left_copy=any(each.released_at for each in item.pictures),
    )
