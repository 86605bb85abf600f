"""The stage itself: who is tied to whom before anything happens."""

import pytest
from tests.cast import Cast

from safelight.engines.policy import may_capture
from safelight.people.asker import care_facts

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("alice", True),
        ("bob", False),
        ("charlie", False),
        ("theo", False),
        ("priya", False),
        ("ada", False),
    ],
)
def test_only_alice_may_take_pictures_of_petra(cast: Cast, name: str, *, may: bool):
    who = getattr(cast, name)
    assert may_capture(who.facts, care_facts(who, cast.petra)).permitted is may
