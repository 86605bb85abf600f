"""The thread: taken by one, answered, gone on with, closed, taken back; and who reads it when."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone
from tests.asking import ANSWER, QUESTION, ask_bob, ask_surgery, sees
from tests.cast import PETRA, Cast, hire
from tests.consenting import proposal_of, visit_to
from tests.taking import take

from safelight.audit.models import Event
from safelight.consulting.errors import (
    AskingRefusedError,
    NothingWrittenError,
    QuestionOverError,
    QuestionTakenError,
)
from safelight.consulting.giving import given_of
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.rules import QuestionState
from safelight.consulting.seals import seal_terms
from safelight.consulting.selectors import (
    asked_by_me,
    asked_of_me,
    count_waiting,
    line_for_colleague,
    question_for_colleague,
    question_for_treating,
    questions_about,
    recently_asked,
)
from safelight.consulting.services.ending import close_question, extend_question, revoke_question
from safelight.consulting.services.thread import answer, go_on, take_question
from safelight.engines.policy import ReferenceState, SessionState
from safelight.institution.models import Department
from safelight.institution.selectors import current_policy
from safelight.patients.services import end_encounter, register_patient
from safelight.people.asker import Asker
from safelight.people.merging import merge_patients
from safelight.people.services import assign
from safelight.release.access import open_record
from safelight.release.errors import AccessRefusedError
from safelight.release.given import GivenAs
from safelight.release.looks import WHEN_ASKED, who_looked
from safelight.vocabulary.age_bands import AgeBand
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.roles import Role

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def surgeon(cast: Cast, name: str) -> Asker:
    return hire(name, Role.CLINICIAN, Department.objects.get(id=cast.surgery))


def texts(asker: Asker, question: UUID) -> list[tuple[str, str]]:
    thread = question_for_treating(asker, question)[1]
    return [(item.name.split()[0], item.text) for item in thread.entries]


def run_out(question: UUID) -> None:
    """As if it had been asked long ago; the terms are sealed as they would have been."""
    row = ColleagueQuestion.objects.get(id=question)
    row.asked_at = timezone.now() - timedelta(days=8)
    row.ends_at = timezone.now() - timedelta(days=1)
    row.sealed_terms = seal_terms(row)
    row.save()


def test_both_sides_write_and_the_treating_team_reads_it_also_after_the_close(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    answer(cast.bob, question, ANSWER)
    go_on(cast.alice, question, "Thank you. Under which cover?")
    answer(cast.bob, question, "None needed.")
    close_question(cast.alice, question)
    (thread,) = questions_about(open_record(cast.alice, cast.petra), picture)
    assert thread.line.state is QuestionState.CLOSED
    assert texts(cast.alice, question) == [
        ("Alice", QUESTION),
        ("Bob", ANSWER),
        ("Alice", "Thank you. Under which cover?"),
        ("Bob", "None needed."),
    ]


def test_whoever_has_the_last_word_waits_for_the_other(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    assert (count_waiting(cast.alice), count_waiting(cast.bob)) == (0, 1)
    answer(cast.bob, question, ANSWER)
    assert (count_waiting(cast.alice), count_waiting(cast.bob)) == (1, 0)
    go_on(cast.alice, question, "And if she has fever?")
    assert (count_waiting(cast.alice), count_waiting(cast.bob)) == (0, 1)
    close_question(cast.alice, question)
    assert (count_waiting(cast.alice), count_waiting(cast.bob)) == (0, 0)
    assert (asked_by_me(cast.alice), asked_of_me(cast.bob)) == ([], [])


def test_the_colleague_learns_no_name_but_age_and_sex(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    found = question_for_colleague(cast.bob, question)
    assert (found.age, found.sex, found.patient) == (AgeBand(50, 59), "female", None)


def test_a_colleague_who_treats_the_patient_anyway_is_told_the_name(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    patient = question_for_colleague(cast.bob, question).patient
    assert patient is not None
    assert patient.identity.given == "Petra"


def test_the_reading_of_a_question_is_recorded(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    question_for_colleague(cast.bob, question)
    event = Event.objects.get(tag=EventTag.CONSULTING_QUESTION_READ)
    assert (event.actor, event.subject) == (cast.bob.staff, cast.petra)


def test_who_looked_says_that_a_colleague_was_asked(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    assert sees(cast.bob, ask_bob(cast, [picture]), picture)
    lines = [(look.who, look.action) for look in who_looked(cast.alice, picture).looks]
    assert lines[0] == ("Bob clinician", WHEN_ASKED)
    assert ("Alice clinician", "Asked a colleague about it") in lines


def test_one_of_a_department_takes_a_question_and_the_others_see_that(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    rhea = surgeon(cast, "rhea")
    question = ask_surgery(cast, [picture])
    assert [line.is_untaken for line in asked_of_me(rhea)] == [True]
    assert not sees(cast.bob, question, picture)
    with pytest.raises(AccessRefusedError):
        question_for_colleague(cast.bob, question)
    take_question(cast.bob, question)
    take_question(cast.bob, question)
    assert sees(cast.bob, question, picture)
    assert not sees(rhea, question, picture)
    assert line_for_colleague(rhea, question).colleague == "Bob clinician"
    assert (count_waiting(rhea), count_waiting(cast.bob)) == (0, 1)
    for verb in (lambda: take_question(rhea, question), lambda: answer(rhea, question, ANSWER)):
        with pytest.raises(QuestionTakenError):
            verb()
    with pytest.raises(AccessRefusedError):
        question_for_colleague(rhea, question)
    assert Event.objects.filter(tag=EventTag.CONSULTING_QUESTION_TAKEN).count() == 1


def test_nobody_outside_the_department_takes_its_question(cast: Cast) -> None:
    question = ask_surgery(cast, [take(cast.alice, cast.petra)])
    for nobody in (cast.charlie, cast.theo, cast.alice):
        with pytest.raises(AccessRefusedError):
            take_question(nobody, question)


def test_an_answer_to_a_question_that_was_not_taken_is_refused(cast: Cast) -> None:
    question = ask_surgery(cast, [take(cast.alice, cast.petra)])
    with pytest.raises(QuestionTakenError):
        answer(cast.bob, question, ANSWER)


@pytest.mark.parametrize("end", [close_question, revoke_question])
def test_after_its_end_a_question_shows_and_takes_nothing(
    cast: Cast, end: Callable[[Asker, UUID], None]
) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    assert sees(cast.bob, question, picture)
    end(cast.alice, question)
    assert not sees(cast.bob, question, picture)
    with pytest.raises(AccessRefusedError):
        question_for_colleague(cast.bob, question)
    assert not line_for_colleague(cast.bob, question).state.is_under_way
    for verb in (
        lambda: answer(cast.bob, question, ANSWER),
        lambda: go_on(cast.alice, question, "One more thing"),
        lambda: close_question(cast.alice, question),
        lambda: revoke_question(cast.alice, question),
        lambda: extend_question(cast.alice, question, 3),
    ):
        with pytest.raises(QuestionOverError):
            verb()


def test_a_question_whose_time_is_over_shows_nothing_until_it_is_extended(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    run_out(question)
    assert not sees(cast.bob, question, picture)
    with pytest.raises(QuestionOverError):
        answer(cast.bob, question, ANSWER)
    assert [line.state for line in asked_by_me(cast.alice)] == [QuestionState.EXPIRED]
    extend_question(cast.alice, question, 3)
    assert sees(cast.bob, question, picture)


@pytest.mark.parametrize("days", [0, -1, 31, 10**6])
def test_a_question_is_not_extended_beyond_what_the_institution_allows(
    cast: Cast, days: int
) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    with pytest.raises(AskingRefusedError):
        extend_question(cast.alice, question, days)


def test_however_often_it_is_extended_a_question_ends_the_longest_time_after_it_was_asked(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    asked_at = ColleagueQuestion.objects.get(id=question).asked_at
    end = asked_at + timedelta(days=current_policy().longest_share_days)
    for day in range(1, 30):
        now = asked_at + timedelta(days=day)
        monkeypatch.setattr(timezone, "now", lambda now=now: now)
        extend_question(cast.alice, question, min(7, 30 - day))
        assert ColleagueQuestion.objects.get(id=question).ends_at <= end
    with pytest.raises(AskingRefusedError):
        extend_question(cast.alice, question, 2)
    monkeypatch.setattr(timezone, "now", lambda: end)
    with pytest.raises(AskingRefusedError, match="Ask anew"):
        extend_question(cast.alice, question, 1)
    assert not sees(cast.bob, question, picture)


def test_extending_never_shortens(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    before = ColleagueQuestion.objects.get(id=question).ends_at
    extend_question(cast.alice, question, 1)
    assert ColleagueQuestion.objects.get(id=question).ends_at == before


def test_nothing_is_written_without_words(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    for verb in (lambda: answer(cast.bob, question, " "), lambda: go_on(cast.alice, question, "")):
        with pytest.raises(NothingWrittenError):
            verb()


@pytest.mark.parametrize("who", ["charlie", "theo", "priya", "ada"])
def test_nobody_else_stands_on_either_side(cast: Cast, who: str) -> None:
    picture = take(cast.alice, cast.petra)
    question, somebody = ask_bob(cast, [picture]), getattr(cast, who)
    for verb in (
        lambda: question_for_colleague(somebody, question),
        lambda: line_for_colleague(somebody, question),
        lambda: question_for_treating(somebody, question),
        lambda: answer(somebody, question, ANSWER),
        lambda: go_on(somebody, question, ANSWER),
        lambda: close_question(somebody, question),
        lambda: revoke_question(somebody, question),
        lambda: extend_question(somebody, question, 3),
    ):
        with pytest.raises(AccessRefusedError):
            verb()
    assert not sees(somebody, question, picture)
    assert asked_of_me(somebody) == []


def test_the_colleague_is_not_on_the_treating_side(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    for verb in (
        lambda: question_for_treating(cast.bob, question),
        lambda: close_question(cast.bob, question),
        lambda: extend_question(cast.bob, question, 3),
    ):
        with pytest.raises(AccessRefusedError):
            verb()


def test_a_refused_look_at_a_question_is_in_the_record(cast: Cast) -> None:
    question = ask_bob(cast, [take(cast.alice, cast.petra)])
    with pytest.raises(AccessRefusedError):
        question_for_colleague(cast.charlie, question)
    event = Event.objects.get(tag=EventTag.PATIENT_ACCESS_REFUSED)
    assert (event.actor, event.subject) == (cast.charlie.staff, cast.petra)


def test_a_locked_session_and_another_role_see_nothing(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    for bob in (
        replace(cast.bob, session=SessionState.LOCKED),
        replace(cast.bob, role=Role.TEACHER),
    ):
        assert not sees(bob, question, picture)
        with pytest.raises(AccessRefusedError):
            question_for_colleague(bob, question)


def test_a_question_outlives_the_relationship_of_whoever_asked(cast: Cast) -> None:
    """And whoever asked may still take it back, though they read the thread no more."""
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    end_encounter(cast.petras_encounter, timezone.now() - timedelta(days=400))
    assert sees(cast.bob, question, picture)
    with pytest.raises(AccessRefusedError):
        question_for_treating(cast.alice, question)
    with pytest.raises(AccessRefusedError):
        extend_question(cast.alice, question, 3)
    revoke_question(cast.alice, question)
    assert not sees(cast.bob, question, picture)


def test_a_question_follows_a_record_that_is_merged(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_bob(cast, [picture])
    answer(cast.bob, question, ANSWER)
    twin = register_patient(replace(PETRA, identifiers=()), actor=None)
    merge_patients(cast.petra, twin, actor=None)
    (thread,) = questions_about(open_record(cast.alice, twin))
    assert [item.text for item in thread.entries] == [QUESTION, ANSWER]
    assert sees(cast.bob, question, picture)
    assert question_for_treating(cast.alice, question)[0].patient.id == twin


def test_whom_the_asker_asked_last_comes_first(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    ask_bob(cast, [picture])
    ask_bob(cast, [picture], colleague=cast.charlie.staff)
    ask_bob(cast, [picture])
    assert recently_asked(cast.alice, 5) == [cast.bob.staff, cast.charlie.staff]


def test_the_patient_reads_who_was_asked_why_and_until_when(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    question = ask_surgery(cast, [picture])
    visit = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    (given,) = given_of(visit)
    assert (given.kind, given.who, given.given_by) == (
        GivenAs.QUESTION,
        "Surgery",
        "Alice clinician",
    )
    take_question(cast.bob, question)
    assert sees(cast.bob, question, picture)
    (given,) = given_of(visit)
    assert (given.who, given.opened) == ("Bob clinician, Surgery", 1)
    assert (given.state, given.photographs) == (ReferenceState.IN_FORCE, (picture,))
    revoke_question(cast.alice, question)
    (given,) = given_of(visit)
    assert given.state is ReferenceState.REVOKED
    assert given.ends_at is not None
    assert given.ends_at <= timezone.now()
