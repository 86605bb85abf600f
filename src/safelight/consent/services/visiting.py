"""How a signer comes to the portal, and how they leave it."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from safelight.audit.services import Entry, record
from safelight.consent.errors import (
    ProposalRefusedError,
    VisitLockedError,
    VisitOverError,
    VisitRefusedError,
)
from safelight.consent.models import PatientAccess, PatientSession, Proposal, ProposalState
from safelight.consent.services.standing import lock_proposal, require_proposal
from safelight.consent.visits import (
    Visit,
    access_binding,
    digest,
    is_alive,
    is_bound,
    session_binding,
)
from safelight.institution.selectors import current_policy
from safelight.patients.selectors import known_patient, surviving_patient
from safelight.people import presence
from safelight.people.asker import Asker
from safelight.vault.institution_keys import search_token
from safelight.vocabulary.agreements import AccessKind
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.signers import SignerRole

# Crockford's base 32: no I, L, O or U, so that nothing is read for something else.
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINK_LETTERS: Final = 12
CODE_DIGITS: Final = 6
MOST_ATTEMPTS: Final = 5
LONGEST_VISIT: Final = timedelta(hours=4)
COPY_LINK_DAYS: Final = 3 * 366
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", " ": "", "-": ""})


@dataclass(frozen=True)
class Invitation:
    """What the clinician gives to the signer. Shown once; only hashes stay here.

    `letters` make the link; `code` is said or written apart from it.
    """

    access: UUID
    letters: str
    code: str
    expires_at: datetime


def invite(asker: Asker, proposal: UUID) -> Invitation:
    """A link for the signer's own device; one that was given before for this proposal ends."""
    require_proposal(asker, proposal)
    expires_at = timezone.now() + timedelta(hours=current_policy().portal_link_hours)
    with transaction.atomic():
        row = lock_proposal(proposal)
        if row.state == ProposalState.CLOSED:
            raise ProposalRefusedError("This request was closed.")
        _end_links(row)
        return give_link(row, AccessKind.LINK, expires_at, created_by=asker.staff)


