"""The terms of an agreement in force, sealed under its own custodian.

A row can be altered by whoever writes to the database; what is sealed here cannot. The gate
compares the two, so a row that says more than was agreed permits nothing.
"""

from collections.abc import Mapping
from uuid import UUID

from safelight.consent.models import Agreement
from safelight.consent.rules.terms import Terms
from safelight.engines.envelope import EnvelopeError
from safelight.vault.fields import SealedFields, agreement_fields, fields_of_agreements

_WHAT = "terms"


def terms_of(row: Agreement) -> Terms:
    return Terms(
        patient=row.patient_id,
        provision=row.provision,
        purpose=row.purpose,
        audience=row.audience,
        recipient=row.recipient,
        people=row.people,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        sealed_authority_end=bytes(row.sealed_authority_end),
        has_authority_ended=row.authority_ended_at is not None,
    )


def seal_terms(row: Agreement) -> bytes:
    """KeyMissingError unless the agreement's custodian is there already."""
    return agreement_fields(row.id).seal(_WHAT, row.id, terms_of(row).to_text())


def seal_end_of_authority(row: Agreement) -> bytes:
    """The terms with the authority ended; what stands there already if they were altered before.

    INVARIANT: an altered row is never sealed anew, so no later act makes it good.
    """
    before = terms_of(row)
    if row.id not in unaltered({row.id: (before, bytes(row.sealed_terms))}):
        return bytes(row.sealed_terms)
    return agreement_fields(row.id).seal(_WHAT, row.id, before.without_authority().to_text())


def unaltered(claims: Mapping[UUID, tuple[Terms, bytes]]) -> frozenset[UUID]:
    """Those agreements whose terms are what was sealed; one without a custodian is none of them."""
    try:
        known = fields_of_agreements(claims) if claims else {}
    except EnvelopeError:  # a custodian was altered: it opens nothing either
        known = {}
    return frozenset(
        agreement for agreement in known if _is_unaltered(known[agreement], agreement, claims)
    )


def _is_unaltered(
    fields: SealedFields, agreement: UUID, claims: Mapping[UUID, tuple[Terms, bytes]]
) -> bool:
    terms, sealed = claims[agreement]
    try:
        return fields.unseal(_WHAT, agreement, sealed) == terms.to_text()
    except EnvelopeError:
        return False
