"""No noted consent, no picture, except in an emergency with a reason."""

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from tests.cast import Cast
from tests.consenting import approved_form, asked_uses
from tests.pictures import DETAILS, Sending, jpeg
from tests.taking import take

from safelight.audit.models import Event
from safelight.capture.errors import CaptureError, MalformedPromiseError
from safelight.capture.models import Upload
from safelight.capture.rules import (
    LONGEST_REASON,
    Details,
    accepted_consents,
    check_consent,
    is_reason,
    read_details,
)
from safelight.capture.services.receiving import receive
from safelight.consent.services.proposing import (
    NewProposal,
    People,
    close_proposal,
    start_proposal,
)
from safelight.institution.services import decide_policy
from safelight.photos.models import Photograph
from safelight.vault.fields import patient_fields
from safelight.vocabulary.agreements import TakingAgreed
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import ConsentToTake
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
TABLE = yaml.safe_load((Path(__file__).parent / "consent_to_take.yaml").read_text())
REASON = "Unconscious, nobody to ask"
Row = tuple[ConsentToTake, bool, ConsentToTake, str]


def rows() -> list[Row]:
    return [
        (
            ConsentToTake(row["asked_for"]),
            row["has_written"],
            said,
            "" if row[said.value] is True else row[said.value],
        )
        for row in TABLE
        for said in ConsentToTake
    ]


def noted(said: ConsentToTake, reason: str = REASON) -> Details:
    return replace(DETAILS, consent_to_take=said, emergency_reason=reason)


def test_the_table_is_complete() -> None:
    policies = set(ConsentToTake) - {ConsentToTake.BREAK_GLASS}
    whole = set(product(policies, (True, False), ConsentToTake))
    assert sorted(row[:3] for row in rows()) == sorted(whole)


@pytest.mark.parametrize("row", rows())
def test_what_is_enough_is_what_the_table_says(row: Row) -> None:
    asked_for, has_written, said, refusal = row
    if refusal:
        with pytest.raises(CaptureError) as refused:
            check_consent(noted(said), asked_for, has_written=has_written)
        assert refused.value.code == refusal
    else:
        check_consent(noted(said), asked_for, has_written=has_written)


@pytest.mark.parametrize("row", rows())
def test_the_page_offers_exactly_what_the_server_accepts(row: Row) -> None:
    asked_for, has_written, said, refusal = row
    offered = accepted_consents(asked_for, has_written=has_written)
    assert (said in offered) == (not refusal)


@pytest.mark.parametrize("reason", ["", "urgent", "a b c d e f", "\u200b" * 40])
def test_an_emergency_without_a_reason_is_none(reason: str) -> None:
    assert not is_reason(reason)
    with pytest.raises(CaptureError) as refused:
        check_consent(
            noted(ConsentToTake.BREAK_GLASS, reason), ConsentToTake.VERBAL, has_written=True
        )
    assert refused.value.code == "emergency-reason-missing"


def told(**changes: object) -> str:
    whole = {
        "taken_at": "2026-03-09T11:59:58Z",
        "encounter": None,
        "sensitivity": "ordinary",
        "consent_to_take": "break-glass",
        "emergency_reason": f" {REASON} ",
        "source": "camera",
    }
    return json.dumps(whole | changes)


def test_the_reason_is_read_with_the_other_details() -> None:
    assert read_details(told()).emergency_reason == REASON


def test_a_reason_without_an_emergency_is_not_kept() -> None:
    assert read_details(told(consent_to_take="verbal")).emergency_reason == ""


@pytest.mark.parametrize(
    "reason", [7, ["unconscious"], "x" * (LONGEST_REASON + 1), "line\nbreak", "\ud800" * 20]
)
def test_a_reason_that_is_no_sentence_is_refused(reason: object) -> None:
    with pytest.raises(MalformedPromiseError):
        read_details(told(emergency_reason=reason))


def agreed(cast: Cast, taking: TakingAgreed) -> UUID:
    """Petra agrees to pictures being taken, before there are any."""
    approved_form()
    return start_proposal(
        cast.alice,
        NewProposal(
            patient=cast.petra,
            uses=asked_uses([Purpose.LECTURE]),
            language="en",
            style=TextStyle.STANDARD,
            signer_role=SignerRole.PATIENT,
            people=People(signer="Petra Okonjo-Müller"),
            taking=taking,
        ),
    )


def sent(cast: Cast, **details: object) -> Sending:
    return Sending(jpeg(7), cast.petra).changed(**details)


def refused_code(cast: Cast) -> str:
    (event,) = Event.objects.filter(tag=EventTag.CAPTURE_UPLOAD_REFUSED)
    fields = patient_fields(cast.petra)
    return str(fields.unseal_data("event-details", event.id, event.sealed_details)["code"])


def test_a_word_is_refused_before_a_byte_where_writing_is_asked_for(cast: Cast) -> None:
    decide_policy({"consent_to_take": "written"}, actor=None)
    sending = sent(cast)
    with pytest.raises(CaptureError):
        receive(cast.alice, sending.promise, 0, sending.pieces())
    assert not Upload.objects.exists()
    assert refused_code(cast) == "consent-to-take-refused"


def test_writing_counts_once_it_is_on_record_and_no_longer_than_that(cast: Cast) -> None:
    decide_policy({"consent_to_take": "written"}, actor=None)
    proposal = agreed(cast, TakingAgreed.WRITTEN)
    take(cast.alice, cast.petra, consent_to_take=ConsentToTake.WRITTEN)
    assert Photograph.objects.get().consent_to_take == "written"

    close_proposal(cast.alice, proposal)
    sending = sent(cast, consent_to_take=ConsentToTake.WRITTEN)
    with pytest.raises(CaptureError, match="No written agreement"):
        receive(cast.alice, sending.promise, 0, sending.pieces())


def test_a_word_on_record_is_not_writing(cast: Cast) -> None:
    agreed(cast, TakingAgreed.VERBAL)
    sending = sent(cast, consent_to_take=ConsentToTake.WRITTEN)
    with pytest.raises(CaptureError):
        receive(cast.alice, sending.promise, 0, sending.pieces())


def test_an_emergency_comes_in_and_its_reason_is_sealed_in_the_record(cast: Cast) -> None:
    decide_policy({"consent_to_take": "written"}, actor=None)
    emergency = ConsentToTake.BREAK_GLASS
    take(cast.alice, cast.petra, consent_to_take=emergency, emergency_reason=REASON)
    found = Photograph.objects.get()
    (event,) = Event.objects.filter(tag=EventTag.CAPTURE_EMERGENCY_STATED)
    assert list(event.objects_told.values_list("object_id", flat=True)) == [found.upload]
    assert REASON.encode() not in bytes(event.sealed_details)
    details = patient_fields(cast.petra).unseal_data(
        "event-details", event.id, event.sealed_details
    )
    assert details == {"reason": REASON}


def test_the_reason_is_recorded_once_however_often_the_line_drops(cast: Cast) -> None:
    sending = sent(cast, consent_to_take=ConsentToTake.BREAK_GLASS, emergency_reason=REASON)
    receive(cast.alice, sending.promise, 0, sending.pieces(0, 1000))
    receive(cast.alice, sending.promise, 0, sending.pieces())
    assert Event.objects.filter(tag=EventTag.CAPTURE_EMERGENCY_STATED).count() == 1
