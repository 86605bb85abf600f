"""The certificate: when it is written, what it says, and that a stranger can check it."""

import io
import json
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pypdf
import pytest
from django.utils import translation
from tests.at_once import at_once
from tests.cast import Cast
from tests.chasing import (
    ASKED,
    a_copy_that_left,
    a_publication_that_left,
)
from tests.consenting import TEACHING, signed
from tests.publishing import ARTICLE
from tests.recalling import takes_back
from tests.taking import take, take_labelled

from safelight.audit.models import Event
from safelight.audit.ports import checkpoint_signer
from safelight.consent.seals import certificates as seal_certificates
from safelight.consent.visits import Visit
from safelight.engines.documents import verify_pdf
from safelight.engines.transparency import (
    StatementError,
    TransparencyError,
    plain_statement,
    verify_receipt,
)
from safelight.institution.models import RetentionVersion
from safelight.recall import certificate_lines
from safelight.recall.certificate import (
    USUAL_KEYSTORE_BACKUP_DAYS,
    certify,
    certify_due,
    newest_certificate,
    receipt_of,
    statement_of,
)
from safelight.recall.certificate_giving import (
    certificate_for_signer,
    certificate_for_staff,
    receipt_for_signer,
    receipt_for_staff,
)
from safelight.recall.certificate_words import (
    KINDS,
    SCOPES,
    STATES,
    USUAL_GROUND,
    WHY,
    agreements_ended,
)
from safelight.recall.errors import CertificateNotReadyError, WithdrawalNotFoundError
from safelight.recall.models import Certificate, Consequence, Withdrawal
from safelight.recall.services.chasing import (
    note_acknowledged,
    note_asked,
    note_not_retractable,
)
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import (
    DEFAULT_GROUND,
    ConsequenceKind,
    ConsequenceState,
    WhyNotRetractable,
    WithdrawalScope,
)

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

SITE = "https://safelight.example/"
EVERYTHING, ALL_USES = WithdrawalScope.EVERYTHING, WithdrawalScope.ALL_USES
GONE = "They write that it is deleted."


def key() -> str:
    return checkpoint_signer().verifier()


def taken_back(cast: Cast, scope: WithdrawalScope = EVERYTHING) -> tuple[Visit, Withdrawal]:
    visit = signed(cast.alice, cast.petra, [take_labelled(cast.alice, cast.petra)], TEACHING)
    return visit, takes_back(visit, scope)


def test_the_first_is_written_when_all_is_done_that_needs_nobody(cast: Cast) -> None:
    line = a_copy_that_left(cast)
    assert (certify_due(), certify_due()) == (1, 0)
    row = Certificate.objects.get()
    assert (row.withdrawal_id, row.number, row.is_final) == (line.withdrawal_id, 1, False)
    note_asked(cast.priya, line.id, ASKED)
    assert certify_due() == 0, "that somebody was asked is no news yet"
    note_acknowledged(cast.priya, line.id, GONE)
    assert (certify_due(), certify_due()) == (1, 0)
    assert list(Certificate.objects.order_by("number").values_list("number", "is_final")) == [
        (1, False),
        (2, True),
    ]


def test_of_two_workers_at_once_one_writes_it(cast: Cast) -> None:
    _visit, row = taken_back(cast)
    found = at_once(lambda: certify(row.id), lambda: certify(row.id))
    assert sum(isinstance(item, Certificate) for item in found) == 1
    assert Certificate.objects.count() == 1


def test_while_something_is_still_being_done_there_is_none(cast: Cast) -> None:
    _visit, row = taken_back(cast)
    Consequence.objects.filter(withdrawal=row, kind="picture").update(
        state=ConsequenceState.WAITING.value
    )
    assert certify_due() == 0
    with pytest.raises(CertificateNotReadyError):
        newest_certificate(row.id)


def test_a_line_that_comes_late_is_told_of_in_another(cast: Cast) -> None:
    visit, row = taken_back(cast)
    assert newest_certificate(row.id).number == 1
    late = Consequence.objects.create(
        withdrawal=row, kind="picture", target=UUID(int=7), state=ConsequenceState.ERASED.value
    )
    assert certify_due() == 1
    assert newest_certificate(row.id).number == 2, (visit, late)


