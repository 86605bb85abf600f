"""Labelling and moving: all or nothing, each with its event, words sealed."""

from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from tests.cast import PABLO, Cast, admit
from tests.taking import FOREARM, forearm, jpeg, seal, take, take_labelled

from safelight.audit.models import Event
from safelight.institution.models import Department
from safelight.photos import moving
from safelight.photos.errors import LabelRefusedError, MoveRefusedError
from safelight.photos.labels import label_photographs
from safelight.photos.models import Photograph, RenditionRow, UnfinishedMove
from safelight.photos.moving import MoveReason
from safelight.photos.rules import Label
from safelight.photos.selectors import count_unlabelled, photograph, unlabelled_by
from safelight.release.access import view_timeline
from safelight.release.changes import label, move
from safelight.release.errors import AccessRefusedError
from safelight.vault.keystore.models import Grant
from safelight.vocabulary.laterality import Laterality
from safelight.vocabulary.photograph import ImageView, Sensitivity

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
WORDS = "a scar like a half moon"


def test_ten_pictures_are_labelled_at_once_each_with_its_own_event(cast: Cast) -> None:
    pictures = [take(cast.alice, cast.petra) for _ in range(10)]
    assert count_unlabelled(cast.alice.staff) == 10
    assert label(cast.alice, pictures, forearm(description=WORDS)) == 10
    assert unlabelled_by(cast.alice.staff) == []
    assert Event.objects.filter(tag="photograph:label:changed").count() == 10
    seen = photograph(pictures[0])
    assert (seen.body_site, seen.laterality, seen.description) == (FOREARM, "left", WORDS)


def test_the_description_is_sealed_in_the_row_and_in_the_event(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    label(cast.alice, [picture], forearm(description=WORDS))
    row, event = Photograph.objects.get(), Event.objects.get(tag="photograph:label:changed")
    assert WORDS.encode() not in bytes(row.sealed_description) + bytes(event.sealed_details)


def test_one_that_cannot_be_labelled_leaves_all_unlabelled(cast: Cast) -> None:
    good, waiting = take(cast.alice, cast.petra), seal(cast.alice, cast.petra)
    for other in (waiting, uuid4()):
        with pytest.raises(LabelRefusedError):
            label_photographs(cast.alice.staff, [good, other], forearm())
    assert count_unlabelled(cast.alice.staff) == 1


def test_somebody_elses_patient_is_not_labelled(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    with pytest.raises(AccessRefusedError):
        label(cast.bob, [picture], forearm())


def test_an_encounter_of_another_patient_is_refused(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    wrong = Label(
        body_site=FOREARM,
        laterality=Laterality.LEFT,
        view=ImageView.OVERVIEW,
        sensitivity=Sensitivity.ORDINARY,
        encounter=cast.pablos_encounter,
    )
    with pytest.raises(LabelRefusedError):
        label(cast.alice, [picture], wrong)


@pytest.mark.parametrize(
    ("site", "side"),
    [("0", Laterality.LEFT), (FOREARM, Laterality.NOT_APPLICABLE), ("", Laterality.LEFT)],
)
def test_a_site_must_be_known_and_have_the_side(site: str, side: Laterality) -> None:
    with pytest.raises(LabelRefusedError):
        Label(
            body_site=site, laterality=side, view=ImageView.OTHER, sensitivity=Sensitivity.ORDINARY
        )


def test_a_moved_picture_keeps_its_label_and_its_words_under_the_new_patient(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    label(cast.alice, [picture], forearm(description=WORDS))
    [moved] = move(cast.alice, [picture], cast.pablo, MoveReason.WRONG_PATIENT_OPEN)
    seen = photograph(moved)
    assert (seen.patient, seen.body_site, seen.description) == (cast.pablo, FOREARM, WORDS)
    assert seen.moved_from == picture
    assert seen.encounter is None
    listed = [item.id for item in view_timeline(cast.alice, cast.petra).photographs]
    assert picture not in listed


def test_the_same_file_may_be_sent_again_to_the_record_it_was_moved_from(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra, jpeg(5))
    move(cast.alice, [picture], cast.pablo, MoveReason.FILES)
    assert take(cast.alice, cast.petra, jpeg(5)) != picture


def test_a_picture_is_moved_once_and_not_to_where_it_is(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    with pytest.raises(MoveRefusedError):
        move(cast.alice, [picture], cast.petra, MoveReason.OTHER)
    move(cast.alice, [picture], cast.pablo, MoveReason.OTHER)
    with pytest.raises((MoveRefusedError, AccessRefusedError)):
        move(cast.alice, [picture], cast.pablo, MoveReason.OTHER)
    assert Photograph.objects.filter(patient=cast.pablo).count() == 1


def test_nobody_moves_a_picture_to_a_patient_they_do_not_treat(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    stranger, _ = admit(PABLO, Department.objects.get(id=cast.surgery))
    with pytest.raises(MoveRefusedError, match="care relationship"):
        move(cast.alice, [picture], stranger, MoveReason.OTHER)


def holders(photograph: UUID) -> set[UUID]:
    """The patients whose care custodian holds a key to any form of this photograph."""
    objects = RenditionRow.objects.filter(photograph=photograph).values_list("id", flat=True)
    grants = Grant.objects.filter(object_id__in=list(objects), custodian__kind="care")
    return set(grants.values_list("custodian__owner", flat=True))


@pytest.mark.parametrize("step", ["_move_rows", "drop_grants"])
def test_a_move_that_a_crash_cut_off_leaves_keys_with_one_record_only(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    picture = take(cast.alice, cast.petra)
    with monkeypatch.context() as patch:
        patch.setattr(moving, step, _crash)
        with pytest.raises(SystemExit):
            move(cast.alice, [picture], cast.pablo, MoveReason.OTHER)
    is_moved = step == "drop_grants"
    place = Photograph.objects.get(moved_from=picture).id if is_moved else picture
    assert holders(place) == {cast.petra, cast.pablo}
    UnfinishedMove.objects.update(started_at=timezone.now() - moving.LONGEST_MOVE)
    assert moving.settle_unfinished_moves() == 1
    assert holders(place) == {cast.pablo if is_moved else cast.petra}


def _crash(*_args: object, **_kwargs: object) -> None:
    raise SystemExit


def test_a_move_under_way_is_not_started_a_second_time(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    UnfinishedMove.objects.create(photograph_id=picture, source=cast.petra, target=cast.pablo)
    with pytest.raises(MoveRefusedError, match="just now"):
        move(cast.alice, [picture], cast.pablo, MoveReason.OTHER)
