"""What the privacy officer reads of a broken glass, and that nobody else does."""

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.sessions import sit_down
from tests.taking import take

from safelight.audit.models import Event
from safelight.oversight.break_glass import (
    ReviewRefusedError,
    break_glass_reviews,
    count_to_review,
    review_break_glass,
)
from safelight.people.models import BreakGlassSession
from safelight.people.services import break_glass
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.vocabulary.photograph import BreakGlassReason, Rendition

pytestmark = [
    pytest.mark.django_db(databases=["default", "keystore"]),
    pytest.mark.usefixtures("stores"),
]
WHY = "called to the resuscitation room"


def broken_by_charlie(cast: Cast) -> BreakGlassSession:
    picture = take(cast.alice, cast.petra)
    charlie, _ = sit_down(cast.charlie)
    session = break_glass(charlie, cast.petra, BreakGlassReason.EMERGENCY, WHY)
    for rendition in (Rendition.DISPLAY, Rendition.ORIGINAL):
        open_photograph(Asked(charlie.session_key, picture, rendition))
    return session


def test_the_officer_reads_who_why_and_how_many(cast: Cast) -> None:
    broken_by_charlie(cast)
    [review] = break_glass_reviews(cast.priya)
    assert (review.who, review.text, review.pictures_opened) == ("Charlie clinician", WHY, 1)
    assert review.state == "open"
    assert count_to_review() == 0


def test_it_is_reviewed_once_it_has_ended_with_a_note_and_an_event(cast: Cast) -> None:
    session = broken_by_charlie(cast)
    with pytest.raises(ReviewRefusedError):
        review_break_glass(cast.priya, session.id, "too early")
    BreakGlassSession.objects.update(ends_at=timezone.now() - timedelta(minutes=1))
    assert count_to_review() == 1
    review_break_glass(cast.priya, session.id, "it was right")
    [review] = break_glass_reviews(cast.priya)
    assert (review.state, review.note, review.reviewed_by) == (
        "reviewed",
        "it was right",
        cast.priya.display_name,
    )
    assert Event.objects.filter(tag="people:break-glass:reviewed").count() == 1
    with pytest.raises(ReviewRefusedError):
        review_break_glass(cast.priya, session.id, "again")


def test_nobody_else_reads_or_reviews(cast: Cast) -> None:
    session = broken_by_charlie(cast)
    BreakGlassSession.objects.update(ends_at=timezone.now())
    for person in (cast.alice, cast.charlie, cast.ada, cast.theo):
        assert break_glass_reviews(person) == []
        with pytest.raises(ReviewRefusedError):
            review_break_glass(person, session.id, "mine")
