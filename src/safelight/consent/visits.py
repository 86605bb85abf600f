"""A signer at the portal: what a visit is, and how it is found by its cookie.

Only hashes are kept: of the code a slow one; of the cookie and of the letters in the link one that
is keyed. Whoever reads the rows cannot try letters at leisure, and whoever writes to them cannot
make a row that answers to a cookie of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from safelight.consent.models import PatientAccess, PatientSession, Proposal
from safelight.consent.rules.answers import may_sign
from safelight.institution.selectors import current_house, current_policy
from safelight.patients.selectors import known_patient, surviving_patient
from safelight.people.models import Presence
from safelight.vault.institution_keys import search_token
from safelight.vocabulary.agreements import AccessKind
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.signers import SignerRole

WRITE_EVERY = timedelta(seconds=30)


class Reader(Protocol):
    """Somebody who may read a patient's own record: at a visit, or for them on a written request.

    `access` stands for them in the record of events. `patient` is whose record it is; `proposal`
    is the one they were asked about, where there is one.
    """

    @property
    def access(self) -> UUID: ...
    @property
    def proposal(self) -> UUID: ...
    @property
    def patient(self) -> UUID: ...
    @property
    def signer_role(self) -> SignerRole: ...
    @property
    def language(self) -> str: ...
    @property
    def style(self) -> TextStyle: ...
    @property
    def is_patient(self) -> bool:
        """In person, and so entitled to all that is their own."""
        ...


@dataclass(frozen=True)
class Visit:
    """Somebody who has shown that they are the signer of one proposal, in one browser.

    `access` stands for them in the record of events. `patient` is whose pictures it is about.
    """

    key: str
    access: UUID
    kind: AccessKind
    proposal: UUID
    patient: UUID
    signer_role: SignerRole
    language: str
    style: TextStyle

    @property
    def is_patient(self) -> bool:
        """In person, and so entitled to all that is their own."""
        return self.signer_role is SignerRole.PATIENT

    @property
    def is_handed_over(self) -> bool:
        """On a device of the staff, who want it back."""
        return self.kind is AccessKind.TABLET


def handed_over_proposal(session_key: str) -> UUID | None:
    """What the staff of this session handed their device over for, also when that is past."""
    rows = PatientSession.objects.filter(handed_over_from=session_key).exclude(handed_over_from="")
    return rows.values_list("access__proposal", flat=True).first()


def digest(secret: str) -> str:
    """What stands in the database for a cookie or the letters of a link."""
    return search_token("visit", secret).hex()


def find_visit(cookie: str) -> Visit | None:
    """The visit behind this cookie, kept awake by being found; None when it is over or unknown."""
    now = timezone.now()
    row = (
        alive(now).filter(key=digest(cookie)).select_related("access__proposal").first()
        if cookie
        else None
    )
    if row is None or not is_entitled(row, now):
        return None
    if now - row.last_active_at >= WRITE_EVERY:
        PatientSession.objects.filter(key=row.key).update(last_active_at=now)
    return _visit(row)


def alive(now: datetime) -> QuerySet[PatientSession]:
    """Sessions that may go on at `now`. One touched in the future has a wrong clock, and may not."""
    idle = timedelta(minutes=current_policy().portal_idle_minutes)
    awake = Presence.objects.filter(locked_at=None).values("session_key")
    # INVARIANT: on a device of the staff either they are in or the signer is, never both.
    rows = PatientSession.objects.exclude(handed_over_from__in=awake)
    return rows.filter(
        Q(access__ended_at=None),
        Q(access__expires_at__gt=now),
        started_at__lte=now + WRITE_EVERY,
        last_active_at__gt=now - idle,
        last_active_at__lte=now + WRITE_EVERY,
        expires_at__gt=now,
    )


def is_entitled(row: PatientSession, now: datetime) -> bool:
    """Whether this browser was let in for this very access, and its signer may still speak."""
    bound = session_binding(row.key, row.access_id, row.handed_over_from)
    return (
        is_bound(row.access)
        and constant_time_compare(bytes(row.binding), bound)
        and speaks_for_the_patient(row.access.proposal, now)
    )


def session_binding(key: str, access: UUID, handed_over_from: str) -> bytes:
    """Keyed by the institution's secret: a row copied to another signer's access is no way in."""
    return search_token("patient-session", f"{key}/{access}/{handed_over_from}")


def access_binding(access: PatientAccess) -> bytes:
    """What an access was made as: for whom, by which way, with which letters and code."""
    told = (
        access.id,
        access.patient_id,
        access.proposal_id,
        access.kind,
        access.token_digest,
        access.code_hash,
    )
    return search_token("patient-access", "/".join(str(item) for item in told))


def is_bound(access: PatientAccess) -> bool:
    """Whether nobody but this program wrote who the access is for and how it is opened."""
    return constant_time_compare(bytes(access.binding), access_binding(access))


def speaks_for_the_patient(proposal: Proposal, now: datetime) -> bool:
    """A guardian does so until the child comes of age, on the institution's calendar."""
    if proposal.signer_role != SignerRole.GUARDIAN.value:
        return True
    today = now.astimezone(current_house().zone).date()
    known = known_patient(surviving_patient(proposal.patient_id))
    return may_sign(
        SignerRole.GUARDIAN, known.identity.age_on(today), current_policy().majority_age
    )


def _visit(row: PatientSession) -> Visit:
    proposal: Proposal = row.access.proposal
    return Visit(
        key=row.key,
        access=row.access_id,
        kind=AccessKind(row.access.kind),
        proposal=proposal.id,
        patient=proposal.patient_id,
        signer_role=SignerRole(proposal.signer_role),
        language=proposal.language,
        style=TextStyle(proposal.style),
    )


def is_alive(visit: Visit) -> bool:
    """Whether the visit may go on at this very moment; asked again before anything is shown."""
    now = timezone.now()
    row = alive(now).filter(key=visit.key).select_related("access__proposal").first()
    return row is not None and is_entitled(row, now)


def locked_accesses() -> QuerySet[PatientAccess]:
    """Links that were locked by wrong attempts and not replaced since."""
    return PatientAccess.objects.filter(ended_at=None, locked_at__isnull=False).exclude(
        proposal__accesses__created_at__gt=F("locked_at")
    )


def stay(visit: Visit) -> bool:
    """Count what goes on by itself, a long download, as being there; whether the visit may go on."""
    if not is_alive(visit):
        return False
    now = timezone.now()
    rows = PatientSession.objects.filter(key=visit.key, last_active_at__lte=now - WRITE_EVERY)
    rows.update(last_active_at=now)
    return True


def signer_roles(accesses: Iterable[UUID]) -> dict[UUID, SignerRole]:
    """In what capacity those came whom these accesses stand for, for lists of who looked."""
    rows = PatientAccess.objects.filter(id__in=list(accesses))
    found = rows.values_list("id", "proposal__signer_role")
    return {access: SignerRole(role) for access, role in found}
