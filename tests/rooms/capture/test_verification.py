"""From sealed to verified: once, by whoever comes first, and never the other way."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.pictures import CANARY, Sending, jpeg

from safelight.audit.models import Event
from safelight.capture.models import Upload
from safelight.capture.selectors import AnswerState, upload_states
from safelight.capture.services.receiving import receive
from safelight.capture.verification import (
    CLAIM,
    MOST_ATTEMPTS,
    claim_next,
    verify,
    verify_waiting,
)
from safelight.engines import envelope
from safelight.engines.imaging import check_clean, probe
from safelight.institution.models import PolicyVersion
from safelight.photos.models import Photograph, RenditionRow
from safelight.vault import quarantine
from safelight.vault.custodians import Holder
from safelight.vault.errors import KeyMissingError
from safelight.vault.kinds import CustodianKind
from safelight.vault.ports import blob_store
from safelight.vault.unseal import open_object
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState, Rendition

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]


@pytest.fixture
def sealed(cast: Cast) -> Sending:
    sending = Sending(jpeg(size=(3000, 1000), orientation=6), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces())
    return sending


def rendition(name: Rendition) -> RenditionRow:
    return RenditionRow.objects.get(rendition=name.value)


def original() -> RenditionRow:
    return rendition(Rendition.ORIGINAL)


def test_every_rendition_opens_under_the_patients_care_and_is_clean(cast: Cast, sealed: Sending):
    assert verify_waiting() == 1
    care = Holder(CustodianKind.CARE, cast.petra)
    kinds = [
        (Rendition.ORIGINAL, envelope.Kind.ORIGINAL, (1000, 3000)),
        (Rendition.DISPLAY, envelope.Kind.DISPLAY, (683, 2048)),
        (Rendition.THUMBNAIL, envelope.Kind.THUMBNAIL, (171, 512)),
    ]
    for name, kind, size in kinds:
        row = rendition(name)
        plain = open_object(row.id, kind, care)
        assert (row.width, row.height) == size, "as it stands upright"
        assert CANARY not in plain
        if name is not Rendition.ORIGINAL:
            assert (probe(plain).width, probe(plain).height) == size
    check_clean(open_object(original().id, envelope.Kind.ORIGINAL, care))


def test_when_verified_the_uploads_key_is_gone_and_capture_opens_nothing(sealed: Sending):
    kind = envelope.Kind.ORIGINAL
    assert quarantine.open_unverified(original().id, kind, sealed.upload)
    verify_waiting()
    with pytest.raises(KeyMissingError):
        quarantine.open_unverified(original().id, kind, sealed.upload)


def test_renditions_never_had_a_grant_to_the_upload(sealed: Sending):
    upload = claim_next()
    assert upload
    verify(upload)
    quarantine.begin(sealed.upload)
    with pytest.raises(KeyMissingError):
        quarantine.open_unverified(
            rendition(Rendition.DISPLAY).id, envelope.Kind.DISPLAY, sealed.upload
        )


def test_the_event_is_nobodys_act(cast: Cast, sealed: Sending):
    verify_waiting()
    event = Event.objects.get(tag=EventTag.PHOTOGRAPH_VERIFIED)
    assert (event.actor, event.subject) == (None, cast.petra)


def test_a_claimed_picture_is_left_alone_until_the_claim_runs_out(sealed: Sending):
    assert claim_next() == sealed.upload
    assert claim_next() is None
    Upload.objects.update(verification_claimed_at=timezone.now() - CLAIM - timedelta(seconds=1))
    assert claim_next() == sealed.upload


def test_a_claim_from_the_future_is_void(sealed: Sending):
    """The clock went back: nobody may wait for it to catch up."""
    Upload.objects.update(verification_claimed_at=timezone.now() + timedelta(days=300))
    assert claim_next() == sealed.upload


def test_the_picture_that_waits_longest_comes_first(cast: Cast, sealed: Sending):
    later = Sending(jpeg(1), cast.petra)
    receive(cast.alice, later.promise, 0, later.pieces())
    assert [claim_next(), claim_next(), claim_next()] == [sealed.upload, later.upload, None]


def test_verifying_twice_changes_nothing(sealed: Sending):
    verify_waiting()
    before = set(RenditionRow.objects.values_list("id", flat=True))
    verify(sealed.upload)
    assert set(RenditionRow.objects.values_list("id", flat=True)) == before
    assert Event.objects.filter(tag=EventTag.PHOTOGRAPH_VERIFIED).count() == 1


def flip_a_bit(stores: Path) -> None:
    (path,) = (path for path in (stores / "blobs").rglob("*") if path.is_file())
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)


def test_stored_bytes_that_were_damaged_are_told_to_the_taker(
    cast: Cast, sealed: Sending, stores: Path
):
    flip_a_bit(stores)
    verify_waiting()
    assert Photograph.objects.get().state == PhotographState.UNREADABLE
    state = upload_states(cast.alice, [sealed.upload])[sealed.upload]
    assert state.state is AnswerState.UNREADABLE
    assert "Take it again" in state.sentence


def test_stored_bytes_that_are_gone_are_told_to_the_taker(sealed: Sending):
    blob_store().delete(original().id)
    verify_waiting()
    assert Photograph.objects.get().state == PhotographState.UNREADABLE


def test_a_picture_that_brings_workers_down_is_given_up(sealed: Sending):
    Upload.objects.update(verification_attempts=MOST_ATTEMPTS)
    verify_waiting()
    assert Photograph.objects.get().state == PhotographState.UNREADABLE
    assert Event.objects.filter(tag=EventTag.PHOTOGRAPH_UNREADABLE).count() == 1


def test_a_picture_within_the_bounds_of_its_day_is_not_refused_by_later_ones(sealed: Sending):
    PolicyVersion.objects.create(max_pixels=10, max_bytes=10)
    verify_waiting()
    assert Photograph.objects.get().state == PhotographState.VERIFIED
