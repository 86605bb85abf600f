"""What agreements say about one picture, for the gate. One query, written by hand.

A guardian's authority ends on a birthday, which is sealed: it is opened here, for the few
agreements that have one, and compared with today. The rows of what is in force are compared with
what was sealed when it was signed: one that was altered since has no known status.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection

from safelight.consent.rules.dates import is_in_period
from safelight.consent.rules.terms import Terms
from safelight.consent.terms import unaltered
from safelight.engines.policy import AgreementFacts, AgreementStatus, Authority, Provision
from safelight.institution.selectors import Policy, current_policy, current_zone
from safelight.people.relationships import as_id, as_uuid
from safelight.vault.fields import patient_fields
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose

Word = TypeVar("Word", bound=Enum)

# Every agreement of whoever is the patient now: of the record itself and of those merged into it.
_SQL: Final = """
SELECT a.id, a.status, a.patient_id, a.provision, a.purpose, a.audience, a.recipient, a.people,
       a.starts_on, a.ends_on, a.sealed_authority_end, a.authority_ended_at, a.sealed_terms,
       EXISTS (
           SELECT 1 FROM consent_agreementimage i
           JOIN photos_renditionrow r ON r.id = i.object_id AND r.photograph_id = ph.id
           WHERE i.agreement_id = a.id AND i.photograph_id = ph.id AND i.rendition = %s
           AND i.ended_at IS NULL
       ),
       ph.id
FROM photos_photograph ph
JOIN patients_patient own ON own.id = ph.patient_id
JOIN patients_patient pa
    ON COALESCE(pa.merged_into_id, pa.id) = COALESCE(own.merged_into_id, own.id)
JOIN consent_agreement a ON a.patient_id = pa.id
WHERE ph.id IN ({marks}) AND (%s = '' OR a.purpose = %s)
ORDER BY a.id
"""
# Databases bound how many values one statement takes.
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class _Row:
    """One agreement as it stands in its row."""

    agreement: UUID
    status: AgreementStatus | None
    terms: Terms
    sealed_terms: bytes
    covers: bool
    photograph: UUID


def agreement_facts(
    photograph: UUID, rendition: Rendition, now: datetime, *, purpose: Purpose | None = None
) -> tuple[AgreementFacts, ...]:
    """The patient's agreements, compared with this picture and with `now`; of one purpose or all."""
    found = agreement_facts_of([photograph], rendition, now, purpose=purpose)
    return found.get(photograph, ())


def agreement_facts_of(
    photographs: Sequence[UUID],
    rendition: Rendition,
    now: datetime,
    *,
    purpose: Purpose | None = None,
) -> dict[UUID, tuple[AgreementFacts, ...]]:
    """The same of many pictures; one of whose patient there is no agreement is left out."""
    rows = _found(photographs, rendition, purpose)
    if not rows:
        return {}
    today, policy = now.astimezone(current_zone()).date(), current_policy()
    trusted = _trusted(rows)
    told: dict[UUID, list[AgreementFacts]] = {}
    for row in rows:
        facts = _facts(row, today, policy, is_trusted=row.agreement in trusted)
        told.setdefault(row.photograph, []).append(facts)
    return {photograph: tuple(facts) for photograph, facts in told.items()}


def _found(
    photographs: Sequence[UUID], rendition: Rendition, purpose: Purpose | None
) -> list[_Row]:
    wanted, found = purpose.value if purpose else "", []
    for start in range(0, len(photographs), _AT_ONCE):
        ids = [as_id(item) for item in photographs[start : start + _AT_ONCE]]
        sql = _SQL.format(marks=", ".join(["%s"] * len(ids)))
        with connection.cursor() as cursor:
            cursor.execute(sql, [rendition.value, *ids, wanted, wanted])
            found += [_row(row) for row in cursor.fetchall()]
    return found


def _row(row: Sequence[Any]) -> _Row:
    agreement, status, patient, provision, purpose, audience, recipient, people = row[:8]
    starts_on, ends_on, sealed_end, ended_at, sealed_terms, covers, photograph = row[8:]
    terms = Terms(
        patient=as_uuid(patient),
        provision=provision,
        purpose=purpose,
        audience=audience,
        recipient=as_uuid(recipient) if recipient else None,
        people=people,
        starts_on=_as_date(starts_on),
        ends_on=_as_date(ends_on),
        sealed_authority_end=bytes(sealed_end),
        has_authority_ended=ended_at is not None,
    )
    return _Row(
        as_uuid(agreement),
        _word(AgreementStatus, status),
        terms,
        bytes(sealed_terms),
        bool(covers),
        as_uuid(photograph),
    )


def _trusted(rows: Sequence[_Row]) -> frozenset[UUID]:
    """Those in force that say what was signed. What permits nothing need not be looked at."""
    return unaltered(
        {
            row.agreement: (row.terms, row.sealed_terms)
            for row in rows
            if row.covers and row.status is AgreementStatus.ACTIVE
        }
    )


def _facts(row: _Row, today: date, policy: Policy, *, is_trusted: bool) -> AgreementFacts:
    terms = row.terms
    is_known = is_trusted or not row.covers or row.status is not AgreementStatus.ACTIVE
    return AgreementFacts(
        agreement_id=str(row.agreement),
        status=row.status if is_known else None,
        provision=_word(Provision, terms.provision),
        purpose=_word(Purpose, terms.purpose),
        audience=_word(Audience, terms.audience),
        covers_image=row.covers,
        in_period=_in_period(row, today),
        recipient=str(terms.recipient) if terms.recipient else None,
        audience_size=terms.people,
        authority=_authority(row, today, policy),
    )


def _in_period(row: _Row, today: date) -> bool | None:
    if row.status is not AgreementStatus.ACTIVE:
        return True  # its status says already that it permits nothing
    return is_in_period(today, row.terms.starts_on, row.terms.ends_on)


def _authority(row: _Row, today: date, policy: Policy) -> Authority | None:
    """Whether who signed may still speak for the patient; None where that cannot be read."""
    has_ended, sealed_end = row.terms.has_authority_ended, row.terms.sealed_authority_end
    if sealed_end:
        try:
            end = patient_fields(row.terms.patient).unseal(
                "authority-end", row.agreement, sealed_end
            )
            has_ended = has_ended or today >= date.fromisoformat(end)
        except (SafelightError, ValueError):
            return None
    if not has_ended:
        return Authority.IN_FORCE
    return Authority.ENDED_BUT_CONTINUED if policy.use_after_authority else Authority.ENDED


def _word(words: type[Word], code: str) -> Word | None:
    """The word of this code; None, which denies, for one that nobody wrote here."""
    try:
        return words(code)
    except ValueError:
        return None


def _as_date(value: date | str | None) -> date | None:
    """What the driver gave for a day: SQLite keeps days as text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
