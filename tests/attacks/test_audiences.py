"""A counted audience is not made larger by changing screens while a picture is on its way."""

from uuid import UUID

import pytest
from tests.cast import Cast
from tests.consenting import signed
from tests.lecturing import PairedScreen, deck_with, lecture_on, paired_screen, shows, slides_of
from tests.taking import take

from safelight.release.errors import AccessRefusedError
from safelight.release.opened import Opened
from safelight.release.references import Look, may_show, show_by_reference
from safelight.teaching import showing
from safelight.teaching.errors import ScreensFullError
from safelight.teaching.services.screens import send_away
from safelight.teaching.showing import show_on_screen
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def lesson(cast: Cast, picture: UUID) -> UUID:
    """One-to-one teaching, at the slide with Petra's picture."""
    signed(cast.alice, cast.petra, [picture], [Purpose.ONE_TO_ONE_TEACHING])
    deck = deck_with(cast.theo, (picture,), purpose=Purpose.ONE_TO_ONE_TEACHING)
    lesson = lecture_on(cast.theo, deck, purpose=Purpose.ONE_TO_ONE_TEACHING)
    shows(lesson, slides_of(deck)[1])
    return lesson


def test_a_screen_is_counted_before_its_first_picture_is_on_its_way(
    cast: Cast, lesson: UUID, picture: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Marking takes a moment, in which the teacher's script sends it away and lets the next in."""
    screen = paired_screen(cast.theo, lesson)
    others: list[PairedScreen] = []

    def changed_meanwhile(look: Look) -> Opened:
        opened = show_by_reference(look)
        send_away(cast.theo, lesson, screen.id)
        others.append(paired_screen(cast.theo, lesson))
        return opened

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(showing, "show_by_reference", changed_meanwhile)
        with pytest.raises(ScreensFullError):
            show_on_screen(screen.cookie, picture)
    assert not others


def test_a_screen_that_is_sent_away_before_it_is_counted_gets_nothing(
    cast: Cast, lesson: UUID, picture: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = paired_screen(cast.theo, lesson)

    def changed_meanwhile(look: Look) -> bool:
        decision = may_show(look)
        send_away(cast.theo, lesson, screen.id)
        return bool(decision)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(showing, "may_show", changed_meanwhile)
        with pytest.raises(AccessRefusedError):
            show_on_screen(screen.cookie, picture)
    assert show_on_screen(paired_screen(cast.theo, lesson).cookie, picture).content
