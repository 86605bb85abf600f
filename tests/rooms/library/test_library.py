"""The library holds what may be taught with, and tells of nothing else."""

from uuid import UUID, uuid4

import pytest
from tests.cast import Cast
from tests.consenting import agreement_to, signed
from tests.taking import forearm, take, take_labelled

from safelight.audit.models import Event
from safelight.consent.selectors.agreed import Acceptance, acceptance
from safelight.consent.services.ending import withdraw
from safelight.library.errors import LibraryRefusedError
from safelight.library.models import Description
from safelight.library.rules import CaseWords, SkinTone, Wanted, Words
from safelight.library.selectors import collection, collections, library_picture, search
from safelight.library.services import (
    collect,
    describe,
    make_collection,
    remove_collection,
    take_out,
    write_collection,
)
from safelight.photos.labels import label_photographs
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
EVERYTHING = Wanted()
LECTURE, CONFERENCE = Purpose.LECTURE, Purpose.CONFERENCE
ECZEMA = Words("Atopic eczema", SkinTone.DARK, ("flexural", "xerosis"))


def agreed(cast: Cast, *purposes: Purpose) -> UUID:
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], purposes or (LECTURE,))
    return picture


def ids(shelf) -> list[UUID]:
    return [item.photograph for item in shelf.pictures]


def test_it_holds_what_was_agreed_to_with_each_audience(cast: Cast) -> None:
    picture = agreed(cast, LECTURE, CONFERENCE)
    (found,) = search(cast.theo, EVERYTHING).pictures
    assert found.photograph == picture
    assert [use.purpose for use in found.uses] == [LECTURE, CONFERENCE]


def test_it_holds_nothing_that_was_agreed_to_for_something_else(cast: Cast) -> None:
    take_labelled(cast.alice, cast.petra)
    picture = take_labelled(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], [Purpose.QUALITY_IMPROVEMENT])
    shelf = search(cast.theo, EVERYTHING)
    assert (ids(shelf), shelf.total) == ([], 0)
    assert all(not counts for counts in shelf.facets.counts.values())


def test_what_is_taken_back_is_gone_from_list_count_facet_search_and_collection(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
    describe(cast.theo, picture, ECZEMA)
    mine = make_collection(cast.theo, CaseWords("Eczema"))
    collect(cast.theo, mine, picture)
    withdraw(visit, agreement_to(visit, LECTURE).id)
    for wanted in (EVERYTHING, Wanted(text="eczema"), Wanted(skin_tone=SkinTone.DARK.value)):
        shelf = search(cast.theo, wanted)
        assert (ids(shelf), shelf.total) == ([], 0)
        assert all(not counts for counts in shelf.facets.counts.values())
    assert collection(cast.theo, mine).pictures == []
    assert [line.count for line in collections(cast.theo)] == [0]
    with pytest.raises(AccessRefusedError):
        library_picture(cast.theo, picture)
    with pytest.raises(AccessRefusedError):
        describe(cast.theo, picture, ECZEMA)


@pytest.mark.parametrize("who", ["priya", "ada"])
def test_a_role_that_opens_nothing_finds_nothing(cast: Cast, who: str) -> None:
    agreed(cast)
    assert search(getattr(cast, who), EVERYTHING).total == 0


def test_an_intimate_picture_is_in_no_library(cast: Cast) -> None:
    picture = agreed(cast)
    label_photographs(cast.alice.staff, [picture], forearm(Sensitivity.INTIMATE))
    assert search(cast.theo, EVERYTHING).total == 0


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        (Wanted(text="eczema flexural"), True),
        (Wanted(text="ECZ"), True),
        (Wanted(text="forearm"), True),
        (Wanted(text="psoriasis"), False),
        (Wanted(skin_tone=SkinTone.DARK.value), True),
        (Wanted(skin_tone=SkinTone.LIGHT.value), False),
        (Wanted(purpose=LECTURE.value), True),
        (Wanted(purpose=CONFERENCE.value), False),
        (Wanted(view="close-up"), True),
        (Wanted(view="overview"), False),
        (Wanted(site="14975008"), True),
        (Wanted(site="no such site"), False),
    ],
    ids=repr,
)
def test_it_is_searched_by_site_view_tone_audience_and_words(
    cast: Cast,
    wanted: Wanted,
    is_found: bool,  # noqa: FBT001 - of the table
) -> None:
    picture = agreed(cast)
    describe(cast.theo, picture, ECZEMA)
    assert ids(search(cast.theo, wanted)) == ([picture] if is_found else [])


def test_facets_count_what_could_be_chosen_instead(cast: Cast) -> None:
    dark, light = agreed(cast), agreed(cast)
    describe(cast.theo, dark, ECZEMA)
    describe(cast.theo, light, Words("Atopic eczema", SkinTone.LIGHT))
    counts = search(cast.theo, Wanted(skin_tone=SkinTone.DARK.value)).facets.counts
    assert counts["skin_tone"] == {SkinTone.DARK.value: 1, SkinTone.LIGHT.value: 1}
    assert counts["purpose"] == {LECTURE.value: 1}


