"""Mallory writes to the rows of a running hospital. What it refuses, and what the record shows.

What she does gain is told in docs/security/threat-model.md; nothing here contradicts it.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from tests.cast import Cast
from tests.sessions import browser_of, sit_down
from tests.taking import take

from safelight.audit.findings import ProblemKind
from safelight.audit.log import sequence
from safelight.audit.models import Event, EventObject
from safelight.audit.verification import verify_record
from safelight.engines.envelope import EnvelopeError
from safelight.patients.models import Patient
from safelight.patients.selectors import known_patient
from safelight.people.models import Presence, StaffSession
from safelight.people.sessions import SessionStore, digest
from safelight.photos.models import Photograph, RenditionRow
from safelight.photos.moving import MoveReason, move_photograph
from safelight.photos.selectors import photograph
from safelight.release.access import view_timeline
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.vault.errors import VaultError
from safelight.vault.keystore.models import Custodian, Grant
from safelight.vault.ports import blob_store
from safelight.vocabulary.photograph import PhotographState, Rendition

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
SHUT = (EnvelopeError, VaultError)


class Two:
    """A picture of Petra and one of Pablo, and Alice, who treats both, at her session."""

    def __init__(self, cast: Cast) -> None:
        self.alice, self.cookie = sit_down(cast.alice)
        self.petras = take(cast.alice, cast.petra)
        self.pablos = take(cast.alice, cast.pablo)

    def opened(self, photograph: UUID, rendition: Rendition = Rendition.DISPLAY) -> bytes:
        return open_photograph(Asked(digest(self.cookie), photograph, rendition)).content


@pytest.fixture
def two(cast: Cast) -> Two:
    return Two(cast)


def object_of(photograph: UUID, rendition: str = "display") -> UUID:
    row = RenditionRow.objects.get(photograph=photograph, rendition=rendition)
    return row.id


def swap_blobs(two: Two, _cast: Cast) -> None:
    first, second = object_of(two.petras), object_of(two.pablos)
    one, other = blob_store().get(first), blob_store().get(second)
    blob_store().put(first, other)
    blob_store().put(second, one)


def put_a_thumbnail_in_the_place_of_the_display(two: Two, _cast: Cast) -> None:
    small = blob_store().get(object_of(two.petras, "thumbnail"))
    blob_store().put(object_of(two.petras), small)


def swap_renditions_between_patients(two: Two, _cast: Cast) -> None:
    mine = RenditionRow.objects.get(photograph=two.petras, rendition="display")
    RenditionRow.objects.filter(photograph=two.pablos, rendition="display").delete()
    mine.photograph_id = two.pablos
    mine.save()


def swap_custodians(_two: Two, cast: Cast) -> None:
    other = Custodian.objects.get(kind="care", owner=cast.petra).wrapped_key
    Custodian.objects.filter(kind="care", owner=cast.pablo).update(wrapped_key=other)


def swap_data_keys(two: Two, _cast: Cast) -> None:
    other = Grant.objects.filter(object_id=object_of(two.petras)).get().wrapped_key
    Grant.objects.filter(object_id=object_of(two.pablos)).update(wrapped_key=other)


def give_the_grant_to_another_custodian(two: Two, cast: Cast) -> None:
    petras = Custodian.objects.get(kind="care", owner=cast.petra)
    Grant.objects.filter(object_id=object_of(two.pablos)).update(custodian=petras)
    Photograph.objects.filter(id=two.pablos).update(patient=cast.petra)


HARMS: list[Callable[[Two, Cast], None]] = [
    swap_blobs,
    put_a_thumbnail_in_the_place_of_the_display,
    swap_renditions_between_patients,
    swap_custodians,
    swap_data_keys,
    give_the_grant_to_another_custodian,
]


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_exchanged_bytes_and_keys_open_nothing(two: Two, cast: Cast, harm) -> None:
    harm(two, cast)
    shut = two.petras if "thumbnail" in harm.__name__ else two.pablos
    with pytest.raises(SHUT):
        two.opened(shut)


def test_a_picture_that_is_written_to_another_patient_opens_no_more(two: Two, cast: Cast) -> None:
    Photograph.objects.filter(id=two.petras).update(patient=cast.pablo)
    with pytest.raises(SHUT):
        two.opened(two.petras)
    with pytest.raises(EnvelopeError):
        photograph(two.petras)


def test_another_patients_name_cannot_stand_on_a_record(cast: Cast) -> None:
    pablos = Patient.objects.get(id=cast.pablo).sealed_identity
    Patient.objects.filter(id=cast.petra).update(sealed_identity=pablos)
    with pytest.raises(EnvelopeError):
        known_patient(cast.petra)


def test_a_record_whose_name_was_exchanged_shows_no_page(two: Two, cast: Cast) -> None:
    pablos = Patient.objects.get(id=cast.pablo).sealed_identity
    Patient.objects.filter(id=cast.petra).update(sealed_identity=pablos)
    client = browser_of(cast.alice)
    client.raise_request_exception = False
    page = client.get(f"/clinic/patients/{cast.petra}/")
    assert page.status_code == 500
    assert b"Serrano" not in page.content


def test_a_picture_that_was_moved_away_does_not_come_back(two: Two, cast: Cast) -> None:
    move_photograph(two.petras, cast.pablo, actor=cast.alice.staff, reason=MoveReason.WRISTBAND)
    moved = Photograph.objects.get(moved_from=two.petras)
    Photograph.objects.filter(id=two.petras).update(state=PhotographState.VERIFIED.value)
    RenditionRow.objects.filter(photograph=moved).update(photograph=two.petras)
    with pytest.raises(VaultError):
        two.opened(two.petras)


def test_a_session_that_is_written_into_the_rows_opens_no_page(cast: Cast) -> None:
    """She copies what stands in Alice's rows under the hash of a cookie of her own."""
    _, alices = sit_down(cast.alice)
    hers = uuid4().hex
    data = StaffSession.objects.get(session_key=digest(alices)).session_data
    soon = timezone.now() + timedelta(hours=1)
    StaffSession.objects.create(session_key=digest(hers), session_data=data, expire_date=soon)
    seat = Presence.objects.get(session_key=digest(alices))
    seat.session_key = digest(hers)
    seat.save(force_insert=True)
    client = Client()
    client.cookies["safelight"] = hers
    assert client.get("/clinic/").status_code == 302


