"""The record as JSON, in the field names of the standard."""

from typing import Final

from safelight.engines.consent_record import values
from safelight.engines.consent_record.record import (
    ConsentRecord,
    Event,
    Notice,
    Party,
    PartyType,
    ShownImage,
)

SCHEMA_VERSION: Final = "ISO/IEC TS 27560:2023; safelight-1"
"""The standard, and the version of our own additions to it."""

Fields = dict[str, object]

_EVENT_TYPE: Final = "explicit"
_PII_TYPE: Final = "clinical photographs"
_SPECIAL_CATEGORY: Final = "data concerning health"


def consent_record(record: ConsentRecord) -> Fields:
    """The record in the structure of ISO/IEC TS 27560:2023, clause 6.3, ready for JSON.

    Header (6.3.3), processing (6.3.4 and 6.3.5), parties (6.3.6) and events (6.3.7) are the
    standard's; `evidence` is our own: what was shown, in which words, and who signed. The same
    record gives the same JSON. ConsentRecordError for a value that cannot be written.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "record_id": str(record.record_id),
        "pii_principal_id": str(record.principal_id),
        "pii_processing": {
            "privacy_notice": _notice(record.notice),
            "language": values.language(record.notice.language),
            "purposes": [_purpose(record)],
        },
        "party_identification": [_party(party) for party in record.parties],
        "events": [_event(record, event) for event in record.events],
        "evidence": _evidence(record),
    }


def _notice(notice: Notice) -> Fields:
    return {
        "uri": values.text(notice.uri),
        "version": values.text(notice.version),
        "text_sha256": values.sha256(notice.text_sha256),
    }


def _purpose(record: ConsentRecord) -> Fields:
    """6.3.4.3 to 6.3.4.18: one purpose; a second one is a second record."""
    return {
        "purpose": str(record.purpose),
        "purpose_description": record.purpose.display,
        "audience": str(record.audience),
        "audience_description": record.audience.display,
        **_if_said("recipient", record.recipient),
        **_if_said("lawful_basis", record.lawful_basis),
        "pii_information": [
            {"pii_type": _PII_TYPE, "special_pii_category": _SPECIAL_CATEGORY},
        ],
        "pii_controllers": record.party_ids(PartyType.CONTROLLER),
        **_if_said("collection_method", record.collection_method),
        "storage_locations": values.texts(record.storage_locations),
        "retention_period": values.text(record.retention),
        "jurisdiction": values.text(record.jurisdiction),
        "recipient_third_parties": record.party_ids(PartyType.RECIPIENT),
        "withdrawal_method": {
            "how": values.text(record.withdrawal.how),
            "where": values.text(record.withdrawal.where),
        },
        **(
            {"privacy_rights": values.texts(record.privacy_rights)} if record.privacy_rights else {}
        ),
        **_authority(record),
    }


def _authority(record: ConsentRecord) -> Fields:
    authorities = record.party_ids(PartyType.AUTHORITY)
    return {"authority_party": authorities} if authorities else {}


def _party(party: Party) -> Fields:
    return {
        "party_id": values.text(party.party_id),
        "party_name": values.text(party.name),
        "party_address": values.text(party.address),
        "party_contact": values.text(party.contact),
        "party_type": str(party.party_type),
    }


def _event(record: ConsentRecord, event: Event) -> Fields:
    return {
        "event_time": values.instant(event.time),
        "validity_duration": values.interval(record.starts_on, record.ends_on),
        "entity_id": values.text(event.entity_id),
        # Nothing is taken for a consent here but a signed one, or a no that was said.
        "event_type": _EVENT_TYPE,
        "event_state": str(event.state),
    }


def _evidence(record: ConsentRecord) -> Fields:
    """What GDPR Art. 7(1) asks to show later, and the standard has no field for."""
    return {
        "image_count": len(record.shown),
        "images": [_image(image) for image in record.shown],
        "signer": {
            "role": str(record.signer.role),
            **_if_said("authority", record.signer.authority),
        },
        **_if_said("interpreter", record.interpreter),
        **_if_said("witness", record.witness),
        "test_data": record.test_data,
    }


def _image(image: ShownImage) -> Fields:
    return {
        "photograph": str(image.photograph),
        "rendition": str(image.rendition),
        "sha256": values.sha256(image.sha256),
        "agreed": image.agreed,
    }


def _if_said(name: str, value: str) -> Fields:
    return {name: values.text(value)} if value else {}
