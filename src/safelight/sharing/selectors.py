"""Reads of shares as plain values: for whoever treats the patient, and for the patient."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from safelight.audit.models import Event
from safelight.consent.records import recipient_name
from safelight.consent.services.ending import records_of
from safelight.consent.visits import Reader
from safelight.engines.policy import AgreementStatus, ReferenceState
from safelight.patients.selectors import surviving_patient
from safelight.people.asker import Asker
from safelight.photos.selectors import GONE, PhotographView, photographs_in_order
from safelight.release import recipients
from safelight.release.access import can_open_record
from safelight.release.given import Given, GivenAs
from safelight.release.recipients import Offer, permitted, term_of, use_of
from safelight.release.rules import longest_days
from safelight.sharing.guests import alive, link_letters, listed, state_of
from safelight.sharing.models import Opening, Share, ShareAnswer
from safelight.sharing.rules import MOST_ATTEMPTS
from safelight.sharing.services.standing import require_patient, require_share
from safelight.sharing.words import address_of, question_of, text_of
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.purposes import Purpose


class Standing(StrEnum):
    """How a share stands, as its sender is told; in order of what keeps it shut."""

    REVOKED = "revoked"
    ENDED_BY_RESTORE = "ended-by-restore"
    """Nobody revoked it: a backup was restored, and it may have been revoked since."""
    AGREEMENT_ENDED = "agreement-ended"
    """Or the policy shows none of its pictures now, for whatever reason."""
    OVER = "over"
    USED_UP = "used-up"
    LOCKED = "locked"
    OPENED = "opened"
    WAITS = "waits"
    """In force, and nobody has opened it yet."""


@dataclass(frozen=True)
class OpenedOnce:
    """One opening: when, and which pictures were looked at in it."""

    number: int
    started_at: datetime
    ended_at: datetime | None
    photographs: tuple[UUID, ...]


@dataclass(frozen=True)
class Answer:
    """What the recipient wrote. PHI."""

    text: str
    answered_at: datetime
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class KnownShare:
    """One share as the treating team reads it. PHI: recipient, address, question and answers.

    `question` and the texts of answers are "" once the agreement ended: they went with its key.
    `letters` make the link, which opens nothing without the code.
    """

    id: UUID
    patient: UUID
    agreement: UUID
    recipient: str
    address: str
    question: str
    given_by: UUID
    given_by_name: str
    given_at: datetime
    expires_at: datetime
    openings: int
    longest_days: int
    standing: Standing
    letters: str
    has_passkey: bool
    notified_at: datetime | None
    notice_failed_at: datetime | None
    photographs: tuple[PhotographView, ...]
    opened: tuple[OpenedOnce, ...]
    answers: tuple[Answer, ...]

    @property
    def is_open(self) -> bool:
        """Whether the recipient can come in now, or could after a new code."""
        return self.standing in {Standing.WAITS, Standing.OPENED, Standing.LOCKED}

    @property
    def can_be_changed(self) -> bool:
        return self.standing not in {
            Standing.REVOKED,
            Standing.ENDED_BY_RESTORE,
            Standing.AGREEMENT_ENDED,
        }


@dataclass(frozen=True)
class ListedShare:
    """One line of a list. PHI: the recipient."""

    id: UUID
    patient: UUID
    recipient: str
    given_at: datetime
    expires_at: datetime
    standing: Standing
    picture_count: int
    opened_count: int
    new_answers: int
    is_notice_missing: bool

    @property
    def waits(self) -> bool:
        """Whether its sender has something to do: read, send again, or give a new code."""
        is_open = self.standing in {Standing.WAITS, Standing.OPENED, Standing.LOCKED}
        is_shut = self.standing is Standing.LOCKED or self.is_notice_missing
        return self.new_answers > 0 or (is_open and is_shut)


def offers(asker: Asker, patient: UUID) -> list[Offer]:
    """What can be shared of this patient now, and with whom; raises ShareNotFoundError."""
    return recipients.offers(require_patient(asker, patient), Purpose.SECOND_OPINION)


def open_share(asker: Asker, share: UUID) -> KnownShare:
    """One share with its answers; ShareNotFoundError also for *not allowed*."""
    require_share(asker, share)
    row = _rows().get(id=share)
    opened = _opened(row)
    return KnownShare(
        id=row.id,
        patient=surviving_patient(row.patient_id),
        agreement=row.agreement_id,
        recipient=recipient_name(row.agreement),
        address=address_of(row),
        question=_readable(lambda: question_of(row)),
        given_by=row.given_by_id,
        given_by_name=row.given_by.display_name,
        given_at=row.given_at,
        expires_at=row.expires_at,
        openings=row.openings,
        longest_days=longest_days(row.given_at, timezone.now(), term_of(row.agreement)),
        standing=_standing(row, len(opened)),
        letters=link_letters(row.id),
        has_passkey=row.passkeys.exists(),
        notified_at=row.notified_at,
        notice_failed_at=row.notice_failed_at,
        photographs=tuple(photographs_in_order(listed(row))),
        opened=opened,
        answers=tuple(map(_answer, row.answers.select_related("share").order_by("answered_at"))),
    )


def shares_of(asker: Asker, patient: UUID) -> list[ListedShare]:
    """What was shared of this patient, newest first; raises ShareNotFoundError."""
    current = require_patient(asker, patient)
    return _listed(_rows().filter(patient__in=records_of(current)))


def my_shares(asker: Asker) -> list[ListedShare]:
    """What the asker gave: what waits for them first, then the newest.

    Patients whom the asker treats no more are left out; the treating team has them.
    """
    found = _listed(_rows().filter(given_by=asker.staff))
    open_to = {item for item in {line.patient for line in found} if can_open_record(asker, item)}
    mine = [item for item in found if item.patient in open_to]
    return sorted(mine, key=lambda item: not item.waits)


def waiting_count(asker: Asker) -> int:
    return sum(item.waits for item in my_shares(asker))


def given_of(reader: Reader) -> list[Given]:
    """What was shown to somebody outside, as the patient reads it; newest first."""
    return [_given(row) for row in _rows().filter(recipients.readable_by(reader))]


def _given(row: Share) -> Given:
    opened = row.opened.count()
    return Given(
        id=row.id,
        kind=GivenAs.SHARE,
        who=recipient_name(row.agreement),
        given_by=row.given_by.display_name,
        use=use_of(row.agreement),
        state=_SHUT.get(_standing(row, opened), ReferenceState.IN_FORCE),
        starts_at=row.given_at,
        ends_at=row.revoked_at or min(row.expires_at, row.agreement.ended_at or row.expires_at),
        photographs=listed(row),
        opened=opened,
    )


_SHUT = {
    Standing.REVOKED: ReferenceState.REVOKED,
    Standing.ENDED_BY_RESTORE: ReferenceState.REVOKED,
    Standing.AGREEMENT_ENDED: ReferenceState.REVOKED,
    Standing.OVER: ReferenceState.OVER,
    Standing.USED_UP: ReferenceState.OVER,
}


def _rows() -> QuerySet[Share]:
    return Share.objects.select_related("agreement", "given_by").order_by("-given_at", "id")


def _listed(rows: Iterable[Share]) -> list[ListedShare]:
    return [_line(row) for row in rows]


def _line(row: Share) -> ListedShare:
    opened = row.opened.count()
    return ListedShare(
        id=row.id,
        patient=surviving_patient(row.patient_id),
        recipient=recipient_name(row.agreement),
        given_at=row.given_at,
        expires_at=row.expires_at,
        standing=_standing(row, opened),
        picture_count=row.pictures.exclude(photograph__state__in=GONE).count(),
        opened_count=opened,
        new_answers=row.answers.filter(read_at=None).count(),
        is_notice_missing=row.notified_at is None and not opened,  # who came in has the link
    )


def _standing(row: Share, opened: int) -> Standing:
    if row.revoked_at is not None:
        return Standing.ENDED_BY_RESTORE if row.ended_by_restore else Standing.REVOKED
    if row.agreement.status != AgreementStatus.ACTIVE or not permitted(row.agreement, listed(row)):
        return Standing.AGREEMENT_ENDED
    if state_of(row, timezone.now()) is not ReferenceState.IN_FORCE:
        return Standing.OVER
    return _open_standing(row, opened)


def _open_standing(row: Share, opened: int) -> Standing:
    # All tries are used up, too, where a process died before it could say what the fifth was.
    if row.locked_at is not None or row.failed_attempts >= MOST_ATTEMPTS:
        return Standing.LOCKED
    is_in = alive(timezone.now()).filter(share=row).exists()
    if opened >= row.openings and not is_in:
        return Standing.USED_UP
    return Standing.OPENED if opened else Standing.WAITS


def _opened(row: Share) -> tuple[OpenedOnce, ...]:
    """The openings, newest first, with what the record says was shown in each."""
    openings = list(row.opened.order_by("-number"))
    seen = _seen(openings)
    return tuple(
        OpenedOnce(
            item.number,
            item.started_at,
            item.ended_at,
            tuple(photograph for photograph in listed(row) if photograph in seen[item.id]),
        )
        for item in openings
    )


def _seen(openings: Iterable[Opening]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {item.id: set() for item in openings}
    events = Event.objects.filter(
        actor__in=list(found), tag=EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE.value
    )
    for event in events.prefetch_related("objects_told"):
        if event.actor and event.outcome == Outcome.SUCCESS:
            found[event.actor] |= {item.object_id for item in event.objects_told.all()}
    return found


def _answer(row: ShareAnswer) -> Answer:
    return Answer(_readable(lambda: text_of(row)), row.answered_at, row.read_at is None)


def _readable(text: Callable[[], str]) -> str:
    """What is sealed under the agreement's key, or "" once that is destroyed."""
    try:
        return text()
    except KeyMissingError:
        return ""