def problems() -> set[ProblemKind]:
    return {item.kind for item in verify_record().problems}


def test_a_page_she_makes_young_again_covers_thumbnails_and_the_record_shows_it(
    two: Two, cast: Cast
) -> None:
    gallery = view_timeline(two.alice, cast.petra).gallery
    sequence()
    assert problems() == set()
    Event.objects.filter(id=gallery).update(recorded_at_ms=F("recorded_at_ms") + 10**9)
    assert ProblemKind.ENTRY_CHANGED in problems()


def test_a_picture_she_adds_to_a_page_is_found_in_the_record(two: Two, cast: Cast) -> None:
    gallery = view_timeline(two.alice, cast.petra).gallery
    sequence()
    number = Event.objects.get(id=gallery).number
    EventObject.objects.create(event_id=number, object_id=two.pablos, position=9)
    assert problems() == {ProblemKind.OBJECTS_CHANGED}


def test_details_she_exchanges_between_events_are_found(two: Two, cast: Cast) -> None:
    sequence()
    first, second = Event.objects.filter(tag="photograph:record:sealed")
    Event.objects.filter(number=first.number).update(sealed_details=second.sealed_details)
    assert problems() == {ProblemKind.DETAILS_CHANGED}


def test_an_event_she_deletes_from_the_log_is_missed(two: Two, cast: Cast) -> None:
    two.opened(two.petras)
    sequence()
    last = Event.objects.get(tag="photograph:display:viewed")
    EventObject.objects.filter(event=last).delete()
    last.delete()
    assert problems() >= {ProblemKind.LOG_LENGTH_DIFFERS}


def test_two_events_whose_places_she_exchanges_are_found(two: Two, cast: Cast) -> None:
    sequence()
    first, second = Event.objects.order_by("leaf_index")[:2]
    Event.objects.filter(number=first.number).update(leaf_index=10**6)
    Event.objects.filter(number=second.number).update(leaf_index=0)
    Event.objects.filter(number=first.number).update(leaf_index=1)
    assert ProblemKind.ROOT_DIFFERS in problems()


def test_a_seat_that_is_copied_under_another_session_opens_nothing(two: Two, cast: Cast) -> None:
    """She copies Alice's presence to a session of her own making; the seat does not fit it."""
    _, cookie = sit_down(cast.alice)
    forged = SessionStore()
    forged.create()
    assert forged.session_key
    row = Presence.objects.get(session_key=digest(cookie))
    row.session_key = digest(forged.session_key)
    row.save(force_insert=True)
    with pytest.raises(AccessRefusedError):
        open_photograph(Asked(row.session_key, two.petras, Rendition.DISPLAY))
