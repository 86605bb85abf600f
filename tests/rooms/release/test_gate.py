"""The gate with real rows, real keys and real bytes."""

import io
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from PIL import Image
from tests.cast import Cast
from tests.sessions import grow_old, sit_down, stranger
from tests.taking import forearm, jpeg, seal, take, take_labelled

from safelight.audit.models import Event, EventObject
from safelight.engines.policy import Reason
from safelight.patients.models import Encounter
from safelight.people.merging import merge_patients
from safelight.people.models import CareAssignment, Presence, StaffMember, StaffSession
from safelight.people.services import assign, break_glass, end_break_glass
from safelight.people.sessions import digest
from safelight.photos.labels import label_photographs
from safelight.photos.models import Photograph, RenditionRow
from safelight.photos.moving import MoveReason, move_photograph
from safelight.release.access import view_timeline
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked, Use
from safelight.release.gate import open_photograph
from safelight.release.models import StatedReason
from safelight.release.reasons import state_reason
from safelight.vault.errors import KeyMissingError
from safelight.vault.keystore.models import Custodian, Grant
from safelight.vocabulary.photograph import (
    BreakGlassReason,
    OpeningReason,
    PhotographState,
    Rendition,
    Sensitivity,
)
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
WHY = "called to the resuscitation room"


def asked(cookie: str, photograph: UUID, rendition: Rendition = Rendition.DISPLAY) -> Asked:
    return Asked(digest(cookie), photograph, rendition)


def refusal(request: Asked, purpose: Purpose = Purpose.TREATMENT) -> tuple[Reason, ...]:
    with pytest.raises(AccessRefusedError) as caught:
        open_photograph(replace(request, use=Use(purpose)))
    assert caught.value.decision is not None
    return caught.value.decision.reasons


@pytest.mark.parametrize(
    ("rendition", "tag"),
    [
        (Rendition.THUMBNAIL, "photograph:thumbnail:viewed"),
        (Rendition.DISPLAY, "photograph:display:viewed"),
        (Rendition.ORIGINAL, "photograph:original:viewed"),
    ],
)
def test_a_treating_clinician_gets_the_picture_and_the_event_names_it(
    cast: Cast, rendition: Rendition, tag: str
) -> None:
    photograph = take(cast.alice, cast.petra, jpeg(7))
    alice, cookie = sit_down(cast.alice)
    opened = open_photograph(asked(cookie, photograph, rendition))
    assert Image.open(io.BytesIO(opened.content)).size == (96, 64)
    event = Event.objects.get(tag=tag)
    assert (event.actor, event.subject, event.purpose) == (alice.staff, cast.petra, "TREAT")
    assert list(event.objects_told.values_list("object_id", flat=True)) == [photograph]


