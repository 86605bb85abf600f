"""Asking: by whom, whom, about which pictures, for what, and for how long."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.asking import QUESTION, ask_bob, ask_surgery, sees
from tests.cast import Cast
from tests.consenting import agreement_to, signed
from tests.taking import seal, take

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.consulting.errors import (
    AskingRefusedError,
    NothingWrittenError,
    TooMuchWrittenError,
)
from safelight.consulting.models import ColleagueQuestion, QuestionPicture
from safelight.consulting.selectors import asked_of_me, question_for_colleague
from safelight.consulting.services.asking import NewQuestion, ask_colleague
from safelight.engines.policy import SessionState
from safelight.institution.selectors import current_policy
from safelight.people.models import StaffMember
from safelight.people.services import break_glass
from safelight.photos.models import Photograph
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import BreakGlassReason, OpeningReason, Sensitivity
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def test_bob_sees_the_pictures_he_was_asked_about_and_no_other(cast: Cast) -> None:
    first, second, other = (take(cast.alice, cast.petra) for _ in range(3))
    question = ask_bob(cast, [second, first])
    assert question_for_colleague(cast.bob, question).thread.photographs == (second, first)
    assert sees(cast.bob, question, first)
    assert sees(cast.bob, question, second, small=True)
    assert not sees(cast.bob, question, other)


def test_a_question_lasts_as_the_institution_shares_unless_the_asker_says_otherwise(
    cast: Cast,
) -> None:
    picture = take(cast.alice, cast.petra)
    for days, asked in ((current_policy().share_days, None), (2, 2)):
        row = ColleagueQuestion.objects.get(id=ask_bob(cast, [picture], days=asked))
        assert row.ends_at - row.asked_at == timedelta(days=days)


def test_the_asking_is_in_the_record_without_its_words(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    event = Event.objects.get(tag=EventTag.CONSULTING_QUESTION_ASKED)
    assert (event.actor, event.subject, event.purpose) == (cast.alice.staff, cast.petra, "TREAT")
    told = [item.object_id for item in event.objects_told.order_by("position")]
    assert told == [question, picture]
    row = ColleagueQuestion.objects.get(id=question)
    assert QUESTION.encode() not in bytes(row.sealed_question) + bytes(event.sealed_details)


def test_what_is_asked_under_broken_glass_is_told_as_such(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    break_glass(cast.charlie, cast.petra, BreakGlassReason.EMERGENCY, "She was brought to me")
    new = NewQuestion(
        patient=cast.petra, photographs=[picture], text=QUESTION, colleague=cast.bob.staff
    )
    ask_colleague(cast.charlie, new)
    assert Event.objects.get(tag=EventTag.CONSULTING_QUESTION_ASKED).purpose == "BTG"


@pytest.mark.parametrize("who", ["bob", "charlie", "theo", "priya", "ada"])
def test_nobody_asks_about_a_patient_whose_record_they_cannot_open(cast: Cast, who: str) -> None:
    new = NewQuestion(
        patient=cast.petra,
        photographs=[take(cast.alice, cast.petra)],
        text=QUESTION,
        colleague=cast.alice.staff,
    )
    with pytest.raises(AccessRefusedError):
        ask_colleague(getattr(cast, who), new)
    assert not ColleagueQuestion.objects.exists()


def test_a_locked_session_asks_nobody(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    locked = replace(cast, alice=replace(cast.alice, session=SessionState.LOCKED))
    with pytest.raises(AccessRefusedError):
        ask_bob(locked, [picture])


@pytest.mark.parametrize(
    "change",
    [
        {"colleague": None},
        {"colleague": uuid4()},
        {"department": uuid4()},
        {"colleague": None, "department": uuid4()},
        {"days": 0},
        {"days": -3},
        {"days": 31},
        {"purpose": Purpose.PRIVACY_OVERSIGHT},
        {"purpose": Purpose.LECTURE},
        {"purpose": Purpose.SECOND_OPINION},
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_kept(
    cast: Cast, change: dict[str, Any]
) -> None:
    with pytest.raises(AskingRefusedError):
        ask_bob(cast, [take(cast.alice, cast.petra)], **change)
    assert not ColleagueQuestion.objects.exists()


def test_only_a_clinician_who_works_here_is_asked_and_never_oneself(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    StaffMember.objects.filter(id=cast.charlie.staff).update(is_active=False)
    for nobody in (cast.theo, cast.priya, cast.ada, cast.alice, cast.charlie):
        with pytest.raises(AskingRefusedError):
            ask_bob(cast, [picture], colleague=nobody.staff)


def test_a_department_is_asked_only_where_somebody_can_answer(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    StaffMember.objects.filter(id=cast.bob.staff).update(role="teacher")
    with pytest.raises(AskingRefusedError):
        ask_surgery(cast, [picture])


def test_pictures_are_this_patients_and_verified(cast: Cast) -> None:
    hers, pablos = take(cast.alice, cast.petra), take(cast.alice, cast.pablo)
    unverified = seal(cast.alice, cast.petra)
    for wrong in ([], [pablos], [uuid4()], [unverified], [hers, pablos], [hers, uuid4()]):
        with pytest.raises(AskingRefusedError):
            ask_bob(cast, wrong)


def test_a_question_is_about_twenty_pictures_at_most(cast: Cast) -> None:
    pictures = [take(cast.alice, cast.petra) for _ in range(21)]
    with pytest.raises(AskingRefusedError, match="at most 20"):
        ask_bob(cast, pictures)
    ask_bob(cast, pictures[1:])
    assert QuestionPicture.objects.count() == 20


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_a_question_says_something(cast: Cast, text: str) -> None:
    with pytest.raises(NothingWrittenError):
        ask_bob(cast, [take(cast.alice, cast.petra)], text)


def test_a_question_is_not_a_book(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    ask_bob(cast, [picture], "x" * 2000)
    with pytest.raises(TooMuchWrittenError):
        ask_bob(cast, [picture], "x" * 2001)


@pytest.mark.parametrize("sensitivity", [Sensitivity.INTIMATE, Sensitivity.FORENSIC])
def test_a_protected_picture_is_shown_for_a_reason_that_is_kept(
    cast: Cast, sensitivity: Sensitivity
) -> None:
    picture = take(cast.alice, cast.petra, sensitivity=sensitivity)
    with pytest.raises(AskingRefusedError, match="Say why"):
        ask_bob(cast, [picture])
    question = ask_bob(cast, [picture], reason=OpeningReason.EXAMINATION)
    assert ColleagueQuestion.objects.get(id=question).opening_reason == "examination"
    assert sees(cast.bob, question, picture)


def test_a_reason_that_nothing_needs_opens_nothing_later(cast: Cast) -> None:
    """A picture that is found to be intimate afterwards is dark until it is asked about anew."""
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture], reason=OpeningReason.EXAMINATION)
    Photograph.objects.filter(id=picture).update(sensitivity="intimate")
    assert not sees(cast.bob, question, picture)
    found = question_for_colleague(cast.bob, question)
    assert (len(found.pictures), found.dark) == (0, 1)


@pytest.mark.parametrize("purpose", [Purpose.QUALITY_IMPROVEMENT, Purpose.ONE_TO_ONE_TEACHING])
def test_beyond_treatment_a_question_rests_on_what_the_patient_agreed_to(
    cast: Cast, purpose: Purpose
) -> None:
    picture = take(cast.alice, cast.petra)
    with pytest.raises(AskingRefusedError):
        ask_bob(cast, [picture], purpose=purpose)
    visit = signed(cast.alice, cast.petra, [picture], [purpose])
    question = ask_bob(cast, [picture], purpose=purpose)
    assert sees(cast.bob, question, picture)
    withdraw(visit, agreement_to(visit, purpose).id)
    assert not sees(cast.bob, question, picture)
    found = question_for_colleague(cast.bob, question)
    assert (len(found.pictures), found.dark) == (0, 1)


def test_the_list_of_whoever_is_asked_names_no_patient(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    (line,) = asked_of_me(cast.bob)
    assert (line.id, line.asked_by, line.picture_count) == (question, "Alice clinician", 1)
    assert not any(word in str(line) for word in ("Petra", "Okonjo", str(cast.petra), QUESTION))
