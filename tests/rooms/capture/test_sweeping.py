"""What crashes and closed pages leave behind, and what must never be swept."""

import os
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.pictures import Sending, jpeg

from safelight.audit.models import Event
from safelight.capture.errors import CaptureError
from safelight.capture.models import Upload, UploadState
from safelight.capture.selectors import AnswerState
from safelight.capture.services import intake
from safelight.capture.services.intake import LONGEST_INTAKE
from safelight.capture.services.receiving import receive
from safelight.capture.sweeping import ORPHAN_AGE, Swept, sweep
from safelight.capture.verification import verify_waiting
from safelight.engines import envelope
from safelight.photos.models import Photograph
from safelight.vault import quarantine
from safelight.vault.custodians import Holder
from safelight.vault.keystore.models import Custodian, Grant
from safelight.vault.kinds import CustodianKind
from safelight.vault.ports import blob_store
from safelight.vault.sealing import ToSeal, save_sealed, seal_objects
from safelight.vocabulary.events import EventTag

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

NOTHING = Swept(abandoned=0, leftovers=0, blobs=0)
OLD = ORPHAN_AGE + timedelta(minutes=1)


def age(stores: Path, by: timedelta = OLD) -> None:
    """Make everything here as old as that: files, keys and uploads."""
    moment = time.time() - by.total_seconds()
    for path in stores.rglob("*"):
        os.utime(path, (moment, moment))
    then = timezone.now() - by
    Custodian.objects.filter(kind=CustodianKind.INTAKE.value).update(created_at=then)
    Upload.objects.update(started_at=then)


def files(stores: Path) -> list[Path]:
    return [path for path in stores.rglob("*") if path.is_file()]


def intake_keys() -> int:
    return Custodian.objects.filter(kind=CustodianKind.INTAKE.value).count()


def begun(cast: Cast) -> Sending:
    sending = Sending(jpeg(size=(1200, 900)), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces(end=300_000))
    return sending


def test_what_is_young_is_left_alone(cast: Cast, stores: Path):
    begun(cast)
    quarantine.begin(uuid4())
    seal_objects([ToSeal(uuid4(), envelope.Kind.ORIGINAL, b"x")], [])
    before = files(stores)
    assert sweep() == NOTHING
    assert files(stores) == before
    assert intake_keys() == 2


def test_a_blob_that_no_row_names_goes_with_its_grants(cast: Cast, stores: Path):
    care = Holder(CustodianKind.CARE, cast.petra)
    orphan, kept = uuid4(), uuid4()
    seal_objects([ToSeal(orphan, envelope.Kind.ORIGINAL, b"orphan")], [care])
    save_sealed(seal_objects([ToSeal(kept, envelope.Kind.ORIGINAL, b"kept")], [care]))
    age(stores)
    assert sweep() == Swept(abandoned=0, leftovers=0, blobs=1)
    assert [found for found, _ in blob_store().ids()] == [kept]
    assert list(Grant.objects.values_list("object_id", flat=True)) == [kept]
    assert sweep() == NOTHING


def test_half_a_blob_goes_too(stores: Path):
    half = uuid4()
    path = stores / "blobs" / half.hex[-2:] / f"{half.hex}.part"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"torn")
    age(stores)
    assert sweep().blobs == 1
    assert not path.exists()


def test_a_foreign_file_is_none_of_our_business(stores: Path):
    path = stores / "blobs" / "aa" / "README"
    path.parent.mkdir(parents=True)
    path.write_text("put here by an operator")
    age(stores)
    assert sweep() == NOTHING
    assert path.exists()


@pytest.mark.parametrize("suffix", ["", ".part"])
def test_a_quarantine_file_without_an_upload_goes(stores: Path, suffix: str):
    path = stores / "quarantine" / f"{uuid4().hex}{suffix}"
    path.parent.mkdir()
    path.write_bytes(b"torn")
    age(stores)
    assert sweep().leftovers == 1
    assert not path.exists()


def test_a_key_without_an_upload_goes(stores: Path):
    quarantine.begin(uuid4())
    age(stores)
    assert sweep().leftovers == 1
    assert intake_keys() == 0


def test_an_upload_under_way_may_wait_to_be_resumed(cast: Cast, stores: Path):
    sending = begun(cast)
    age(stores)
    assert sweep() == NOTHING
    answer = receive(cast.alice, sending.promise, 262_144, sending.pieces(262_144))
    assert answer.state is AnswerState.SEALED


def test_an_upload_nobody_comes_back_for_is_abandoned(cast: Cast, stores: Path):
    sending = begun(cast)
    age(stores, timedelta(hours=25))
    assert sweep().abandoned == 1
    assert Upload.objects.get().state == UploadState.ABANDONED
    event = Event.objects.get(tag=EventTag.CAPTURE_UPLOAD_ABANDONED)
    assert (event.actor, event.subject) == (None, cast.petra)
    assert (files(stores), intake_keys()) == ([], 0)
    answer = receive(cast.alice, sending.promise, 0, sending.pieces())
    assert answer.state is AnswerState.SEALED, "whoever does come back may begin again"


def test_the_key_of_a_picture_that_waits_to_be_verified_stays(cast: Cast, stores: Path):
    sending = Sending(jpeg(), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces())
    leave_file(stores, sending.upload)
    age(stores)
    sweep()
    assert intake_keys() == 1
    assert list((stores / "quarantine").iterdir()) == [], "its bytes were forgotten late"
    assert verify_waiting() == 1


def test_the_key_of_a_verified_picture_goes(cast: Cast, stores: Path):
    sending = Sending(jpeg(), cast.petra)
    receive(cast.alice, sending.promise, 0, sending.pieces())
    verify_waiting()
    quarantine.begin(sending.upload)
    leave_file(stores, sending.upload)
    age(stores)
    assert sweep().leftovers == 1
    assert intake_keys() == 0
    assert list((stores / "quarantine").iterdir()) == []


def leave_file(stores: Path, upload: UUID) -> None:
    """As a crash would, between the commit and the forgetting of the bytes."""
    (stores / "quarantine").mkdir(exist_ok=True)
    (stores / "quarantine" / upload.hex).write_bytes(b"sealed")


def test_no_intake_may_take_as_long_as_an_orphan_must_be_old():
    assert LONGEST_INTAKE * 3 < ORPHAN_AGE


def test_an_intake_that_slept_records_nothing(
    cast: Cast, stores: Path, monkeypatch: pytest.MonkeyPatch
):
    """The machine was suspended between sealing and recording; the blob may be swept by now."""
    sending = Sending(jpeg(), cast.petra)
    with monkeypatch.context() as patch:
        patch.setattr(intake, "LONGEST_INTAKE", timedelta(0))
        with pytest.raises(CaptureError):
            receive(cast.alice, sending.promise, 0, sending.pieces())
    assert Photograph.objects.count() == 0
    assert receive(cast.alice, sending.promise, 0, sending.pieces()).photograph
