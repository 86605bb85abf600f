"""Everything a decision about one picture rests on, gathered by one query.

The query is written by hand because it runs for every byte that leaves: one round trip, no
objects. What it does not find stays unknown, and unknown denies.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from safelight.consent.selectors.facts import agreement_facts
from safelight.engines.policy import (
    AskerFacts,
    CareFacts,
    Facts,
    PatientState,
    PhotographFacts,
    Request,
    SessionState,
    Training,
)
from safelight.institution.selectors import Policy
from safelight.people.presence import SessionFacts, session_state
from safelight.people.relationships import (
    BREAK_GLASS_SQL,
    CLOSENESS_SQL,
    as_id,
    as_moment,
    as_uuid,
    closeness_parameters,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import COVERED, PhotographState, Rendition, Sensitivity
from safelight.vocabulary.purposes import BY_AGREEMENT, Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role

# A page's gallery event covers its thumbnails for this long; then each asks for itself.
GALLERY_LIFETIME: Final = timedelta(minutes=15)

# The record that holds the picture now: its own patient, or the one that was merged into.
_PATIENT: Final = "COALESCE(pa.merged_into_id, pa.id)"

_SQL: Final = f"""
SELECT
    st.id, st.role, st.password, st.is_active,
    pr.auth_hash, pr.locked_at, pr.last_active_at, pr.has_second_factor,
    pa.id, ph.state, ph.sensitivity, ph.taken_by_id,
    rd.id, rd.media_type, rd.reviewers,
    {CLOSENESS_SQL.format(patient=_PATIENT, staff="st.id")},
    {BREAK_GLASS_SQL.format(patient=_PATIENT, staff="st.id")},
    (
        SELECT r.reason FROM release_statedreason r
        WHERE r.photograph_id = ph.id AND r.session_key = se.session_key AND r.staff_id = st.id
        AND r.stated_at <= %s AND r.ends_at > %s
        ORDER BY r.ends_at DESC LIMIT 1
    ),
    EXISTS (
        SELECT 1 FROM audit_event ev
        JOIN audit_eventobject eo ON eo.event_id = ev.number AND eo.object_id = ph.id
        WHERE ev.id = %s AND ev.actor = st.id AND ev.tag = %s AND ev.recorded_at_ms > %s
    )
FROM people_staffsession se
JOIN people_presence pr ON pr.session_key = se.session_key
JOIN people_staffmember st ON st.id = pr.staff_id
LEFT JOIN photos_photograph ph ON ph.id = %s
LEFT JOIN photos_renditionrow rd ON rd.photograph_id = ph.id AND rd.rendition = %s
LEFT JOIN patients_patient pa ON pa.id = ph.patient_id
WHERE se.session_key = %s AND se.expire_date > %s
"""  # noqa: S608 - only constants of this house stand in the text


# What these audiences mean already: one learner, one recipient.
ALONE: Final = {Audience.ONE_TO_ONE: 1, Audience.ONE_RECIPIENT: 1}


@dataclass(frozen=True, slots=True)
class Use:
    """What a picture is wanted for, before whom, and for whom by name."""

    purpose: Purpose = Purpose.TREATMENT
    audience: Audience = Audience.CARE_TEAM
    recipient: UUID | None = None
    people: int | None = None

    def request(self, rendition: Rendition) -> Request:
        """As the policy is asked."""
        recipient = str(self.recipient) if self.recipient else None
        people = self.people or ALONE.get(self.audience)
        return Request(self.purpose, self.audience, rendition, recipient, people)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request for bytes says: which session, which picture, what for, from which gallery."""

    session_key: str
    photograph: UUID
    rendition: Rendition
    gallery: UUID | None = None
    use: Use = Use()


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was found. `asker` is None when the session is not one of anybody's."""

    asker: UUID | None
    patient: UUID | None
    object_id: UUID | None
    media_type: str
    reviewers: int
    stated_reason: str | None
    is_told_by_gallery: bool
    facts: Facts


_NOBODY: Final = AskerFacts(role=None, session=SessionState.ABSENT, training=Training.UNKNOWN)
_NOTHING: Final = Gathered(
    None, None, None, "", 0, None, False, Facts(_NOBODY, CareFacts(None, None, None), None)
)


def gather(asked: Asked, policy: Policy, now: datetime) -> Gathered:
    """The facts about one request, as they stand at `now`."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, _parameters(asked, policy, now))
        row = cursor.fetchone()
    found = _NOTHING if row is None else _gathered(row, asked, policy, now)
    if asked.use.purpose not in BY_AGREEMENT or found.patient is None:
        return found
    agreements = agreement_facts(asked.photograph, asked.rendition, now, purpose=asked.use.purpose)
    facts = replace(
        found.facts,
        agreements=agreements,
        social_media_enabled=bool(policy.social_media),
        reviewed=is_reviewed(asked.rendition, found.reviewers, asked.use.purpose, policy),
    )
    return replace(found, facts=facts)


def is_reviewed(rendition: Rendition, reviewers: int, purpose: Purpose, policy: Policy) -> bool:
    """Whether enough people approved this form for this purpose; a covered form always needs one."""
    is_covered = rendition in (COVERED.large, COVERED.small)
    return reviewers >= max(policy.reviewers_for(purpose), int(is_covered))


def _parameters(asked: Asked, policy: Policy, now: datetime) -> list[Any]:
    moment = as_moment(now)
    oldest_gallery = int((now - GALLERY_LIFETIME).timestamp() * 1000)
    return [
        *closeness_parameters(now, policy),
        *(moment, moment),
        *(moment, moment),
        as_id(asked.gallery or UUID(int=0)),
        EventTag.PATIENT_TIMELINE_VIEWED.value,
        oldest_gallery,
        as_id(asked.photograph),
        asked.rendition.value,
        asked.session_key,
        moment,
    ]


def _gathered(row: tuple[Any, ...], asked: Asked, policy: Policy, now: datetime) -> Gathered:
    staff, role, password, is_active, auth_hash, locked_at, last_active_at, second_factor = row[:8]
    patient, state, sensitivity, taken_by, object_id, media_type, reviewers = row[8:15]
    closeness, has_broken_glass, reason, is_told = row[15:]
    session = session_state(
        SessionFacts(
            session_key=asked.session_key,
            is_active=bool(is_active),
            password=password,
            auth_hash=auth_hash,
            locked_at=_as_datetime(locked_at),
            last_active_at=_as_datetime(last_active_at),
            has_second_factor=bool(second_factor),
        ),
        policy,
        now,
    )
    care = CareFacts(
        relationship=Relationship(closeness) if patient else None,
        break_glass=bool(has_broken_glass) if patient else None,
        patient=PatientState.CURRENT if patient else None,
    )
    photograph = patient and PhotographFacts(
        PhotographState(state), Sensitivity(sensitivity), taken_by_asker=taken_by == staff
    )
    return Gathered(
        asker=as_uuid(staff),
        patient=as_uuid(patient) if patient else None,
        object_id=as_uuid(object_id) if object_id else None,
        media_type=media_type or "",
        reviewers=reviewers or 0,
        stated_reason=reason,
        is_told_by_gallery=bool(is_told),
        facts=Facts(
            asker=AskerFacts(Role(role), session, Training.NOT_REQUIRED),
            care=care,
            photograph=photograph or None,
            reason_stated=reason is not None,
        ),
    )


def _as_datetime(value: datetime | None) -> datetime | None:
    """What the driver gave for a time: SQLite keeps times in UTC and leaves the zone unsaid."""
    if value is None or value.tzinfo is not None:
        return value
    return value.replace(tzinfo=UTC)
