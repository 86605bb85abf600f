"""From the first byte to the sealed record."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.cast import PETRA, Cast
from tests.pictures import CANARY, Sending, jpeg

from safelight.audit.models import Event
from safelight.capture.errors import (
    DigestMismatchError,
    MalformedPromiseError,
    OffsetConflictError,
    PromiseConflictError,
    SessionLockedError,
    UploadNotFoundError,
)
from safelight.capture.models import Upload
from safelight.capture.selectors import AnswerState, safe_offset, upload_states
from safelight.capture.services.receiving import receive
from safelight.capture.verification import verify_waiting
from safelight.engines.policy import SessionState
from safelight.patients.errors import PatientNotFoundError
from safelight.patients.selectors import surviving_patient
from safelight.patients.services import register_patient
from safelight.people.merging import merge_patients
from safelight.people.models import CareAssignment
from safelight.people.services import assign, break_glass
from safelight.photos.models import Photograph
from safelight.photos.selectors import photograph
from safelight.vault.custodians import custodian_key, destroy_intake
from safelight.vault.errors import KeyMissingError
from safelight.vault.keystore.models import Grant
from safelight.vault.kinds import CustodianKind
from safelight.vault.models import SealedObject
from safelight.vault.quarantine import CHUNK_SIZE
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import BreakGlassReason, Sensitivity

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

LARGE = (1200, 900)


def send(cast: Cast, sending: Sending):
    return receive(cast.alice, sending.promise, 0, sending.pieces())


def refusals() -> list[Event]:
    return list(Event.objects.filter(tag=EventTag.CAPTURE_UPLOAD_REFUSED))


def files(stores: Path, kind: str) -> list[Path]:
    return [path for path in (stores / kind).rglob("*") if path.is_file()]


def test_a_whole_picture_is_sealed_with_its_event(cast: Cast, stores: Path):
    sending = Sending(jpeg(orientation=6), cast.petra).changed(encounter=cast.petras_encounter)
    answer = send(cast, sending)
    assert answer.state is AnswerState.SEALED
    assert answer.sha256 == hashlib.sha256(sending.data).hexdigest()
    row = Photograph.objects.get(id=answer.photograph)
    assert (row.patient_id, row.encounter_id) == (cast.petra, cast.petras_encounter)
    assert (row.width, row.height, row.orientation) == (480, 640, 6), "counted upright"
    event = Event.objects.get(tag=EventTag.PHOTOGRAPH_SEALED)
    assert (event.actor, event.subject) == (cast.alice.staff, cast.petra)
    assert (event.purpose, event.outcome) == ("TREAT", Outcome.SUCCESS)
    assert len(files(stores, "blobs")) == 1
    assert files(stores, "quarantine") == []


def test_nothing_on_the_disk_can_be_read(cast: Cast, stores: Path):
    sending = Sending(jpeg(size=LARGE), cast.petra)
    pixels = sending.data[-5000:-4900]
    receive(cast.alice, sending.promise, 0, sending.pieces(end=2 * CHUNK_SIZE))
    assert files(stores, "quarantine")
    send(cast, Sending(jpeg(1), cast.petra))
    verify_waiting()
    for path in files(stores, "quarantine") + files(stores, "blobs"):
        assert CANARY not in path.read_bytes()
        assert pixels not in path.read_bytes()


def test_the_record_says_what_intake_did(cast: Cast):
    answer = send(cast, Sending(jpeg(), cast.petra))
    verify_waiting()
    seen = photograph(answer.photograph)
    assert seen.sha256 != answer.sha256, "what is kept is not what was received"
    assert seen.note == ""


def test_a_dropped_connection_goes_on_where_it_broke(cast: Cast):
    sending = Sending(jpeg(size=LARGE), cast.petra)
    broken = 2 * CHUNK_SIZE + 1000
    answer = receive(cast.alice, sending.promise, 0, sending.pieces(end=broken))
    assert (answer.state, answer.offset) == (AnswerState.RECEIVING, 2 * CHUNK_SIZE)
    assert safe_offset(cast.alice, cast.petra, sending.upload) == answer.offset
    answer = receive(cast.alice, sending.promise, answer.offset, sending.pieces(answer.offset))
    assert answer.state is AnswerState.SEALED
    assert Photograph.objects.count() == 1


def test_a_dropped_connection_may_also_start_over(cast: Cast):
    sending = Sending(jpeg(size=LARGE), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces(end=CHUNK_SIZE))
    assert send(cast, sending).state is AnswerState.SEALED


@pytest.mark.parametrize("extra", [-1, 0, 1])
def test_a_picture_around_the_length_of_whole_chunks_is_taken(cast: Cast, extra: int):
    data = jpeg()
    padded = data + b"\0" * (2 * CHUNK_SIZE + extra - len(data))
    sending = Sending(padded, cast.petra)
    answer = receive(cast.alice, sending.promise, 0, sending.pieces(end=CHUNK_SIZE))
    assert answer.offset == CHUNK_SIZE
    answer = receive(cast.alice, sending.promise, CHUNK_SIZE, sending.pieces(CHUNK_SIZE))
    assert answer.state is AnswerState.SEALED


def test_bytes_that_do_not_continue_are_not_taken(cast: Cast):
    sending = Sending(jpeg(size=LARGE), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces(end=CHUNK_SIZE))
    with pytest.raises(OffsetConflictError) as refusal:
        receive(cast.alice, sending.promise, 3 * CHUNK_SIZE, sending.pieces(3 * CHUNK_SIZE))
    assert refusal.value.offset == CHUNK_SIZE


def test_asking_again_gives_the_same_answer(cast: Cast):
    sending = Sending(jpeg(), cast.petra)
    first = send(cast, sending)
    unread = iter([b"never read"])
    assert receive(cast.alice, sending.promise, 0, unread) == first
    assert next(unread) == b"never read"
    verify_waiting()
    assert send(cast, sending) == first
    assert Photograph.objects.count() == 1


def test_the_same_content_is_stored_once_in_a_record(cast: Cast, stores: Path):
    data = jpeg()
    first = send(cast, Sending(data, cast.petra))
    again = Sending(data, cast.petra)
    answer = send(cast, again)
    assert (answer.state, answer.photograph) == (AnswerState.DUPLICATE, first.photograph)
    assert "already" in answer.sentence
    assert [bool(event.sealed_details) for event in refusals()] == [True]
    assert (SealedObject.objects.count(), len(files(stores, "blobs"))) == (1, 1)
    assert Grant.objects.count() == 2, "care and intake of the first"
    assert send(cast, again) == answer


def test_the_same_content_is_another_picture_in_another_record(cast: Cast):
    data = jpeg()
    tokens = set()
    for patient in (cast.petra, cast.pablo):
        answer = send(cast, Sending(data, patient))
        assert answer.state is AnswerState.SEALED
        tokens.add(bytes(Photograph.objects.get(id=answer.photograph).content_token))
    assert len(tokens) == 2, "a token tells nothing across records"


def test_what_arrives_must_be_what_was_promised(cast: Cast, stores: Path):
    sending = Sending(jpeg(), cast.petra)
    other = bytearray(sending.data)
    other[1000] ^= 1
    with pytest.raises(DigestMismatchError):
        receive(cast.alice, sending.promise, 0, [bytes(other)])
    assert [event.outcome for event in refusals()] == [Outcome.FAILED]
    assert files(stores, "quarantine") + files(stores, "blobs") == []
    assert send(cast, sending).state is AnswerState.SEALED, "the right bytes are still welcome"


def test_a_resumed_upload_with_other_bytes_is_noticed(cast: Cast):
    sending, other = Sending(jpeg(size=LARGE), cast.petra), jpeg(1, LARGE)
    receive(cast.alice, sending.promise, 0, sending.pieces(end=CHUNK_SIZE))
    rest = (other * 2)[CHUNK_SIZE : len(sending.data)]
    with pytest.raises(DigestMismatchError):
        receive(cast.alice, sending.promise, CHUNK_SIZE, [rest])
    assert safe_offset(cast.alice, cast.petra, sending.upload) == 0


def test_a_damaged_file_in_quarantine_is_sent_again(cast: Cast, stores: Path):
    sending = Sending(jpeg(size=LARGE), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces(end=CHUNK_SIZE))
    (path,) = files(stores, "quarantine")
    torn = bytearray(path.read_bytes())
    torn[5000] ^= 1
    path.write_bytes(torn)
    with pytest.raises(DigestMismatchError):
        receive(cast.alice, sending.promise, CHUNK_SIZE, sending.pieces(CHUNK_SIZE))
    assert send(cast, sending).state is AnswerState.SEALED


def test_an_upload_whose_key_is_gone_starts_over(cast: Cast):
    sending = Sending(jpeg(size=LARGE), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces(end=CHUNK_SIZE))
    destroy_intake(sending.upload)
    with pytest.raises(OffsetConflictError) as refusal:
        receive(cast.alice, sending.promise, CHUNK_SIZE, sending.pieces(CHUNK_SIZE))
    assert refusal.value.offset == 0
    assert send(cast, sending).state is AnswerState.SEALED


def test_a_promise_is_not_changed_under_way(cast: Cast):
    sending = Sending(jpeg(), cast.petra)
    receive(cast.alice, sending.promise, 0, [])
    longer = Sending(sending.data + b"\0", cast.petra, sending.upload)
    with pytest.raises(PromiseConflictError):
        send(cast, longer)


def test_an_upload_belongs_to_whoever_began_it(cast: Cast):
    sending = Sending(jpeg(), cast.petra)
    send(cast, sending)
    with pytest.raises(UploadNotFoundError):
        receive(cast.bob, sending.promise, 0, sending.pieces())
    with pytest.raises(UploadNotFoundError):
        safe_offset(cast.bob, cast.petra, sending.upload)
    assert upload_states(cast.bob, [sending.upload]) == {}
    with pytest.raises(UploadNotFoundError):
        send(cast, Sending(sending.data, cast.pablo, sending.upload))


@pytest.mark.parametrize("name", ["bob", "charlie", "theo", "priya", "ada"])
def test_who_does_not_treat_the_patient_sends_nothing(cast: Cast, stores: Path, name: str):
    sending = Sending(jpeg(), cast.petra)
    unread = iter([b"never read"])
    with pytest.raises(PatientNotFoundError):
        receive(getattr(cast, name), sending.promise, 0, unread)
    assert next(unread) == b"never read"
    (event,) = refusals()
    assert (event.outcome, event.subject) == (Outcome.DENIED, cast.petra)
    assert Upload.objects.count() == 0
    with pytest.raises(KeyMissingError):
        custodian_key(CustodianKind.INTAKE, sending.upload)


def test_an_unknown_patient_looks_like_a_forbidden_one(cast: Cast):
    with pytest.raises(PatientNotFoundError):
        send(cast, Sending(jpeg(), uuid4()))
    (event,) = refusals()
    assert (event.outcome, event.subject) == (Outcome.DENIED, None)


def test_a_locked_session_sends_nothing(cast: Cast):
    locked = replace(cast.alice, session=SessionState.LOCKED)
    sending = Sending(jpeg(), cast.petra)
    with pytest.raises(SessionLockedError):
        receive(locked, sending.promise, 0, sending.pieces())


def test_a_relationship_that_ends_under_way_loses_no_picture(cast: Cast):
    now = timezone.now()
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=now - timedelta(hours=1))
    sending = Sending(jpeg(size=LARGE), cast.petra)
    receive(cast.bob, sending.promise, 0, sending.pieces(end=CHUNK_SIZE))
    CareAssignment.objects.update(ends_at=now)
    answer = receive(cast.bob, sending.promise, CHUNK_SIZE, sending.pieces(CHUNK_SIZE))
    assert answer.state is AnswerState.SEALED


def test_a_picture_for_a_patient_merged_meanwhile_goes_to_the_surviving_record(cast: Cast):
    sending = Sending(jpeg(size=LARGE), cast.petra).changed(encounter=cast.petras_encounter)
    receive(cast.alice, sending.promise, 0, sending.pieces(end=CHUNK_SIZE))
    merge_patients(cast.petra, cast.pablo, actor=cast.ada.staff)
    receive(cast.alice, sending.promise, CHUNK_SIZE, sending.pieces(CHUNK_SIZE))
    row = Photograph.objects.get()
    assert row.patient_id == cast.pablo == surviving_patient(cast.petra)
    verify_waiting()
    assert photograph(row.id).sha256, "opens under the surviving record's key"


def test_a_page_opened_before_the_merge_may_still_send(cast: Cast):
    elsewhere = register_patient(PETRA, actor=None)
    merge_patients(cast.petra, elsewhere, actor=cast.ada.staff)
    answer = send(cast, Sending(jpeg(), cast.petra))
    assert Photograph.objects.get(id=answer.photograph).patient_id == elsewhere


def test_the_visit_must_be_the_patients(cast: Cast):
    with pytest.raises(MalformedPromiseError):
        send(cast, Sending(jpeg(), cast.petra).changed(encounter=cast.pablos_encounter))
    assert len(refusals()) == 1


def test_break_glass_is_named_as_the_purpose(cast: Cast):
    reason = next(iter(BreakGlassReason))
    break_glass(cast.charlie, cast.petra, reason, "Collapsed in the corridor, rash spreading.")
    sending = Sending(jpeg(), cast.petra).changed(sensitivity=Sensitivity.INTIMATE)
    assert receive(cast.charlie, sending.promise, 0, sending.pieces()).photograph
    assert Event.objects.get(tag=EventTag.PHOTOGRAPH_SEALED).purpose == "BTG"


def test_a_connection_that_hangs_cannot_disturb_the_one_that_took_over(cast: Cast):
    sending = Sending(jpeg(size=LARGE), cast.petra)
    answers = []

    def hanging():
        yield sending.data[: 2 * CHUNK_SIZE]
        answers.append(send(cast, sending))
        yield sending.data[2 * CHUNK_SIZE :]

    late = receive(cast.alice, sending.promise, 0, hanging())
    assert answers[0].state is AnswerState.SEALED
    assert late == answers[0]
    assert Photograph.objects.count() == 1


def test_states_tell_how_far_each_upload_is(cast: Cast):
    whole, part = Sending(jpeg(), cast.petra), Sending(jpeg(1, LARGE), cast.petra)
    send(cast, whole)
    receive(cast.alice, part.promise, 0, part.pieces(end=CHUNK_SIZE))
    states = upload_states(cast.alice, [whole.upload, part.upload])
    assert states[whole.upload].state is AnswerState.SEALED
    assert (states[part.upload].state, states[part.upload].offset) == ("receiving", CHUNK_SIZE)
    verify_waiting()
    assert upload_states(cast.alice, [whole.upload])[whole.upload].state is AnswerState.VERIFIED
