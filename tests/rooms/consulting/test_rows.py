"""Mallory writes to the rows of a question. What was sealed decides, and altered rows show nothing."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from tests.asking import ANSWER, QUESTION, ask_bob, ask_surgery, sees
from tests.cast import Cast
from tests.consenting import proposal_of, visit_to
from tests.taking import take

from safelight.consulting.giving import given_of
from safelight.consulting.models import ColleagueQuestion, QuestionPicture, ThreadEntry
from safelight.consulting.selectors import (
    question_for_colleague,
    question_for_treating,
    questions_about,
)
from safelight.consulting.services.ending import close_question, extend_question, revoke_question
from safelight.consulting.services.thread import answer
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph
from safelight.photos.moving import MoveReason, move_photograph
from safelight.release.access import open_record
from safelight.release.errors import AccessRefusedError

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def add(question: UUID, photograph: UUID) -> None:
    QuestionPicture.objects.create(question_id=question, photograph_id=photograph, position=9)


def test_a_picture_that_was_added_to_the_rows_is_dark_and_so_is_the_rest(cast: Cast) -> None:
    asked, other = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    pablos = take(cast.alice, cast.pablo)
    question = ask_bob(cast, [asked])
    add(question, other)
    assert not any(sees(cast.bob, question, item) for item in (asked, other, pablos))
    with pytest.raises(AccessRefusedError):
        question_for_colleague(cast.bob, question)


def test_another_patients_picture_is_dark_though_the_terms_are_copied_as_well(cast: Cast) -> None:
    pablos = take(cast.alice, cast.pablo)
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    QuestionPicture.objects.filter(question=question).update(photograph=pablos)
    assert not sees(cast.bob, question, pablos)


@pytest.mark.parametrize(
    "alter",
    [
        lambda cast: {"colleague": cast.charlie.staff},
        lambda cast: {"patient": cast.pablo},
        lambda _: {"ends_at": timezone.now() + timedelta(days=300)},
        lambda _: {"asked_at": timezone.now() - timedelta(minutes=1)},
        lambda _: {"purpose": "quality-improvement"},
        lambda _: {"opening_reason": "report"},
        lambda cast: {"asked_by": cast.charlie.staff},
        lambda _: {"sealed_terms": b"nothing that was ever sealed"},
    ],
)
def test_an_altered_question_shows_nobody_anything_and_is_not_made_good(
    cast: Cast, alter: Callable[[Cast], dict[str, object]]
) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    ColleagueQuestion.objects.filter(id=question).update(**alter(cast))
    for somebody in (cast.bob, cast.charlie):
        assert not sees(somebody, question, picture)
    for verb in (
        lambda: answer(cast.bob, question, ANSWER),
        lambda: extend_question(cast.alice, question, 3),
    ):
        with pytest.raises(AccessRefusedError):
            verb()
    assert questions_about(open_record(cast.alice, cast.petra)) == []
    assert given_of(visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))) == []


def test_an_end_is_not_undone_in_the_rows(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    for end in (close_question, revoke_question):
        question = ask_bob(cast, [picture])
        end(cast.alice, question)
        ColleagueQuestion.objects.filter(id=question).update(closed_at=None, revoked_at=None)
        assert not sees(cast.bob, question, picture)


def test_a_question_to_a_department_is_not_taken_in_the_rows(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_surgery(cast, [picture])
    ColleagueQuestion.objects.filter(id=question).update(colleague=cast.charlie.staff)
    assert not sees(cast.charlie, question, picture)


def test_words_cannot_be_moved_to_another_thread_or_another_mouth(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    one, two = ask_bob(cast, [picture]), ask_bob(cast, [picture], "Another question")
    answer(cast.bob, one, ANSWER)
    for change in ({"question": two}, {"question": one, "written_by": cast.charlie.staff}):
        ThreadEntry.objects.update(**change)
        for question, text in ((one, QUESTION), (two, "Another question")):
            thread = question_for_treating(cast.alice, question)[1]
            assert [item.text for item in thread.entries] == [text]


def test_a_picture_that_is_moved_to_another_patient_goes_dark_under_both_ids(cast: Cast) -> None:
    stays, goes = take(cast.alice, cast.petra), take(cast.alice, cast.petra)
    question = ask_bob(cast, [stays, goes])
    moved = move_photograph(
        goes, cast.pablo, actor=cast.alice.staff, reason=MoveReason.WRONG_PATIENT_OPEN
    )
    assert not sees(cast.bob, question, goes)
    assert not sees(cast.bob, question, moved)
    assert sees(cast.bob, question, stays)
    found = question_for_colleague(cast.bob, question)
    assert ([item.id for item in found.pictures], found.dark) == ([stays], 1)


def test_a_picture_that_is_given_to_another_patient_in_the_rows_is_dark(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    Photograph.objects.filter(id=picture).update(patient=cast.pablo)
    assert not sees(cast.bob, question, picture)


def test_a_question_that_never_was_shows_nothing(cast: Cast) -> None:
    assert not sees(cast.bob, uuid4(), take(cast.alice, cast.petra))


def test_whoever_left_answers_no_more(cast: Cast) -> None:
    """The person is found anew by each request; the session of somebody who left is none."""
    question = ask_surgery(cast, [take(cast.alice, cast.petra)])
    StaffMember.objects.get(id=cast.bob.staff).memberships.update(ends_at=timezone.now())
    with pytest.raises(AccessRefusedError):
        question_for_colleague(cast.bob, question)
