"""What was signed, for other systems and for the patient: FHIR R4 and ISO/IEC TS 27560 style JSON."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safelight.consent.models import Agreement, AgreementImage, Proposal
from safelight.consent.records import asked_agreements, recipient_name
from safelight.consent.rules.wording import period_words
from safelight.consent.verification import SignedRecord, signed_record
from safelight.engines import consent_record as iso
from safelight.engines import fhir
from safelight.engines.policy import AgreementStatus, Provision
from safelight.institution.selectors import current_house
from safelight.vocabulary.agreements import EndReason
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

ORGANIZATION: Final = "institution"
_ENDED: Final = {
    EndReason.WITHDRAWN: iso.EventState.WITHDRAWN,
    EndReason.EXPIRED: iso.EventState.EXPIRED,
    EndReason.SUPERSEDED: iso.EventState.TERMINATED,
    EndReason.NOT_ANSWERED: iso.EventState.TERMINATED,
    EndReason.RESTORED: iso.EventState.TERMINATED,
}


def fhir_bundle(proposal: UUID, base_url: str) -> dict[str, object]:
    """Every agreement of a signed proposal as FHIR Consent, with Provenance of the signature.

    ProposalNotFoundError where nothing was signed. An agreement entered in error is included, as
    such; one that was never signed is not.
    """
    signed = signed_record(proposal)
    row = Proposal.objects.get(id=proposal)
    agreements = list(asked_agreements(row))
    resources = [_fhir_agreement(item, row, signed, base_url) for item in agreements]
    provenances = [_signature(item, signed) for item in resources]
    provenances += [
        fhir.withdrawal_provenance(resource, recorded=agreement.ended_at)
        for agreement, resource in zip(agreements, resources, strict=True)
        if agreement.ended_because == EndReason.WITHDRAWN and agreement.ended_at
    ]
    moments = [item.ended_at for item in agreements if item.ended_at]
    assembled_at = max([_moment(signed.data["signed_at"]), *moments])
    return fhir.consent_bundle(resources, provenances, assembled_at=assembled_at)


def _fhir_agreement(
    agreement: Agreement, row: Proposal, signed: SignedRecord, base_url: str
) -> fhir.Agreement:
    # A refusal is what the patient said no to, whatever it was asked for as.
    is_permit = agreement.starts_on is not None and agreement.provision == Provision.PERMIT
    return fhir.Agreement(
        agreement_id=agreement.id,
        patient=agreement.patient_id,
        status=agreement.status,
        provision="permit" if is_permit else "deny",
        purpose=Purpose(agreement.purpose),
        audience=Audience(agreement.audience),
        recipient_display=recipient_name(agreement),
        decided_at=_moment(signed.data["signed_at"]),
        starts_on=agreement.starts_on or _moment(signed.data["signed_at"]).date(),
        ends_on=agreement.ends_on,
        organization_id=ORGANIZATION,
        organization_name=signed.data["institution"],
        policy_uri=f"{base_url.rstrip('/')}/forms/{row.form_id}/",
        performer=SignerRole(row.signer_role),
        performer_authority=signed.data["signer"]["authority"],
        source_reference=str(row.id),
        images=tuple(
            fhir.Image(photograph, rendition)
            for photograph, rendition in AgreementImage.objects.filter(agreement=agreement)
            .order_by("photograph", "rendition")
            .values_list("photograph", "rendition")
        ),
        test_data=current_house().is_test_data,
    )


def _signature(agreement: fhir.Agreement, signed: SignedRecord) -> Any:  # noqa: ANN401 - an Element
    mark, signed_at = signed.data["mark"], _moment(signed.data["signed_at"])
    is_drawn = bool(mark["strokes"])
    data = json.dumps(mark["strokes"]) if is_drawn else mark["typed"]
    return fhir.signature_provenance(
        agreement,
        fhir.Signature(
            when=signed_at,
            target_format="application/json",
            signature_format="application/json" if is_drawn else "text/plain",
            data=data.encode(),
        ),
        recorded=signed_at,
        witness=_attestation(signed, "witness"),
        interpreter=_attestation(signed, "interpreter"),
    )


def _attestation(signed: SignedRecord, role: str) -> fhir.Attestation | None:
    name = signed.data["people"][role]
    if not name:
        return None
    when = _moment(signed.data["signed_at"])
    empty = fhir.Signature(
        when=when, target_format="application/json", signature_format="text/plain", data=b""
    )
    return fhir.Attestation(name=name, practitioner=None, signature=empty)


def consent_records(proposal: UUID, base_url: str) -> list[dict[str, object]]:
    """Each agreement of a signed proposal as a consent record of its own."""
    signed = signed_record(proposal)
    row = Proposal.objects.get(id=proposal)
    return [
        iso.consent_record(_iso_record(item, row, signed, base_url))
        for item in asked_agreements(row)
    ]


def _iso_record(
    agreement: Agreement, row: Proposal, signed: SignedRecord, base_url: str
) -> iso.ConsentRecord:
    data, base = signed.data, base_url.rstrip("/")
    told = {item["code"]: item["text"] for item in data["wording"]["statements"]}
    return iso.ConsentRecord(
        record_id=agreement.id,
        principal_id=agreement.patient_id,
        purpose=Purpose(agreement.purpose),
        audience=Audience(agreement.audience),
        recipient=recipient_name(agreement),
        starts_on=agreement.starts_on or _moment(data["signed_at"]).date(),
        ends_on=agreement.ends_on,
        notice=iso.Notice(
            uri=f"{base}/forms/{row.form_id}/",
            version=str(row.form_id),
            text_sha256=data["form"]["sha256"],
            language=data["language"],
        ),
        parties=(_controller(data, base),),
        storage_locations=(data["institution"],),
        retention=told["kept"] + _period(agreement, data["language"]),
        jurisdiction=current_house().jurisdiction,
        withdrawal=iso.Withdrawal(how=told["withdraw"], where=f"{base}/portal/"),
        events=tuple(_events(agreement, row, data)),
        shown=tuple(_shown(data["pictures"])),
        signer=iso.Signer(role=SignerRole(row.signer_role), authority=data["signer"]["authority"]),
        interpreter=data["people"]["interpreter"],
        witness=data["people"]["witness"],
        collection_method=str(data["access"]["kind"] or "paper"),
        test_data=current_house().is_test_data,
    )


def _period(agreement: Agreement, language: str) -> str:
    words = period_words(agreement.months, language)
    return f" ({words})" if words else ""


def _controller(data: Mapping[str, Any], base: str) -> iso.Party:
    contact = data["contact"]
    return iso.Party(
        party_id=ORGANIZATION,
        party_type=iso.PartyType.CONTROLLER,
        name=data["institution"],
        address=base,
        contact=f"{contact['name']}, {contact['phone']}",
    )


def _events(agreement: Agreement, row: Proposal, data: Mapping[str, Any]) -> list[iso.Event]:
    was_agreed = agreement.starts_on is not None
    state = iso.EventState.GIVEN if was_agreed else iso.EventState.REFUSED
    events = [
        iso.Event(
            state=iso.EventState.REQUESTED, time=row.created_at, entity_id=str(row.asked_by_id)
        ),
        iso.Event(
            state=state, time=_moment(data["signed_at"]), entity_id=str(data["access"]["id"])
        ),
    ]
    if agreement.ended_at:
        events.append(
            iso.Event(state=_ending(agreement), time=agreement.ended_at, entity_id=ORGANIZATION)
        )
    return events


def _ending(agreement: Agreement) -> iso.EventState:
    if agreement.status == AgreementStatus.ENTERED_IN_ERROR:
        return iso.EventState.INVALIDATED
    return _ENDED[EndReason(agreement.ended_because)]


def _shown(pictures: Sequence[Mapping[str, Any]]) -> list[iso.ShownImage]:
    return [
        iso.ShownImage(
            photograph=UUID(item["photograph"]),
            rendition=Rendition(item.get("rendition") or Rendition.DISPLAY),
            sha256=item["sha256"],
            agreed=item["is_included"],
        )
        for item in pictures
        if item["sha256"]
    ]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
