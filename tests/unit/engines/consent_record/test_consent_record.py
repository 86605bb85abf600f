"""The consent record has every field that ISO/IEC TS 27560:2023 requires, and our evidence."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.engines.consent_record import (
    ConsentRecord,
    ConsentRecordError,
    Event,
    EventState,
    Notice,
    Party,
    PartyType,
    ShownImage,
    Signer,
    Withdrawal,
    consent_record,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

VECTORS = Path(__file__).parents[3] / "vectors" / "consent_record"

# The standard's field names, written down here by hand; the section of each in brackets.
HEADER = {"schema_version", "record_id", "pii_principal_id"}  # 6.3.3
PROCESSING = {"privacy_notice", "language", "purposes"}  # 6.3.4
PURPOSE = {
    "purpose",  # 6.3.4.4
    "pii_information",  # 6.3.4.7
    "pii_controllers",  # 6.3.4.8
    "storage_locations",  # 6.3.4.11
    "retention_period",  # 6.3.4.12
    "jurisdiction",  # 6.3.4.16
    "recipient_third_parties",  # 6.3.4.17
    "withdrawal_method",  # 6.3.4.18
}
PARTY = {"party_id", "party_name", "party_address", "party_contact", "party_type"}  # 6.3.6
EVENT = {"event_time", "validity_duration", "entity_id", "event_type", "event_state"}  # 6.3.7
STATES = {"requested", "given", "refused", "withdrawn", "expired", "terminated", "invalidated"}

MAY_BE_EMPTY = {"recipient_third_parties", "images", "image_count", "agreed", "test_data"}

PETRA = UUID("6d0f2a7e-94f5-4d7b-9b5e-0b7f3f6f1a01")
ASKED = datetime(2026, 6, 1, 10, 0, tzinfo=timezone(timedelta(hours=2)))

HOSPITAL = Party(
    party_id="hospital",
    party_type=PartyType.CONTROLLER,
    name="Harbour Hospital",
    address="1 Quay Street",
    contact="Priya, +44 20 7946 0001",
)
RHEA = Party(
    party_id="rhea",
    party_type=PartyType.RECIPIENT,
    name="Rhea",
    address="2 Hill Road",
    contact="rhea@clinic.example",
)
LEFT_OUT = ShownImage(
    photograph=UUID(int=2), rendition=Rendition.DISPLAY, sha256="b" * 64, agreed=False
)
SHOWN = (
    ShownImage(photograph=UUID(int=1), rendition=Rendition.DISPLAY, sha256="a" * 64, agreed=True),
    LEFT_OUT,
)
REQUESTED = Event(state=EventState.REQUESTED, time=ASKED, entity_id="hospital")
GIVEN = Event(
    state=EventState.GIVEN, time=ASKED + timedelta(minutes=9), entity_id=f"patient/{PETRA}"
)
WITHDRAWN = replace(GIVEN, state=EventState.WITHDRAWN, time=datetime(2026, 9, 1, tzinfo=UTC))

TEACHING = ConsentRecord(
    record_id=UUID("0f8fad5b-d9cb-469f-a165-70867728950e"),
    principal_id=PETRA,
    purpose=Purpose.ONE_TO_ONE_TEACHING,
    audience=Audience.ONE_TO_ONE,
    starts_on=date(2026, 6, 1),
    ends_on=date(2028, 5, 31),
    notice=Notice(
        uri="https://hospital.example/consent/teaching/3",
        version="3",
        text_sha256="c" * 64,
        language="en",
    ),
    parties=(HOSPITAL,),
    storage_locations=("The hospital's own servers",),
    retention="Until the agreement ends",
    jurisdiction="GB",
    withdrawal=Withdrawal(
        how="Open the link on your copy, call, or write; you need not say why.",
        where="https://hospital.example/w, +44 20 7946 0001",
    ),
    events=(REQUESTED, GIVEN, WITHDRAWN),
    shown=SHOWN,
    signer=Signer(role=SignerRole.PATIENT),
    interpreter="Telephone interpreter 41",
    witness="Bob, ward 3",
    lawful_basis="GDPR Art. 9(2)(a)",
    collection_method="Photographed by Alice on a device of the hospital",
    privacy_rights=("See who has looked", "Have a copy"),
    test_data=True,
)


def written(**changes: Any) -> Any:
    return consent_record(replace(TEACHING, **changes))


def purpose_of(record: Any) -> Any:
    (purpose,) = record["pii_processing"]["purposes"]
    return purpose


def required_fields(record: Any) -> Iterator[tuple[str, Any]]:
    """Every required field with its value; KeyError for one that is missing."""
    places = [
        (record, HEADER),
        (record["pii_processing"], PROCESSING),
        (purpose_of(record), PURPOSE),
        *((item, {"pii_type"}) for item in purpose_of(record)["pii_information"]),
        *((party, PARTY) for party in record["party_identification"]),
        *((event, EVENT) for event in record["events"]),
    ]
    for place, names in places:
        for name in sorted(names):
            yield name, place[name]


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, key)
    elif isinstance(value, list) and value:
        for each in value:
            yield from leaves(each, name)
    else:
        yield name, value


def test_petras_record_is_the_published_example() -> None:
    example = (VECTORS / "record.json").read_text()
    assert json.dumps(written(), indent=2) + "\n" == example


def test_every_required_field_is_there_and_says_something() -> None:
    fields = dict(required_fields(written()))
    assert set(fields) == HEADER | PROCESSING | PURPOSE | {"pii_type"} | PARTY | EVENT
    assert [name for name, value in fields.items() if not value and name not in MAY_BE_EMPTY] == []


def test_the_standard_it_follows_is_named_in_it() -> None:
    assert "ISO/IEC TS 27560:2023" in written()["schema_version"]


def test_the_states_are_those_of_the_standard() -> None:
    assert {state.value for state in EventState} == STATES


@pytest.mark.parametrize("state", list(EventState))
def test_every_state_can_be_told(state: EventState) -> None:
    (event,) = written(events=(replace(GIVEN, state=state),))["events"]
    assert event["event_state"] == state.value
    assert datetime.fromisoformat(event["event_time"]) == GIVEN.time


def test_the_history_is_told_in_order() -> None:
    told = [event["event_state"] for event in written()["events"]]
    assert told == ["requested", "given", "withdrawn"]


def test_the_last_day_of_validity_is_written_as_a_day() -> None:
    (event,) = written(events=(GIVEN,))["events"]
    assert event["validity_duration"] == "2026-06-01/2028-05-31"
    (open_end,) = written(events=(GIVEN,), ends_on=None)["events"]
    assert open_end["validity_duration"] == "2026-06-01/.."


def test_the_evidence_lists_every_picture_shown_and_which_were_left_out() -> None:
    evidence = written()["evidence"]
    assert evidence["image_count"] == 2
    assert [(each["sha256"], each["agreed"]) for each in evidence["images"]] == [
        ("a" * 64, True),
        ("b" * 64, False),
    ]
    assert evidence["images"][0]["photograph"] == str(UUID(int=1))


def test_the_text_that_was_read_is_named_by_its_hash() -> None:
    assert written()["pii_processing"]["privacy_notice"]["text_sha256"] == "c" * 64


def test_how_and_where_to_withdraw_is_told() -> None:
    method = purpose_of(written())["withdrawal_method"]
    assert method == {"how": TEACHING.withdrawal.how, "where": TEACHING.withdrawal.where}


def test_who_signed_who_interpreted_and_who_witnessed_is_told() -> None:
    guardian = Signer(role=SignerRole.GUARDIAN, authority="mother")
    evidence = written(signer=guardian)["evidence"]
    assert evidence["signer"] == {"role": "guardian", "authority": "mother"}
    assert (evidence["interpreter"], evidence["witness"]) == (
        "Telephone interpreter 41",
        "Bob, ward 3",
    )


def test_nobody_who_was_not_there_is_told_of() -> None:
    evidence = written(interpreter="", witness="")["evidence"]
    assert not {"interpreter", "witness"} & set(evidence)


def test_parties_are_referred_to_by_what_they_are() -> None:
    watchdog = replace(HOSPITAL, party_id="watchdog", party_type=PartyType.AUTHORITY)
    record = written(parties=(HOSPITAL, RHEA, watchdog))
    purpose = purpose_of(record)
    assert purpose["pii_controllers"] == ["hospital"]
    assert purpose["recipient_third_parties"] == ["rhea"]
    assert purpose["authority_party"] == ["watchdog"]
    assert len(record["party_identification"]) == 3


def test_no_third_party_is_said_and_not_left_out() -> None:
    assert purpose_of(written())["recipient_third_parties"] == []


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("audience", list(Audience))
def test_every_purpose_and_audience_is_told_in_code_and_words(
    purpose: Purpose, audience: Audience
) -> None:
    told = purpose_of(written(purpose=purpose, audience=audience, recipient="The Journal of Skin"))
    assert (told["purpose"], told["audience"]) == (purpose.value, audience.value)
    assert told["purpose_description"] == purpose.display
    assert told["recipient"] == "The Journal of Skin"


_WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    str.strip
)
_HASHES = st.text("0123456789abcdef", min_size=64, max_size=64)
_IMAGES = st.builds(
    ShownImage,
    photograph=st.uuids(),
    rendition=st.sampled_from(list(Rendition)),
    sha256=_HASHES,
    agreed=st.booleans(),
)


@given(words=_WORDS, more=st.lists(_IMAGES, max_size=5), tested=st.booleans())
def test_whatever_is_told_is_complete_and_survives_json(
    *, words: str, more: list[ShownImage], tested: bool
) -> None:
    changes = {"retention": words, "witness": words, "shown": (*SHOWN, *more), "test_data": tested}
    record = written(**changes)
    assert json.loads(json.dumps(record)) == record
    assert dict(required_fields(record))["retention_period"] == words
    assert record["evidence"]["image_count"] == len(more) + 2
    empty = [name for name, value in leaves(record) if value in (None, "", [], {})]
    assert set(empty) <= MAY_BE_EMPTY


BAD_IN_THE_RECORD: dict[str, dict[str, Any]] = {
    "no events": {"events": ()},
    "a time without offset": {"events": (replace(GIVEN, time=datetime(2026, 6, 1)),)},  # noqa: DTZ001 # that is the point
    "events out of order": {"events": (WITHDRAWN, GIVEN)},
    "nobody in control": {"parties": (RHEA,)},
    "one id for two parties": {"parties": (HOSPITAL, replace(RHEA, party_id="hospital"))},
    "no place of storage": {"storage_locations": ()},
    "no authority": {"signer": Signer(role=SignerRole.PROXY)},
    "given without a picture": {"shown": (LEFT_OUT,)},
}

BAD_IN_THE_WRITING: dict[str, dict[str, Any]] = {
    "an end before the start": {"ends_on": date(2026, 5, 31)},
    "no retention": {"retention": ""},
    "no jurisdiction": {"jurisdiction": " "},
    "a blank place of storage": {"storage_locations": ("",)},
    "no way to withdraw": {"withdrawal": Withdrawal(how="", where="here")},
    "nowhere to withdraw": {"withdrawal": Withdrawal(how="call", where="")},
    "a party without address": {"parties": (replace(HOSPITAL, address=""),)},
    "a party without contact": {"parties": (replace(HOSPITAL, contact=""),)},
    "a hash that is none": {"shown": (replace(SHOWN[0], sha256="a" * 63),)},
    "a hash in capitals": {"shown": (replace(SHOWN[0], sha256="A" * 64),)},
    "a text without hash": {"notice": replace(TEACHING.notice, text_sha256="")},
    "a language that is none": {"notice": replace(TEACHING.notice, language="English!")},
    "an event by nobody": {"events": (replace(GIVEN, entity_id=""),)},
    "a control character": {"witness": "Bob\x00"},
    "half a character": {"retention": "\ud800"},
}


@pytest.mark.parametrize("changes", BAD_IN_THE_RECORD.values(), ids=BAD_IN_THE_RECORD)
def test_a_record_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConsentRecordError):
        replace(TEACHING, **changes)


@pytest.mark.parametrize("changes", BAD_IN_THE_WRITING.values(), ids=BAD_IN_THE_WRITING)
def test_a_record_that_cannot_be_written_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConsentRecordError):
        written(**changes)