def give_link(
    row: Proposal, kind: AccessKind, expires_at: datetime, *, created_by: UUID | None
) -> Invitation:
    """A new way in, in the open transaction."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(LINK_LETTERS))
    return _give(row, kind, letters, expires_at, created_by)


def copy_letters(proposal: UUID) -> str:
    """The letters of the link on the copy: the same whenever the copy is made, and kept nowhere."""
    number = int.from_bytes(search_token("copy-link", str(proposal)))
    return "".join(LETTERS[number >> 5 * place & 31] for place in range(LINK_LETTERS))


def give_copy_link(row: Proposal) -> Invitation:
    """The link on the copy with a new code, in the open transaction; the code before it is void."""
    letters = copy_letters(row.id)
    expires_at = timezone.now() + timedelta(days=COPY_LINK_DAYS)
    access = row.accesses.filter(token_digest=digest(letters)).first()
    if access is None:
        return _give(row, AccessKind.COPY, letters, expires_at, None)
    code = _new_code()
    access.code_hash, access.expires_at = make_password(code), expires_at
    access.failed_attempts, access.locked_at = 0, None
    access.binding = access_binding(access)
    access.save()
    _record(EventTag.PORTAL_ACCESS_INVITED, access, access.id)
    return Invitation(access.id, letters, code, expires_at)


def renew_copy_code(visit: Visit) -> Invitation:
    """A new code for the link on the copy, for a signer who has come in and lost theirs."""
    with transaction.atomic():
        row = lock_proposal(visit.proposal)
        if row.state != ProposalState.SIGNED or not is_alive(visit):
            raise VisitOverError
        return give_copy_link(row)


def _give(
    row: Proposal,
    kind: AccessKind,
    letters: str,
    expires_at: datetime,
    created_by: UUID | None,
) -> Invitation:
    code = _new_code()
    access = _new_access(row, kind, letters, expires_at, created_by, make_password(code))
    _record(EventTag.PORTAL_ACCESS_INVITED, access, created_by)
    return Invitation(access.id, letters, code, expires_at)


def _new_access(
    row: Proposal,
    kind: AccessKind,
    letters: str,
    expires_at: datetime,
    created_by: UUID | None,
    code_hash: str = "",
) -> PatientAccess:
    access = PatientAccess(
        patient_id=row.patient_id,
        proposal=row,
        kind=kind.value,
        token_digest=digest(letters),
        code_hash=code_hash,
        created_by_id=created_by,
        created_at=timezone.now(),
        expires_at=expires_at,
    )
    access.binding = access_binding(access)
    access.save(force_insert=True)
    return access


def _new_code() -> str:
    return "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))


def hand_over(asker: Asker, proposal: UUID) -> str:
    """Give the signer this very device: the staff session locks, and the cookie's secret comes back.

    INVARIANT: the lock is written before the visit begins; there is no moment with both.
    """
    require_proposal(asker, proposal)
    presence.lock(asker.session_key)
    with transaction.atomic():
        row = lock_proposal(proposal)
        if row.state == ProposalState.CLOSED:
            raise ProposalRefusedError("This request was closed.")
        access = _new_access(
            row,
            AccessKind.TABLET,
            secrets.token_urlsafe(32),
            timezone.now() + LONGEST_VISIT,
            asker.staff,
        )
        secret = _begin(access, handed_over_from=asker.session_key)
        _record(EventTag.PORTAL_SESSION_HANDED_OVER, access, asker.staff)
    return secret


def take_back(session_key: str) -> None:
    """The staff are back at their device: whoever it was handed to is out."""
    with transaction.atomic():
        for row in PatientSession.objects.filter(handed_over_from=session_key).exclude(
            handed_over_from=""
        ):
            _end_access(row.access_id)


def read_letters(typed: str) -> str:
    """The letters of a link as somebody typed them, with what is easily misread put right."""
    return typed.upper().translate(_MISREAD)[: 2 * LINK_LETTERS]


def enter(typed_letters: str, birth_date: date | None, code: str) -> str:
    """Come in by a link, the patient's birth date and the code; the cookie's secret.

    Raises VisitRefusedError (unknown link, wrong date or code: one sentence for all), and
    VisitLockedError or VisitOverError once it is clear that the link was a real one.
    """
    wrong: VisitRefusedError
    with transaction.atomic():
        access = (
            PatientAccess.objects.select_for_update(of=("self",))
            .select_related("proposal")
            .filter(token_digest=digest(read_letters(typed_letters)))
            .exclude(kind=AccessKind.TABLET.value)
            .first()
        )
        if access is None or not is_bound(access):
            check_password(_ascii_digits(code), _nobodys_code())
            raise VisitRefusedError
        if access.locked_at is not None:
            raise VisitLockedError
        if access.ended_at is not None or access.expires_at <= timezone.now():
            _record(EventTag.PORTAL_ACCESS_REFUSED, access, None, Outcome.DENIED)
            wrong = VisitOverError()
        elif _is_right(access, birth_date, code):
            access.failed_attempts = 0
            access.save(update_fields=["failed_attempts"])
            _record(EventTag.PORTAL_SESSION_STARTED, access, access.id)
            return _begin(access)
        else:
            wrong = _count_failure(access)
    raise wrong


def _is_right(access: PatientAccess, birth_date: date | None, code: str) -> bool:
    """Both factors are compared whichever is wrong, so that time tells nothing apart."""
    known = known_patient(surviving_patient(access.patient_id)).identity.birth_date
    is_birth_date = constant_time_compare(
        known.isoformat(), birth_date.isoformat() if birth_date else ""
    )
    return check_password(_ascii_digits(code), access.code_hash) and is_birth_date


@cache
def _nobodys_code() -> str:
    """Checked where there is no link, so that it takes as long as a wrong code does."""
    return make_password(_new_code())


def _ascii_digits(code: str) -> str:
    """Arabic-Indic and other digits as the ones the code was made of; nothing else of it."""
    return "".join(str(int(letter)) for letter in code if letter.isdecimal())


def _count_failure(access: PatientAccess) -> VisitRefusedError:
    access.failed_attempts += 1
    is_last = access.failed_attempts >= MOST_ATTEMPTS
    if is_last:
        access.locked_at = timezone.now()
    access.save(update_fields=["failed_attempts", "locked_at"])
    tag = EventTag.PORTAL_ACCESS_LOCKED if is_last else EventTag.PORTAL_ACCESS_REFUSED
    _record(tag, access, None, Outcome.DENIED)
    return VisitLockedError() if is_last else VisitRefusedError()


def leave(visit: Visit) -> None:
    """The signer is done in this browser; a link of theirs stays good."""
    with transaction.atomic():
        ended, _ = PatientSession.objects.filter(key=visit.key).delete()
        if visit.is_handed_over:
            _end_access(visit.access)
        if ended:
            _record(
                EventTag.PORTAL_SESSION_ENDED,
                PatientAccess.objects.get(id=visit.access),
                visit.access,
            )


def _begin(access: PatientAccess, handed_over_from: str = "") -> str:
    secret, now = secrets.token_urlsafe(32), timezone.now()
    PatientSession.objects.filter(expires_at__lte=now).delete()
    key = digest(secret)
    PatientSession.objects.create(
        key=key,
        binding=session_binding(key, access.id, handed_over_from),
        access=access,
        started_at=now,
        last_active_at=now,
        expires_at=now + LONGEST_VISIT,
        handed_over_from=handed_over_from,
    )
    return secret


def _end_links(row: Proposal) -> None:
    for access in row.accesses.filter(kind=AccessKind.LINK.value, ended_at=None):
        _end_access(access.id)


def end_accesses(row: Proposal) -> None:
    """Nobody comes in for this proposal any more, by whatever way."""
    for access in row.accesses.filter(ended_at=None):
        _end_access(access.id)


def _end_access(access: UUID) -> None:
    PatientAccess.objects.filter(id=access, ended_at=None).update(ended_at=timezone.now())
    PatientSession.objects.filter(access=access).delete()


def _record(
    tag: EventTag,
    access: PatientAccess,
    actor: UUID | None,
    outcome: Outcome = Outcome.SUCCESS,
) -> None:
    record(
        Entry(
            tag=tag,
            actor=actor,
            subject=access.patient_id,
            outcome=outcome,
            objects=(access.id, access.proposal_id),
        )
    )


def end_ways_in() -> int:
    """After a restore of an older record: ways in that may have been ended since; how many.

    Links that a clinician gives anew, and whatever lets in who signed for an adult: they may have
    been shut out since. INVARIANT: patients and guardians keep the link on their copy, which is how
    they take back.
    """
    given = Q(kind=AccessKind.LINK.value)
    of_proxies = Q(proposal__signer_role=SignerRole.PROXY.value)
    ways = PatientAccess.objects.filter(given | of_proxies, ended_at=None)
    found = list(ways.filter(expires_at__gt=timezone.now()).values_list("id", flat=True))
    for access in found:
        _end_access(access)
    return len(found)


def end_every_visit() -> int:
    """After a restore, which would bring visits of then back: every signer comes in anew."""
    visits = PatientSession.objects.all()
    count = visits.count()
    visits.delete()
    return count