def test_a_search_is_in_the_record_with_what_it_listed(cast: Cast) -> None:
    picture = agreed(cast)
    search(cast.theo, Wanted(text="forearm"))
    event = Event.objects.get(tag=EventTag.LIBRARY_SEARCHED)
    assert event.actor == cast.theo.staff
    assert [item.object_id for item in event.objects_told.all()] == [picture]


def test_what_is_written_of_a_picture_is_sealed(cast: Cast) -> None:
    picture = agreed(cast)
    describe(cast.theo, picture, ECZEMA)
    assert b"eczema" not in bytes(Description.objects.get().sealed_words)
    assert library_picture(cast.theo, picture).words == ECZEMA


def test_nobody_describes_or_collects_what_they_may_not_teach_with(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    mine = make_collection(cast.theo, CaseWords("Eczema"))
    for photograph in (picture, uuid4()):
        with pytest.raises(AccessRefusedError):
            describe(cast.theo, photograph, ECZEMA)
        with pytest.raises(AccessRefusedError):
            collect(cast.theo, mine, photograph)


def test_a_collection_becomes_a_case_and_may_be_opened_to_others(cast: Cast) -> None:
    picture = agreed(cast)
    mine = make_collection(cast.theo, CaseWords("Itching arms"))
    collect(cast.theo, mine, picture)
    assert collections(cast.alice) == []
    case = CaseWords("Itching arms", "Seven years old, since spring.", ("What is it?", "What now?"))
    write_collection(cast.theo, mine, case, is_open=True)
    seen = collection(cast.alice, mine)
    assert (seen.words, seen.words.is_case, seen.is_own) == (case, True, False)
    assert [item.photograph for item in seen.pictures] == [picture]


def test_a_case_is_read_by_others_while_all_its_pictures_may_be_shown(cast: Cast) -> None:
    kept, taken_back = agreed(cast), take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [taken_back], [CONFERENCE])
    mine = make_collection(cast.theo, CaseWords("Itching arms"))
    for picture in (kept, taken_back):
        collect(cast.theo, mine, picture)
    case = CaseWords("Itching arms", "Seven years old, since spring.", ("What is it?",))
    write_collection(cast.theo, mine, case, is_open=True)
    assert collection(cast.alice, mine).words == case
    withdraw(visit, agreement_to(visit, CONFERENCE).id)
    assert collection(cast.alice, mine).words == CaseWords("Itching arms")
    assert collection(cast.theo, mine).words == case


def test_a_case_without_a_picture_that_may_be_shown_is_told_to_nobody_else(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [LECTURE])
    mine = make_collection(cast.theo, CaseWords("Itching arms"))
    collect(cast.theo, mine, picture)
    write_collection(cast.theo, mine, CaseWords("Itching arms", "Seven years old."), is_open=True)
    withdraw(visit, agreement_to(visit, LECTURE).id)
    assert collections(cast.alice) == []
    with pytest.raises(AccessRefusedError):
        collection(cast.alice, mine)
    assert collection(cast.theo, mine).words.history


def test_only_its_owner_changes_a_collection(cast: Cast) -> None:
    picture = agreed(cast)
    mine = make_collection(cast.theo, CaseWords("Eczema"))
    write_collection(cast.theo, mine, CaseWords("Eczema"), is_open=True)
    for do in (
        lambda: write_collection(cast.alice, mine, CaseWords("Mine now"), is_open=True),
        lambda: collect(cast.alice, mine, picture),
        lambda: take_out(cast.alice, mine, picture),
        lambda: remove_collection(cast.alice, mine),
    ):
        with pytest.raises(AccessRefusedError):
            do()


def test_a_removed_collection_is_read_by_nobody(cast: Cast) -> None:
    mine = make_collection(cast.theo, CaseWords("Eczema"))
    remove_collection(cast.theo, mine)
    assert collections(cast.theo) == []
    with pytest.raises(AccessRefusedError):
        collection(cast.theo, mine)


@pytest.mark.parametrize(
    "words",
    [
        Words("x" * 121),
        Words(tags=("x" * 121,)),
        Words(tags=tuple(f"tag {number}" for number in range(13))),
    ],
    ids=["a long diagnosis", "a long tag", "many tags"],
)
def test_too_many_words_are_refused(cast: Cast, words: Words) -> None:
    picture = agreed(cast)
    with pytest.raises(LibraryRefusedError):
        describe(cast.theo, picture, words)


def test_acceptance_counts_each_patient_once_and_by_their_newest_word(cast: Cast) -> None:
    first, second = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [first], [CONFERENCE], no=[LECTURE])
    assert acceptance([LECTURE, CONFERENCE]) == {
        LECTURE: Acceptance(0, 1),
        CONFERENCE: Acceptance(1, 1),
    }
    signed(cast.alice, cast.petra, [second], [LECTURE])
    assert acceptance([LECTURE])[LECTURE] == Acceptance(1, 1)
