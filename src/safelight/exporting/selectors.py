"""Reads of links to copies as plain values: for whoever treats the patient, and for the patient."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from safelight.consent.records import recipient_name
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader
from safelight.engines.policy import AgreementStatus, ReferenceState
from safelight.engines.smart_health_link import Attempts
from safelight.exporting.copying import is_labelled, permitted
from safelight.exporting.models import CopyLink, CopyRequest
from safelight.exporting.seals import listed, recipient_of, state_of
from safelight.exporting.services.standing import require_link, require_patient
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.photos.selectors import PhotographView, photographs_in_order
from safelight.release import recipients
from safelight.release.access import can_open_record
from safelight.release.given import Given, GivenAs
from safelight.release.recipients import Offer, use_of
from safelight.vocabulary.purposes import Purpose


class Standing(StrEnum):
    """How a link stands, as its sender is told; in order of what keeps it shut."""

    REVOKED = "revoked"
    ENDED_BY_RESTORE = "ended-by-restore"
    """Nobody revoked it: a backup was restored, and it may have been revoked since."""
    AGREEMENT_ENDED = "agreement-ended"
    """Or the policy lets none of its pictures go now, for whatever reason."""
    LOCKED = "locked"
    OVER = "over"
    FETCHED = "fetched"
    WAITS = "waits"
    """In force, and nobody has fetched a copy yet."""


_OPEN = frozenset({Standing.FETCHED, Standing.WAITS})


@dataclass(frozen=True)
class Asked:
    """One request with the right passcode. PHI: who it was, by the word of their software.

    `fetched_at` None: they asked for the list of files, and fetched none.
    """

    recipient: str
    asked_at: datetime
    fetched_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class KnownLink:
    """One link as the treating team reads it. PHI: the recipient, and who asked."""

    id: UUID
    patient: UUID
    recipient: str
    given_by_name: str
    given_at: datetime
    expires_at: datetime
    standing: Standing
    failed_attempts: int
    deletion_asked_at: datetime | None
    photographs: tuple[PhotographView, ...]
    asked: tuple[Asked, ...]

    @property
    def is_open(self) -> bool:
        """Whether a copy can be fetched now."""
        return self.standing in _OPEN

    @property
    def left_copy(self) -> bool:
        """Whether something left that cannot be called back."""
        return any(item.fetched_at for item in self.asked)

    @property
    def is_to_delete(self) -> bool:
        """Whether the recipient still has to be asked to delete what they fetched."""
        ended = {Standing.REVOKED, Standing.ENDED_BY_RESTORE, Standing.AGREEMENT_ENDED}
        return self.left_copy and self.deletion_asked_at is None and self.standing in ended


def offers(asker: Asker, patient: UUID) -> list[Offer]:
    """What can be copied of this patient now, and for whom; raises CopyLinkNotFoundError."""
    found = recipients.offers(require_patient(asker, patient), Purpose.RECORD_COPY)
    whole = (
        replace(item, photographs=tuple(filter(is_labelled, item.photographs))) for item in found
    )
    return [item for item in whole if item.photographs]


def open_link(asker: Asker, link: UUID) -> KnownLink:
    """One link with who asked by it; CopyLinkNotFoundError also for *not allowed*."""
    require_link(asker, link)
    return _known(_rows().get(id=link))


def links_of(asker: Asker, patient: UUID) -> list[KnownLink]:
    """The links of this patient, newest first; raises CopyLinkNotFoundError."""
    current = require_patient(asker, patient)
    return [_known(row) for row in _rows().filter(patient__in=records_of(current))]


def to_delete(asker: Asker) -> list[KnownLink]:
    """Links of the asker's by which a copy left and which ended: its holder has to be asked.

    Patients whom the asker treats no more are left out; the treating team has them.
    """
    found = [row for row in _to_delete(asker) if can_open_record(asker, _patient_of(row))]
    return [_known(row) for row in found]


def to_delete_count(asker: Asker) -> int:
    return sum(can_open_record(asker, _patient_of(row)) for row in _to_delete(asker))


def _to_delete(asker: Asker) -> QuerySet[CopyLink]:
    is_over = ~Q(revoked_at=None) | ~Q(agreement__status=AgreementStatus.ACTIVE.value)
    has_left = Exists(CopyRequest.objects.filter(link=OuterRef("id")).exclude(fetched_at=None))
    mine = _rows().filter(is_over, given_by=asker.staff, deletion_asked_at=None)
    return mine.filter(has_left)


def _patient_of(row: CopyLink) -> UUID:
    return surviving_patient(row.patient_id)


def given_of(reader: Reader) -> list[Given]:
    """The copies for others, as the patient reads it; newest first."""
    return [_given(row) for row in _rows().filter(recipients.readable_by(reader))]


def _given(row: CopyLink) -> Given:
    fetched = row.requests.exclude(fetched_at=None).count()
    return Given(
        id=row.id,
        kind=GivenAs.HEALTH_LINK,
        who=recipient_name(row.agreement),
        given_by=row.given_by.display_name,
        use=use_of(row.agreement),
        state=_SHUT.get(_standing(row), ReferenceState.IN_FORCE),
        starts_at=row.given_at,
        ends_at=_ended_at(row),
        photographs=listed(row),
        opened=fetched,
        left_copy=fetched > 0,
    )


def _ended_at(row: CopyLink) -> datetime:
    ends = (row.revoked_at, row.locked_at, row.agreement.ended_at, row.expires_at)
    return min(moment for moment in ends if moment is not None)


_SHUT = {
    Standing.REVOKED: ReferenceState.REVOKED,
    Standing.ENDED_BY_RESTORE: ReferenceState.REVOKED,
    Standing.AGREEMENT_ENDED: ReferenceState.REVOKED,
    Standing.LOCKED: ReferenceState.OVER,
    Standing.OVER: ReferenceState.OVER,
}


def _rows() -> QuerySet[CopyLink]:
    return CopyLink.objects.select_related("agreement", "given_by").order_by("-given_at", "id")


def _known(row: CopyLink) -> KnownLink:
    return KnownLink(
        id=row.id,
        patient=surviving_patient(row.patient_id),
        recipient=recipient_name(row.agreement),
        given_by_name=row.given_by.display_name,
        given_at=row.given_at,
        expires_at=row.expires_at,
        standing=_standing(row),
        failed_attempts=row.failed_attempts,
        deletion_asked_at=row.deletion_asked_at,
        photographs=tuple(photographs_in_order(listed(row))),
        asked=_asked(row),
    )


def _asked(row: CopyLink) -> tuple[Asked, ...]:
    requests = row.requests.select_related("link").order_by("-asked_at", "id")
    return tuple(Asked(recipient_of(item), item.asked_at, item.fetched_at) for item in requests)


def _standing(row: CopyLink) -> Standing:
    if row.revoked_at is not None:
        return Standing.ENDED_BY_RESTORE if row.ended_by_restore else Standing.REVOKED
    if row.agreement.status != AgreementStatus.ACTIVE or not permitted(row.agreement, listed(row)):
        return Standing.AGREEMENT_ENDED
    # All tries are used up, too, where a process died before it could say what the fifth was.
    if row.locked_at is not None or Attempts(failed=row.failed_attempts).is_locked:
        return Standing.LOCKED
    if state_of(row, timezone.now()) is not ReferenceState.IN_FORCE:
        return Standing.OVER
    has_left = row.requests.exclude(fetched_at=None).exists()
    return Standing.FETCHED if has_left else Standing.WAITS