def test_the_event_is_there_even_when_the_key_is_not(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    _, cookie = sit_down(cast.alice)
    Grant.objects.all().delete()
    with pytest.raises(KeyMissingError):
        open_photograph(asked(cookie, photograph))
    assert Event.objects.filter(tag="photograph:display:viewed").count() == 1


def test_without_a_relationship_nobody_gets_it_and_the_denial_is_recorded(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    for person in (cast.bob, cast.charlie):
        _, cookie = sit_down(person)
        assert refusal(asked(cookie, photograph)) == (Reason.NO_CARE_RELATIONSHIP,)
        denied = Event.objects.get(tag="photograph:bytes:refused", actor=person.staff)
        assert (denied.outcome, denied.subject) == ("denied", cast.petra)


def test_staff_who_are_no_clinicians_get_nothing_even_when_assigned(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    for person in (cast.ada, cast.theo, cast.priya):
        assign(person.staff, cast.petra, actor=None, starts_at=timezone.now())
        _, cookie = sit_down(person)
        assert Reason.ROLE_NOT_CLINICAL in refusal(asked(cookie, photograph))


def test_a_stranger_gets_nothing_and_leaves_no_trace(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    before = Event.objects.count()
    assert Reason.SESSION_ABSENT in refusal(asked(stranger(), photograph))
    assert Event.objects.count() == before


def test_an_assignment_opens_and_its_end_closes(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    _, cookie = sit_down(cast.charlie)
    soon = timezone.now() + timedelta(hours=1)
    assign(cast.charlie.staff, cast.petra, actor=None, starts_at=timezone.now(), ends_at=soon)
    assert open_photograph(asked(cookie, photograph)).content
    cast_assignments(cast.charlie.staff).update(ends_at=timezone.now())
    assert refusal(asked(cookie, photograph)) == (Reason.NO_CARE_RELATIONSHIP,)


def cast_assignments(staff: UUID):
    return CareAssignment.objects.filter(staff=staff)


def test_the_department_closes_some_days_after_discharge(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    _, cookie = sit_down(cast.alice)
    encounters = Encounter.objects.filter(patient=cast.petra)
    encounters.update(status="finished", ended_at=timezone.now() - timedelta(days=2))
    assert open_photograph(asked(cookie, photograph)).content
    encounters.update(ended_at=timezone.now() - timedelta(days=31))
    assert refusal(asked(cookie, photograph)) == (Reason.NO_CARE_RELATIONSHIP,)


def test_breaking_glass_opens_for_a_while_under_its_own_purpose(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    charlie, cookie = sit_down(cast.charlie)
    session = break_glass(charlie, cast.petra, BreakGlassReason.EMERGENCY, WHY)
    assert open_photograph(asked(cookie, photograph)).content
    assert Event.objects.get(tag="photograph:display:viewed").purpose == "BTG"
    session.ends_at = timezone.now()
    session.save()
    assert refusal(asked(cookie, photograph)) == (Reason.NO_CARE_RELATIONSHIP,)


def test_broken_glass_is_for_one_patient_and_can_be_left(cast: Cast) -> None:
    of_petra, of_pablo = take(cast.alice, cast.petra), take(cast.alice, cast.pablo)
    charlie, cookie = sit_down(cast.charlie)
    break_glass(charlie, cast.petra, BreakGlassReason.EMERGENCY, WHY)
    assert refusal(asked(cookie, of_pablo)) == (Reason.NO_CARE_RELATIONSHIP,)
    end_break_glass(charlie, cast.petra)
    assert refusal(asked(cookie, of_petra)) == (Reason.NO_CARE_RELATIONSHIP,)


@pytest.mark.parametrize("rendition", list(Rendition)[:3])
def test_a_protected_picture_asks_why_in_every_size(cast: Cast, rendition: Rendition) -> None:
    photograph = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    alice, cookie = sit_down(cast.alice)
    assert refusal(asked(cookie, photograph, rendition)) == (Reason.REASON_NOT_STATED,)
    state_reason(alice, photograph, OpeningReason.EXAMINATION)
    assert open_photograph(asked(cookie, photograph, rendition)).content


def test_a_stated_reason_is_for_one_picture_one_session_and_a_few_minutes(cast: Cast) -> None:
    first = take(cast.alice, cast.petra, sensitivity=Sensitivity.FORENSIC)
    second = take(cast.alice, cast.petra, sensitivity=Sensitivity.FORENSIC)
    alice, cookie = sit_down(cast.alice)
    _, elsewhere = sit_down(cast.alice)
    state_reason(alice, first, OpeningReason.REPORT)
    assert refusal(asked(cookie, second)) == (Reason.REASON_NOT_STATED,)
    assert refusal(asked(elsewhere, first)) == (Reason.REASON_NOT_STATED,)
    StatedReason.objects.update(ends_at=timezone.now())
    assert refusal(asked(cookie, first)) == (Reason.REASON_NOT_STATED,)


def test_a_gallery_event_covers_the_thumbnails_it_lists_and_nothing_else(cast: Cast) -> None:
    listed = take(cast.alice, cast.petra)
    alice, cookie = sit_down(cast.alice)
    gallery = view_timeline(alice, cast.petra).gallery
    later = take(cast.alice, cast.petra)
    before = Event.objects.count()
    for photograph, rendition, written in [
        (listed, Rendition.THUMBNAIL, 0),
        (listed, Rendition.DISPLAY, 1),
        (later, Rendition.THUMBNAIL, 1),
    ]:
        assert open_photograph(
            replace(asked(cookie, photograph, rendition), gallery=gallery)
        ).content
        assert Event.objects.count() - before == written
        before = Event.objects.count()


def test_somebody_elses_gallery_covers_nothing(cast: Cast) -> None:
    photograph = take(cast.alice, cast.petra)
    alice, _ = sit_down(cast.alice)
    gallery = view_timeline(alice, cast.petra).gallery
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    _, cookie = sit_down(cast.bob)
    open_photograph(replace(asked(cookie, photograph, Rendition.THUMBNAIL), gallery=gallery))
    assert Event.objects.filter(tag="photograph:thumbnail:viewed", actor=cast.bob.staff).exists()


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda cookie: grow_old(cookie, 16), Reason.SESSION_LOCKED),
        (lambda cookie: grow_old(cookie, -5), Reason.SESSION_LOCKED),
        (lambda cookie: _presence(cookie).update(locked_at=timezone.now()), Reason.SESSION_LOCKED),
        (lambda cookie: _presence(cookie).update(has_second_factor=False), Reason.SESSION_ABSENT),
        (lambda cookie: _presence(cookie).update(auth_hash="0" * 64), Reason.SESSION_ABSENT),
        (lambda cookie: _presence(cookie).delete(), Reason.SESSION_ABSENT),
        (lambda cookie: StaffMember.objects.update(is_active=False), Reason.SESSION_ABSENT),
        (
            lambda cookie: StaffSession.objects.update(expire_date=timezone.now()),
            Reason.SESSION_ABSENT,
        ),
        (lambda cookie: StaffSession.objects.all().delete(), Reason.SESSION_ABSENT),
    ],
    ids=["idle", "clock-back", "locked", "no-factor", "password", "gone", "left", "old", "out"],
)
def test_a_session_that_is_not_usable_opens_nothing(cast: Cast, harm, reason: Reason) -> None:
    photograph = take(cast.alice, cast.petra)
    _, cookie = sit_down(cast.alice)
    assert open_photograph(asked(cookie, photograph)).content
    harm(cookie)
    assert reason in refusal(asked(cookie, photograph))


def _presence(cookie: str):
    return Presence.objects.filter(session_key=digest(cookie))


def test_what_is_not_verified_is_shown_to_nobody_not_even_to_whoever_took_it(cast: Cast) -> None:
    photograph = seal(cast.alice, cast.petra)
    _, cookie = sit_down(cast.alice)
    assert refusal(asked(cookie, photograph, Rendition.ORIGINAL)) == (Reason.NOT_VERIFIED,)


@pytest.mark.parametrize("purpose", [item for item in Purpose if item is not Purpose.TREATMENT])
def test_no_other_purpose_opens_anything_without_an_agreement(cast: Cast, purpose: Purpose) -> None:
    photograph = take(cast.alice, cast.petra)
    _, cookie = sit_down(cast.alice)
    assert refusal(asked(cookie, photograph), purpose)


def test_a_picture_that_never_was_looks_like_one_that_is_forbidden(cast: Cast) -> None:
    _, cookie = sit_down(cast.alice)
    with pytest.raises(AccessRefusedError) as missing:
        open_photograph(asked(cookie, uuid4()))
    photograph = take(cast.alice, cast.petra)
    _, bobs = sit_down(cast.bob)
    with pytest.raises(AccessRefusedError) as forbidden:
        open_photograph(asked(bobs, photograph))
    assert str(missing.value) == str(forbidden.value)


def test_a_moved_picture_opens_at_its_new_place_only(cast: Cast) -> None:
    photograph = take_labelled(cast.alice, cast.petra)
    label_photographs(cast.alice.staff, [photograph], forearm(description="a word about it"))
    _, cookie = sit_down(cast.alice)
    before = open_photograph(asked(cookie, photograph, Rendition.ORIGINAL)).content
    moved = move_photograph(
        photograph, cast.pablo, actor=cast.alice.staff, reason=MoveReason.WRISTBAND
    )
    assert open_photograph(asked(cookie, moved, Rendition.ORIGINAL)).content == before
    assert Reason.ENTERED_IN_ERROR in refusal(asked(cookie, photograph, Rendition.ORIGINAL))
    assert Photograph.objects.get(id=photograph).state == PhotographState.ENTERED_IN_ERROR
    wrong = Custodian.objects.get(kind="care", owner=cast.petra)
    objects = RenditionRow.objects.filter(photograph=moved).values_list("id", flat=True)
    assert not Grant.objects.filter(custodian=wrong, object_id__in=list(objects)).exists()
    told = EventObject.objects.filter(object_id__in=[photograph, moved])
    tags = set(told.values_list("event__tag", flat=True))
    assert {"photograph:record:moved", "photograph:record:entered-in-error"} <= tags


def test_pictures_of_a_merged_record_are_seen_by_who_treats_the_surviving_one(cast: Cast) -> None:
    photograph = take(cast.alice, cast.pablo)
    merge_patients(cast.pablo, cast.petra, actor=cast.ada.staff)
    alice, cookie = sit_down(cast.alice)
    assert open_photograph(asked(cookie, photograph)).content
    assert photograph in [item.id for item in view_timeline(alice, cast.pablo).photographs]


def test_another_custodian_cannot_stand_in_for_the_one_that_is_cited(cast: Cast) -> None:
    """Even a row that says another patient does not open with that other patient's key."""
    photograph = take(cast.alice, cast.petra)
    Photograph.objects.filter(id=photograph).update(patient=cast.pablo)
    _, cookie = sit_down(cast.alice)
    with pytest.raises(KeyMissingError):
        open_photograph(asked(cookie, photograph))