def test_it_says_what_became_of_every_line_with_its_proof(cast: Cast) -> None:
    _visit, row = taken_back(cast)
    said = statement_of(newest_certificate(row.id))
    first, *lines = said["lines"]
    assert first == {
        "line": "Taken back: Every use, and all pictures in the medical record",
        "state": "withdrawn",
        "proof": str(row.event),
    }
    kept = Consequence.objects.filter(withdrawal=row)
    assert sorted(item["proof"] for item in lines) == sorted(str(item.event) for item in kept)
    assert sorted(item["state"] for item in lines) == sorted(item.state for item in kept)
    assert sum(item["count"] for item in said["counts"]) == len(lines)
    ended = sum(item["line"].startswith("Agreement") for item in lines)
    counted = [item["count"] for item in said["counts"] if item["words"] == agreements_ended(ended)]
    assert counted == [ended] != [0]
    assert said["hospital"] == "Test Hospital"
    assert said["phone"]
    assert said["keystore_backup_days"] == USUAL_KEYSTORE_BACKUP_DAYS == 7
    moment = datetime.fromisoformat(said["effective_at"])
    assert moment == row.at.replace(microsecond=0)
    shown = plain_statement(said)
    assert shown is not None
    assert shown.lines[0] == first["line"]


def test_it_says_what_the_law_makes_the_hospital_keep_and_how_it_is_locked(cast: Cast) -> None:
    assert USUAL_GROUND == DEFAULT_GROUND
    rule = {"fate": "seal", "years": 10, "ground": "Section 630f of the civil code."}
    RetentionVersion.objects.create(rules={item.value: rule for item in Sensitivity})
    _visit, row = taken_back(cast)
    said = statement_of(newest_certificate(row.id))
    assert said["kept_by_law"][0] == rule["ground"]
    assert "two people" in said["kept_by_law"][1]
    [picture] = [item for item in said["lines"] if item["state"] == "sealed"]
    assert "It is kept until" in picture["line"]


def test_what_cannot_be_called_back_is_told_with_why(cast: Cast) -> None:
    line = a_publication_that_left(cast)
    note_not_retractable(cast.priya, line.id, WhyNotRetractable.PRINTED, "In the March issue.")
    said = statement_of(newest_certificate(line.withdrawal_id))
    why = WhyNotRetractable.PRINTED.display
    assert said["cannot_be_called_back"] == [f"Publication 1: cannot be called back. {why}"]
    assert ARTICLE not in json.dumps(said), "the title of a work may name an illness"
    assert "March" not in json.dumps(said)


@pytest.mark.parametrize("language", ["en", "es", "fr", "ar"])
def test_it_is_in_the_patients_language(cast: Cast, language: str) -> None:
    picture = take(cast.alice, cast.petra)
    visit = replace(signed(cast.alice, cast.petra, [picture], TEACHING), language=language)
    row = takes_back(visit, EVERYTHING)
    said = statement_of(newest_certificate(row.id))
    with translation.override(language):
        assert said["scope_words"] == str(SCOPES[EVERYTHING])
    assert said["language"] == language
    assert ("Taken back" in said["lines"][0]["line"]) is (language == "en")
    pdf = certificate_for_signer(visit, row.id, SITE)
    assert str(pypdf.PdfReader(io.BytesIO(pdf)).root_object["/Lang"]) == language
    assert b"pdfuaid" in pdf, "no letter is missing, and all is tagged"


def test_every_kind_state_and_reason_has_its_words() -> None:
    assert set(KINDS) == set(ConsequenceKind)
    assert set(STATES) == set(ConsequenceState)
    assert set(SCOPES) == set(WithdrawalScope)
    assert {item: str(said) for item, said in WHY.items()} == {
        item: item.display for item in WhyNotRetractable
    }


