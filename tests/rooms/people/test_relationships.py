"""Who is close to whom: the one rule that lists and the gate share."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.sessions import sit_down

from safelight.audit.models import Event
from safelight.patients.errors import PatientNotFoundError
from safelight.patients.models import Encounter, Patient
from safelight.patients.selectors import encounters_of, surviving_patient
from safelight.people.errors import BreakGlassRefusedError
from safelight.people.merging import merge_patients
from safelight.people.models import BreakGlassSession, CareAssignment, DepartmentMembership
from safelight.people.relationships import patients_of, relationship, relationships
from safelight.people.searching import search
from safelight.people.services import assign, break_glass
from safelight.vocabulary.photograph import BreakGlassReason
from safelight.vocabulary.relationships import Relationship

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])
HOUR = timedelta(hours=1)


def test_a_ward_is_close_to_its_patients_and_to_no_others(cast: Cast) -> None:
    both = [cast.petra, cast.pablo]
    assert set(relationships(cast.alice.staff, both).values()) == {Relationship.DEPARTMENT}
    assert set(relationships(cast.bob.staff, both).values()) == {Relationship.NONE}


def test_an_encounter_is_closer_than_a_ward_and_a_name_is_closest(cast: Cast) -> None:
    now = timezone.now()
    assign(cast.alice.staff, cast.petra, actor=None, starts_at=now, encounter=cast.petras_encounter)
    assert relationship(cast.alice.staff, cast.petra) is Relationship.ENCOUNTER
    assign(cast.alice.staff, cast.petra, actor=None, starts_at=now)
    assert relationship(cast.alice.staff, cast.petra) is Relationship.ASSIGNMENT


def test_taking_part_in_an_encounter_ends_with_it(cast: Cast) -> None:
    now = timezone.now()
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=now, encounter=cast.petras_encounter)
    assert relationship(cast.bob.staff, cast.petra) is Relationship.ENCOUNTER
    Encounter.objects.filter(id=cast.petras_encounter).update(status="finished", ended_at=now)
    assert relationship(cast.bob.staff, cast.petra) is Relationship.NONE


@pytest.mark.parametrize(("starts", "ends"), [(HOUR, 2 * HOUR), (-2 * HOUR, -HOUR)])
def test_an_assignment_holds_only_in_its_time(
    cast: Cast, starts: timedelta, ends: timedelta
) -> None:
    now = timezone.now()
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=now + starts, ends_at=now + ends)
    assert relationship(cast.bob.staff, cast.petra) is Relationship.NONE


def test_leaving_a_ward_ends_the_relationship(cast: Cast) -> None:
    DepartmentMembership.objects.update(ends_at=timezone.now())
    assert relationship(cast.alice.staff, cast.petra) is Relationship.NONE
    assert patients_of(cast.alice.staff) == set()


def test_todays_list_is_the_ward_and_those_assigned_by_name(cast: Cast) -> None:
    assert patients_of(cast.alice.staff) == {cast.petra, cast.pablo}
    assert patients_of(cast.bob.staff) == set()
    assign(cast.bob.staff, cast.pablo, actor=None, starts_at=timezone.now())
    assert patients_of(cast.bob.staff) == {cast.pablo}


def test_a_merge_takes_encounters_and_assignments_along(cast: Cast) -> None:
    assign(cast.bob.staff, cast.pablo, actor=None, starts_at=timezone.now())
    merge_patients(cast.pablo, cast.petra, actor=cast.ada.staff)
    assert surviving_patient(cast.pablo) == cast.petra
    assert relationship(cast.bob.staff, cast.petra) is Relationship.ASSIGNMENT
    assert {item.place for item in encounters_of(cast.petra)} == {"Bed 4"}
    assert CareAssignment.objects.filter(patient=cast.pablo).count() == 0


def test_merges_stay_flat_and_are_not_done_twice_nor_into_oneself(cast: Cast) -> None:
    merge_patients(cast.pablo, cast.petra, actor=cast.ada.staff)
    for source, target in [
        (cast.pablo, cast.petra),
        (cast.petra, cast.petra),
        (cast.petra, cast.pablo),
    ]:
        with pytest.raises(PatientNotFoundError):
            merge_patients(source, target, actor=cast.ada.staff)
    assert Patient.objects.get(id=cast.petra).merged_into_id is None


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (None, "called to the resuscitation room"),
        (BreakGlassReason.EMERGENCY, "short"),
        (BreakGlassReason.EMERGENCY, " " * 30),
    ],
)
def test_glass_does_not_break_without_a_reason_and_a_sentence(
    cast: Cast, reason: BreakGlassReason | None, text: str
) -> None:
    charlie, _ = sit_down(cast.charlie)
    with pytest.raises(BreakGlassRefusedError):
        break_glass(charlie, cast.petra, reason, text)
    assert BreakGlassSession.objects.count() == 0
    assert Event.objects.get(tag="people:break-glass:refused").outcome == "denied"


def test_nobody_but_a_clinician_breaks_glass(cast: Cast) -> None:
    for person in (cast.ada, cast.theo, cast.priya):
        with pytest.raises(BreakGlassRefusedError):
            break_glass(person, cast.petra, BreakGlassReason.EMERGENCY, "a long enough text here")


def test_a_search_is_recorded_and_tells_who_is_close(cast: Cast) -> None:
    matches = search(cast.bob, "petra").matches
    assert [match.has_relationship for match in matches] == [False]
    event = Event.objects.get(tag="patient:index:searched")
    assert list(event.objects_told.values_list("object_id", flat=True)) == [cast.petra]
    assert b"petra" not in bytes(event.sealed_details)


def test_nobody_but_clinicians_finds_anybody(cast: Cast) -> None:
    for person in (cast.ada, cast.theo, cast.priya):
        assert search(person, "petra").matches == ()
