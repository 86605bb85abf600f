"""What agreements say about one picture, for the gate. One query, written by hand.

A guardian's authority ends on a birthday, which is sealed: it is opened here, for the few
agreements that have one, and compared with today.
"""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection

from safelight.consent.rules.dates import is_in_period
from safelight.engines.policy import AgreementFacts, AgreementStatus, Authority, Provision
from safelight.institution.selectors import Policy, current_house, current_policy
from safelight.people.relationships import as_id, as_uuid
from safelight.vault.fields import patient_fields
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose

# Every agreement of whoever is the patient now: of the record itself and of those merged into it.
_SQL: Final = """
SELECT a.id, a.status, a.provision, a.purpose, a.audience, a.recipient, a.people,
       a.starts_on, a.ends_on, a.patient_id, a.sealed_authority_end, a.authority_ended_at,
       EXISTS (
           SELECT 1 FROM consent_agreementimage i
           JOIN photos_renditionrow r ON r.id = i.object_id AND r.photograph_id = ph.id
           WHERE i.agreement_id = a.id AND i.photograph_id = ph.id AND i.rendition = %s
           AND i.ended_at IS NULL
       )
FROM photos_photograph ph
JOIN patients_patient own ON own.id = ph.patient_id
JOIN patients_patient pa
    ON COALESCE(pa.merged_into_id, pa.id) = COALESCE(own.merged_into_id, own.id)
JOIN consent_agreement a ON a.patient_id = pa.id
WHERE ph.id = %s AND (%s = '' OR a.purpose = %s)
ORDER BY a.id
"""


def agreement_facts(
    photograph: UUID, rendition: Rendition, now: datetime, *, purpose: Purpose | None = None
) -> tuple[AgreementFacts, ...]:
    """The patient's agreements, compared with this picture and with `now`; of one purpose or all."""
    wanted = purpose.value if purpose else ""
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [rendition.value, as_id(photograph), wanted, wanted])
        rows = cursor.fetchall()
    today = now.astimezone(current_house().zone).date() if rows else now.date()
    policy = current_policy() if rows else None
    return tuple(_facts(row, today, policy) for row in rows)


def _facts(row: tuple[Any, ...], today: date, policy: Policy | None) -> AgreementFacts:
    agreement, status, provision, purpose, audience, recipient, people = row[:7]
    starts_on, ends_on, patient, sealed_end, ended_at, covers = row[7:]
    return AgreementFacts(
        agreement_id=str(as_uuid(agreement)),
        status=AgreementStatus(status),
        provision=Provision(provision),
        purpose=Purpose(purpose),
        audience=Audience(audience),
        covers_image=bool(covers),
        in_period=_in_period(status, today, _as_date(starts_on), _as_date(ends_on)),
        recipient=str(as_uuid(recipient)) if recipient else None,
        audience_size=people,
        authority=_authority(
            as_uuid(agreement), as_uuid(patient), bytes(sealed_end), ended_at, today, policy
        ),
    )


def _in_period(
    status: str, today: date, starts_on: date | None, ends_on: date | None
) -> bool | None:
    if status != AgreementStatus.ACTIVE:
        return True  # its status says already that it permits nothing
    return is_in_period(today, starts_on, ends_on)


def _authority(
    agreement: UUID,
    patient: UUID,
    sealed_end: bytes,
    ended_at: object,
    today: date,
    policy: Policy | None,
) -> Authority | None:
    """Whether who signed may still speak for the patient; None where that cannot be read."""
    has_ended = ended_at is not None
    if sealed_end:
        try:
            end = patient_fields(patient).unseal("authority-end", agreement, sealed_end)
            has_ended = has_ended or today >= date.fromisoformat(end)
        except (SafelightError, ValueError):
            return None
    if not has_ended:
        return Authority.IN_FORCE
    continues = policy is not None and policy.use_after_authority
    return Authority.ENDED_BUT_CONTINUED if continues else Authority.ENDED


def _as_date(value: date | str | None) -> date | None:
    """What the driver gave for a day: SQLite keeps days as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
