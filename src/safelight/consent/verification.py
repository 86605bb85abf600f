"""Whether an agreement is still what was signed: the record, its signature, its rows, its form."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.models import Agreement, AgreementImage, Proposal
from safelight.consent.records import agreement_terms, asked_agreements, seen_pictures
from safelight.consent.rules.form import form_sha256
from safelight.consent.rules.record import record_digest
from safelight.consent.services.visiting import read_letters
from safelight.engines.policy import AgreementStatus
from safelight.photos.selectors import taken_back
from safelight.vault.fields import patient_fields
from safelight.vault.institution_keys import search_token
from safelight.vault.record_signing import is_signed
from safelight.vocabulary.errors import SafelightError
from safelight.vocabulary.photograph import AS_TAKEN, COVERED

_SIGNED_YES = {
    AgreementStatus.ACTIVE,
    AgreementStatus.INACTIVE,
    AgreementStatus.ENTERED_IN_ERROR,
}
_SIGNED_NO = {AgreementStatus.REJECTED, AgreementStatus.ENTERED_IN_ERROR}


@dataclass(frozen=True)
class SignedRecord:
    """A record as it was signed, word for word, and its SHA-256. PHI."""

    proposal: UUID
    data: Mapping[str, Any]
    digest: bytes


def signed_record(proposal: UUID) -> SignedRecord:
    """Opened, not verified; ProposalNotFoundError where nothing was signed."""
    row = Proposal.objects.filter(id=proposal).first()
    if row is None or not bytes(row.sealed_record):
        raise ProposalNotFoundError
    text = patient_fields(row.patient_id).unseal("record", row.id, row.sealed_record)
    return SignedRecord(row.id, json.loads(text), record_digest(text))


def differences(proposal: UUID) -> list[str]:
    """What is no longer as it was signed, in words that name no patient; empty when all is well."""
    row = Proposal.objects.select_related("form").filter(id=proposal).first()
    if row is None or not bytes(row.sealed_record):
        return ["There is no signed record."]
    try:
        signed = signed_record(proposal)
    except (SafelightError, ValueError):
        return ["The signed record cannot be opened: it was altered, or its key is gone."]
    if not is_signed(signed.digest, bytes(row.signature)):
        return ["The record was not signed by this institution."]
    return [*_of_proposal(row, signed.data), *_of_agreements(row, signed.data)]


def is_genuine(code: str) -> bool:
    """Whether a verification code belongs to a record that is as it was signed. Says nothing else."""
    token = search_token("verification", read_letters(code))
    proposal = Proposal.objects.filter(verification_token=token).first()
    return proposal is not None and not differences(proposal.id)


def _of_proposal(row: Proposal, data: Mapping[str, Any]) -> Iterator[str]:
    if data["proposal"] != str(row.id) or data["patient"] != str(row.patient_id):
        yield "The record belongs to another request."
    kept = form_sha256(row.form.content)
    if not kept == row.form.content_sha256 == data["form"]["sha256"]:
        yield "The text of the form was altered."
    for name in ("language", "style"):
        if data[name] != getattr(row, name):
            yield f"The {name} was altered."
    if data["signer"]["role"] != row.signer_role:
        yield "Who signed was altered."
    if row.signed_at is None or data["signed_at"] != row.signed_at.isoformat():
        yield "The time of the signature was altered."
    shown = {str(item.photograph): item.sha256 for item in seen_pictures(row)}
    said = {item["photograph"]: item["sha256"] for item in data["pictures"]}
    # Of a picture that left the record nothing is kept to compare with; that it was shown is.
    gone = {str(item) for item in taken_back([UUID(item) for item in shown])}
    if shown.keys() != said.keys() or any(shown[i] != said[i] for i in shown.keys() - gone):
        yield "The pictures that were shown were altered."


def _of_agreements(row: Proposal, data: Mapping[str, Any]) -> Iterator[str]:
    agreements = {str(item.id): item for item in asked_agreements(row)}
    signed = {item["id"]: item for item in data["agreements"]}
    if set(agreements) != set(signed):
        yield "Agreements were added or removed."
    included = {
        (item["photograph"], item["object_id"]) for item in data["pictures"] if item["is_included"]
    }
    for key in agreements.keys() & signed.keys():
        yield from _of_agreement(agreements[key], signed[key], included)


def _of_agreement(
    row: Agreement, signed: Mapping[str, Any], included: set[tuple[str, str]]
) -> Iterator[str]:
    terms = agreement_terms(row)
    if terms != {name: signed[name] for name in terms}:
        yield "The terms of an agreement were altered."
    allowed = _SIGNED_YES if signed["is_agreed"] else _SIGNED_NO
    if row.status not in allowed:
        yield "The answer to a use was altered."
    listed = AgreementImage.objects.filter(agreement=row)
    # What was signed for, and not what covers more of it since.
    large = listed.filter(
        grown_from=None, rendition__in=[AS_TAKEN.large.value, COVERED.large.value]
    )
    shown = {
        (str(photograph), str(object_id))
        for photograph, object_id in large.values_list("photograph", "object_id")
    }
    expected = included if signed["is_agreed"] else set()
    pictures = {str(item) for item in listed.values_list("photograph", flat=True)}
    if shown != expected or pictures != {photograph for photograph, _ in expected}:
        yield "The pictures of an agreement were altered."
