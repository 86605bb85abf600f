"""Whoever takes a picture of somebody who could not be asked is read by the privacy officer."""

import pytest
from tests.cast import Cast
from tests.sessions import browser_of
from tests.taking import take

from safelight.audit.models import Event
from safelight.oversight.emergencies import emergency_captures
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import ConsentToTake

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

WHY = "unconscious after a fall, nobody with her"


@pytest.fixture(autouse=True)
def picture(cast: Cast) -> None:
    take(cast.alice, cast.petra, consent_to_take=ConsentToTake.BREAK_GLASS, emergency_reason=WHY)


def test_the_privacy_officer_reads_who_and_why(cast: Cast) -> None:
    (found,) = emergency_captures(cast.priya)
    assert (found.who, found.text) == (cast.alice.display_name, WHY)


def test_reading_them_is_an_event(cast: Cast) -> None:
    emergency_captures(cast.priya)
    event = Event.objects.get(tag=EventTag.CAPTURE_EMERGENCY_READ.value)
    assert event.actor == cast.priya.staff


@pytest.mark.parametrize("who", ["alice", "ada", "theo", "bob"])
def test_nobody_else_reads_them(cast: Cast, who: str) -> None:
    assert emergency_captures(getattr(cast, who)) == []


def test_the_page_shows_them_beside_the_broken_glass(cast: Cast) -> None:
    assert WHY in browser_of(cast.priya).get("/privacy/break-glass/").content.decode()


def test_a_statement_that_was_altered_is_not_shown_and_stops_nothing(cast: Cast) -> None:
    Event.objects.filter(tag=EventTag.CAPTURE_EMERGENCY_STATED.value).update(sealed_details=b"x")
    (found,) = emergency_captures(cast.priya)
    assert found.text == ""
