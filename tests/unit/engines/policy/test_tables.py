"""The policy answers as the decision tables say, and the tables leave nothing out."""

from __future__ import annotations

from enum import Enum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engines.policy import tables
from tests.unit.engines.policy.questions import ON_TWO_AGREEMENTS, QUESTIONS, Ask
from tests.unit.engines.policy.tables import Table

from safelight.engines.policy import (
    AgreementStatus,
    Authority,
    OpeningState,
    PatientState,
    Provision,
    Reason,
    ReferenceState,
    SessionState,
    Training,
)
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import (
    BreakGlassReason,
    PhotographState,
    Rendition,
    Sensitivity,
)
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.relationships import Relationship
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole

EVERY_TABLE = pytest.mark.parametrize(
    ("table", "ask"), [pytest.param(*question, id=name) for name, question in QUESTIONS.items()]
)
WORDS = (
    AgreementStatus,
    Audience,
    Authority,
    BreakGlassReason,
    OpeningState,
    PatientState,
    PhotographState,
    Provision,
    Purpose,
    ReferenceState,
    Relationship,
    Rendition,
    Role,
    Sensitivity,
    SessionState,
    SignerRole,
    Training,
)


@EVERY_TABLE
def test_the_policy_agrees_with_the_table_at_every_point(table: Table, ask: Ask) -> None:
    for point in table.swept():
        tables.assert_agrees(table.speaking(point), ask(point), point)


@EVERY_TABLE
def test_the_policy_agrees_with_the_table_where_facts_are_unknown(table: Table, ask: Ask) -> None:
    for point in table.corners():
        tables.assert_agrees(table.speaking(point), ask(point), point)


@EVERY_TABLE
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_the_policy_agrees_with_the_table_anywhere(
    table: Table, ask: Ask, data: st.DataObject
) -> None:
    point = {
        fact: data.draw(st.sampled_from(v), label=fact) for fact, v in table.dimensions.items()
    }
    tables.assert_agrees(table.speaking(point), ask(point), point)


@EVERY_TABLE
def test_every_word_is_named_by_a_row(table: Table, ask: Ask) -> None:
    named = {(fact, value) for row in table.rows for fact, values in row.given for value in values}
    named |= set(table.otherwise.items())
    words = {
        (fact, value)
        for fact, values in table.dimensions.items()
        for value in values
        if isinstance(value, Enum | str) and fact not in table.indifferent
    }
    assert words - named == set()


@EVERY_TABLE
def test_a_fact_the_table_calls_indifferent_is_in_no_row_that_denies(
    table: Table, ask: Ask
) -> None:
    mentioned = {fact for row in table.denials for fact, _ in row.given}
    assert mentioned & table.indifferent == set()
    assert mentioned | {
        f for row in table.permits for f, _ in row.given
    } | table.indifferent == set(table.dimensions) - {
        f for f, values in table.dimensions.items() if len(values) == 1
    }


@EVERY_TABLE
def test_every_row_decides_something_that_no_other_row_decides(table: Table, ask: Ask) -> None:
    needed = set()
    for point in table.corners():
        speaking = table.speaking(point)
        reasons = {reason for row in speaking for reason in row.reasons}
        for row in speaking:
            others = {r for other in speaking if other is not row for r in other.reasons}
            if len(speaking) == 1 or others != reasons:
                needed.add(row.name)
    assert {row.name for row in table.rows} - needed == set()


def test_every_reason_is_given_by_a_table() -> None:
    every = [table for table, _ in QUESTIONS.values()]
    given_somewhere = {r for table in every for row in table.rows for r in row.reasons}
    assert given_somewhere == set(Reason)


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_every_word_that_the_policy_knows_is_asked_about_in_some_table(words: type[Enum]) -> None:
    asked = {
        value
        for table, _ in QUESTIONS.values()
        for values in table.dimensions.values()
        for value in values
        if isinstance(value, words)
    }
    assert asked == set(words)


def test_the_sweep_of_two_agreements_leaves_out_no_use_and_no_pair() -> None:
    for fact in ("purpose", "audience", "a", "b"):
        assert set(ON_TWO_AGREEMENTS.sweep[fact]) == set(ON_TWO_AGREEMENTS.dimensions[fact])