def test_its_receipt_is_believed_by_a_stranger_and_an_altered_one_is_not(cast: Cast) -> None:
    visit, row = taken_back(cast)
    text = receipt_for_signer(visit, row.id)
    found = verify_receipt(text, key())
    assert found.statement == statement_of(Certificate.objects.get())
    proven = {item.leaf.event_id for item in found.also}
    lines = Consequence.objects.filter(withdrawal=row).values_list("event", flat=True)
    assert proven == {row.event, *lines}
    with pytest.raises(StatementError):
        verify_receipt(text.replace("medical record", "medical_record"), key())
    with pytest.raises(TransparencyError):
        verify_receipt(text.replace("safelight-receipt", "safelight-receipts"), key())


def test_many_lines_fit_into_one_receipt(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = signed(cast.alice, cast.petra, [take(cast.alice, cast.petra)], TEACHING)
    row = takes_back(visit, ALL_USES)
    settled = Consequence.objects.filter(withdrawal=row).first()
    assert settled is not None
    Consequence.objects.bulk_create(
        Consequence(
            withdrawal=row,
            kind="share",
            target=UUID(int=number),
            state="revoked",
            event=settled.event,
        )
        for number in range(120)
    )
    monkeypatch.setattr(certificate_lines, "MOST_LINES", 100)
    kept = newest_certificate(row.id)
    said = statement_of(kept)
    assert len(said["lines"]) < 120
    assert said["lines"][-1]["line"].startswith("Further ones, ")
    assert sum(item["count"] for item in said["counts"]) == row.consequences.count()
    assert verify_receipt(receipt_of(kept), key()).statement == said


def test_the_page_is_sealed_and_holds_the_proof(cast: Cast) -> None:
    visit, row = taken_back(cast)
    pdf = certificate_for_signer(visit, row.id, SITE)
    verdict = verify_pdf(pdf, seal_certificates()[0])
    assert verdict.is_intact
    assert verdict.is_whole
    read = pypdf.PdfReader(io.BytesIO(pdf))
    assert read.metadata is not None
    assert str(read.metadata.title).startswith("Certificate of withdrawal")
    words = " ".join(page.extract_text() for page in read.pages)
    checkpoint = json.loads(receipt_of(Certificate.objects.get()))["checkpoint"]
    origin, size, root_hash, *_signatures = checkpoint.splitlines()
    assert origin in words
    assert root_hash in words.replace(" ", "").replace("\n", ""), size
    assert f"{SITE}verify/receipt/" in words.replace(" ", "").replace("\n", "")
    for line in statement_of(Certificate.objects.get())["lines"]:
        assert line["proof"] in words.replace(" ", "").replace("\n", "")


def test_the_patient_has_it_and_so_do_who_treats_them_and_the_privacy_officer(cast: Cast) -> None:
    visit, row = taken_back(cast)
    other = replace(visit, patient=cast.pablo)
    for asker in (cast.alice, cast.priya):
        assert certificate_for_staff(asker, row.id, SITE).startswith(b"%PDF")
    assert json.loads(receipt_for_staff(cast.priya, row.id))["statement"]["number"] == 1
    for asker in (cast.bob, cast.theo, cast.ada):
        with pytest.raises(WithdrawalNotFoundError):
            certificate_for_staff(asker, row.id, SITE)
        with pytest.raises(WithdrawalNotFoundError):
            receipt_for_staff(asker, row.id)
    with pytest.raises(WithdrawalNotFoundError):
        certificate_for_signer(other, row.id, SITE)
    receipt_for_signer(visit, row.id)
    given = Event.objects.filter(tag=EventTag.RECALL_CERTIFICATE_GIVEN.value)
    assert list(given.order_by("number").values_list("actor", flat=True)) == [
        cast.alice.staff,
        cast.priya.staff,
        cast.priya.staff,
        visit.access,
    ]


def test_the_certifying_event_tells_of_nothing_else(cast: Cast) -> None:
    _visit, row = taken_back(cast)
    kept = certify(row.id)
    assert kept is not None
    event = Event.objects.get(id=kept.event)
    told = list(event.objects_told.order_by("position").values_list("object_id", flat=True))
    assert (event.tag, len(told), told[0]) == ("recall:certificate:made", 3, row.patient_id)
