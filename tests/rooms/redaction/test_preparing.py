"""A picture is looked at, covered, looked at again and approved; only then is it another picture."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.consenting import TEACHING, signed
from tests.looking import asks, opens, reasons
from tests.preparing import (
    FACE,
    ToldScanner,
    covering,
    face,
    prepare,
    saying,
    scanner_that_finds,
    seated,
)
from tests.taking import take

from safelight.audit.models import Event
from safelight.engines.imaging import MalformedPlanError
from safelight.engines.policy import Reason
from safelight.photos.models import RenditionRow
from safelight.redaction.errors import (
    ChangedMeanwhileError,
    LeftoverError,
    MalformedDraftError,
    NothingPreparedError,
    ScanFailedError,
    UndecidedError,
)
from safelight.redaction.looking import look
from safelight.redaction.models import Redaction
from safelight.redaction.rules import Answer, Answered, Kept, Sought
from safelight.redaction.selectors import checked, preparation
from safelight.redaction.services import approve, save_draft
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.vault.models import SealedObject
from safelight.vault.ports import blob_store
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.identifiability import Overlooked, Region
from safelight.vocabulary.photograph import Rendition, Sensitivity

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ONE, LECTURE = TEACHING


@pytest.fixture
def told() -> Iterator[ToldScanner]:
    """A scanner that proposes one face, and finds nothing in the result."""
    with scanner_that_finds([face()]) as scanner:
        yield scanner


def tags() -> list[str]:
    return list(Event.objects.order_by("number").values_list("tag", flat=True))


def test_looking_proposes_and_is_recorded_as_a_look_at_the_original(
    cast: Cast, told: ToldScanner
) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    assert preparation(alice, picture).sought is None
    (found,) = look(alice, picture)
    assert found.region == FACE
    assert preparation(alice, picture).sought == Sought((found,), is_done=True)
    assert tags()[-1] == EventTag.PHOTOGRAPH_ORIGINAL_VIEWED
    assert look(alice, picture) == (found,)
    assert len(told.looks) == 1


def test_until_it_is_approved_only_who_prepares_it_sees_it(cast: Cast, told: ToldScanner) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    signed(cast.alice, cast.petra, [picture], [ONE])
    save_draft(alice, picture, covering(FACE))
    draft = Asked(alice.session_key, picture, Rendition.REDACTED_DRAFT)
    assert open_photograph(draft).content
    for_theo = asks(cast.theo, picture, ONE, Rendition.REDACTED_DRAFT)
    assert Reason.FORM_NOT_APPROVED in reasons(for_theo)
    assert not opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))
    assert opens(asks(cast.theo, picture, ONE))  # as it was agreed to: nothing has changed yet


def test_from_the_approval_on_it_is_the_only_form_for_use(cast: Cast, told: ToldScanner) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    signed(cast.alice, cast.petra, [picture], [ONE])
    assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED))
    assert opens(asks(cast.theo, picture, ONE, Rendition.REDACTED_THUMBNAIL))
    for taken in (Rendition.DISPLAY, Rendition.THUMBNAIL, Rendition.ORIGINAL):
        assert Reason.PICTURE_NOT_LISTED in reasons(asks(cast.theo, picture, ONE, taken))


def test_those_who_treat_the_patient_still_see_it_as_it_was_taken(
    cast: Cast, told: ToldScanner
) -> None:
    picture = take(cast.alice, cast.petra)
    alice = prepare(cast.alice, picture)
    assert open_photograph(Asked(alice.session_key, picture, Rendition.DISPLAY)).content


@pytest.mark.parametrize(
    "left_open",
    [
        covering(),
        covering(Region(60, 40, 10, 10)),
        covering(kept=[Kept("1", "")]),
        covering(kept=[Kept("1", "no")]),
        saying(covering(FACE), Overlooked.TATTOO, Answered(Answer.STAYS)),
    ],
    ids=["nothing covered", "beside it", "no reason", "no real reason", "stays without a reason"],
)
def test_everything_found_is_decided_about(
    cast: Cast, told: ToldScanner, left_open: object
) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    with pytest.raises(UndecidedError):
        save_draft(alice, picture, left_open)  # type: ignore[arg-type] # drafts
    with pytest.raises(NothingPreparedError):
        checked(alice, picture)


def test_every_question_is_answered(cast: Cast, told: ToldScanner) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    draft = covering(FACE)
    answers = dict(draft.answers)
    del answers[Overlooked.ROOM]
    with pytest.raises(UndecidedError):
        save_draft(alice, picture, type(draft)(draft.plan, draft.kept, answers))


def test_what_stays_visible_stays_for_a_reason_that_is_shown(cast: Cast, told: ToldScanner) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    told.left = (face(),)
    save_draft(alice, picture, covering(kept=[Kept("1", "eyes: needed for diagnosis")]))
    result = checked(alice, picture)
    assert [(item.is_covered, item.reason) for item in result.decided] == [
        (False, "eyes: needed for diagnosis")
    ]
    assert [item.reason for item in result.leftovers] == ["eyes: needed for diagnosis"]
    approve(alice, picture, result.version, {})


@pytest.mark.parametrize("around", [Region(0, 0, 90, 60), Region(18, 0, 60, 60)])
def test_a_reason_for_something_small_is_none_for_something_large_around_it(
    cast: Cast, told: ToldScanner, around: Region
) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    told.left = (face(around),)
    save_draft(alice, picture, covering(kept=[Kept("1", "a scar on the chin")]))
    result = checked(alice, picture)
    assert [item.reason for item in result.leftovers] == [""]
    with pytest.raises(LeftoverError):
        approve(alice, picture, result.version, {})


def test_what_is_still_found_blocks_until_somebody_says_why_it_may_stay(
    cast: Cast, told: ToldScanner
) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    told.left = (face(Region(60, 10, 20, 20)),)
    save_draft(alice, picture, covering(FACE))
    result = checked(alice, picture)
    (left,) = result.leftovers
    for nothing_said in ({}, {left.id: " "}, {"other": "a fold of skin"}):
        with pytest.raises(LeftoverError):
            approve(alice, picture, result.version, nothing_said)
    assert not RenditionRow.objects.filter(rendition=Rendition.REDACTED.value).exists()
    approve(alice, picture, result.version, {left.id: "a fold of skin"})
    assert RenditionRow.objects.filter(rendition=Rendition.REDACTED.value).exists()


def test_a_result_that_changed_meanwhile_is_not_approved(cast: Cast, told: ToldScanner) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    save_draft(alice, picture, covering(FACE))
    seen = checked(alice, picture).version
    save_draft(alice, picture, covering(FACE, Region(0, 0, 9, 9)))
    with pytest.raises(ChangedMeanwhileError):
        approve(alice, picture, seen, {})


def test_a_failed_look_proposes_nothing_and_approves_nothing(cast: Cast, told: ToldScanner) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    told.fails = True
    with pytest.raises(ScanFailedError):
        look(alice, picture)
    with pytest.raises(ScanFailedError):
        save_draft(alice, picture, covering(FACE))
    with pytest.raises(NothingPreparedError):
        approve(alice, picture, 0, {})
    assert preparation(alice, picture).sought is None


def test_a_look_that_fails_at_the_result_leaves_the_result_before(
    cast: Cast, told: ToldScanner
) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    save_draft(alice, picture, covering(FACE))
    before = checked(alice, picture)
    told.fails = True
    with pytest.raises(ScanFailedError):
        save_draft(alice, picture, covering(FACE, Region(50, 10, 10, 10)))
    assert checked(alice, picture) == before


def test_a_saved_result_leaves_nothing_of_the_one_before(cast: Cast, told: ToldScanner) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    save_draft(alice, picture, covering(FACE))
    before = Redaction.objects.get()
    save_draft(alice, picture, covering(FACE, Region(50, 10, 10, 10)))
    gone = {item for item in (before.display, before.thumbnail) if item}
    assert len(gone) == 2
    assert not SealedObject.objects.filter(id__in=gone).exists()
    assert not gone & {object_id for object_id, _ in blob_store().ids()}


@pytest.mark.parametrize(
    "verb",
    [
        look,
        preparation,
        lambda asker, picture: save_draft(asker, picture, covering(FACE)),
        checked,
        lambda asker, picture: approve(asker, picture, 1, {}),
    ],
    ids=["look", "preparation", "save", "checked", "approve"],
)
@pytest.mark.parametrize("name", ["bob", "charlie", "theo", "priya", "ada"])
def test_nobody_prepares_a_picture_of_somebody_they_do_not_treat(
    cast: Cast, told: ToldScanner, verb: object, name: str
) -> None:
    picture = take(cast.alice, cast.petra)
    with pytest.raises(AccessRefusedError):
        verb(seated(getattr(cast, name)), picture)  # type: ignore[operator] # verbs
    assert not Redaction.objects.exists()
    assert told.looks == []


@pytest.mark.parametrize(
    "region", [Region(-5, -5, 3, 3), Region(500, 500, 9, 9)], ids=["before it", "beyond it"]
)
def test_a_mask_outside_the_picture_covers_nothing(
    cast: Cast, told: ToldScanner, region: Region
) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    with pytest.raises((UndecidedError, MalformedPlanError)):
        save_draft(alice, picture, covering(region))


def test_a_reason_for_something_that_was_never_found_is_refused(
    cast: Cast, told: ToldScanner
) -> None:
    picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
    with pytest.raises(MalformedDraftError):
        save_draft(alice, picture, covering(FACE, kept=[Kept("9", "never found")]))


def test_an_intimate_picture_is_prepared_for_a_stated_reason_only(
    cast: Cast, told: ToldScanner
) -> None:
    picture = take(cast.alice, cast.petra, sensitivity=Sensitivity.INTIMATE)
    with pytest.raises(AccessRefusedError):
        look(seated(cast.alice), picture)


def test_every_step_is_an_event_that_names_the_picture(cast: Cast, told: ToldScanner) -> None:
    picture = take(cast.alice, cast.petra)
    prepare(cast.alice, picture)
    made = Event.objects.filter(tag__startswith="photograph:redaction:").order_by("number")
    assert [event.tag for event in made] == [
        EventTag.PHOTOGRAPH_REDACTION_PREPARED,
        EventTag.PHOTOGRAPH_REDACTION_APPROVED,
    ]
    for event in made:
        assert event.subject == cast.petra
        told_of = event.objects_told.values_list("object_id", flat=True)
        assert picture in {UUID(str(item)) for item in told_of}
