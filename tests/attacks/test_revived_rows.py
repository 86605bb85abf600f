"""Mallory writes to the rows of what was ended, and of what an end has to reach all the same."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.asking import ask_bob
from tests.cast import Cast
from tests.consenting import signed
from tests.lecturing import deck_with, lecture_on, paired_screen, shows, slides_of
from tests.sessions import browser_of
from tests.sharing import agreed, come_in, shared
from tests.taking import take

from safelight.consent.models import Agreement
from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.services.recalling import end_every_question, take_back_question
from safelight.release.errors import AccessRefusedError
from safelight.sharing.errors import ShareOverError
from safelight.sharing.guests import Guest
from safelight.sharing.looks import show, shown_now
from safelight.sharing.models import Opening
from safelight.sharing.selectors import Standing, open_share
from safelight.sharing.services.entering import leave
from safelight.sharing.services.giving import GivenCode, renew_code
from safelight.teaching.models import Deck, Lecture, Screen
from safelight.teaching.selectors.decks import deck_view
from safelight.teaching.services.screens import send_away, send_every_screen_away
from safelight.teaching.showing import ScreenState, lease_for, show_on_screen
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def given(cast: Cast, picture: UUID) -> GivenCode:
    return shared(cast.alice, agreed(cast.alice, cast.petra, [picture]), [picture])


def code_renewed(cast: Cast, given: GivenCode, _guest: Guest) -> None:
    renew_code(cast.alice, given.share)


def closed(_cast: Cast, _given: GivenCode, guest: Guest) -> None:
    leave(guest)


def taken_over(_cast: Cast, given: GivenCode, _guest: Guest) -> None:
    come_in(given)


@pytest.mark.parametrize("ends", [code_renewed, closed, taken_over])
def test_an_opening_that_was_ended_is_not_revived(
    cast: Cast, given: GivenCode, picture: UUID, ends: Callable[[Cast, GivenCode, Guest], None]
) -> None:
    guest = come_in(given)
    ends(cast, given, guest)
    theirs = Opening.objects.filter(id=guest.opening)
    Opening.objects.exclude(id__in=theirs).update(ended_at=timezone.now())  # one may be under way
    theirs.update(ended_at=None)
    with pytest.raises(ShareOverError):
        show(guest, picture)


def test_an_opening_is_not_made_longer(given: GivenCode, picture: UUID) -> None:
    guest = come_in(given)
    assert shown_now(guest) == (picture,)
    Opening.objects.update(expires_at=timezone.now() + timedelta(days=3))
    with pytest.raises(ShareOverError):
        shown_now(guest)


def test_a_share_whose_agreement_says_what_is_no_use_is_dark_and_no_page_breaks_by_it(
    cast: Cast, given: GivenCode
) -> None:
    """The number of shares that wait stands on every page of whoever gave one."""
    guest = come_in(given)
    Agreement.objects.update(purpose="whatever")
    with pytest.raises(ShareOverError):
        shown_now(guest)
    assert open_share(cast.alice, given.share).standing is Standing.AGREEMENT_ENDED
    assert browser_of(cast.alice).get(reverse("clinic:asked_of_me")).status_code == 200


def sent_away(cast: Cast, lecture: UUID, screen: UUID) -> None:
    send_away(cast.theo, lecture, screen)


def restored(_cast: Cast, _lecture: UUID, _screen: UUID) -> None:
    send_every_screen_away()


@pytest.mark.parametrize("ends", [sent_away, restored])
def test_a_screen_that_was_sent_away_is_not_let_in_again(
    cast: Cast, picture: UUID, ends: Callable[[Cast, UUID, UUID], None]
) -> None:
    signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    deck = deck_with(cast.theo, (picture,))
    lecture = lecture_on(cast.theo, deck)
    shows(lecture, slides_of(deck)[1])
    screen = paired_screen(cast.theo, lecture)
    ends(cast, lecture, screen.id)
    Screen.objects.update(ended_at=None)
    assert lease_for(screen.cookie).state is ScreenState.OVER
    with pytest.raises(AccessRefusedError):
        show_on_screen(screen.cookie, picture)


def test_a_lecture_for_what_is_no_use_is_over_for_its_screens(cast: Cast) -> None:
    lecture = lecture_on(cast.theo, deck_with(cast.theo))
    screen = paired_screen(cast.theo, lecture)
    Lecture.objects.update(purpose="whatever")
    assert lease_for(screen.cookie).state is ScreenState.OVER


def test_a_deck_for_what_is_no_use_shows_nothing(cast: Cast, picture: UUID) -> None:
    signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    deck = deck_with(cast.theo, (picture,))
    Deck.objects.update(purpose="whatever")
    assert deck_view(cast.theo, deck).blocked == 1


def test_an_altered_question_is_taken_back_with_its_pictures(cast: Cast, picture: UUID) -> None:
    """Else its line would wait for good, and the patient for a certificate."""
    question = ask_bob(cast, [picture])
    ColleagueQuestion.objects.update(ends_at=timezone.now() + timedelta(days=300))
    take_back_question(question, [picture])
    assert ColleagueQuestion.objects.get().revoked_at


def test_an_altered_question_keeps_no_restore_from_its_end(cast: Cast, picture: UUID) -> None:
    altered, other = ask_bob(cast, [picture]), ask_bob(cast, [picture])
    ColleagueQuestion.objects.filter(id=altered).update(sealed_terms=b"nothing that was sealed")
    assert end_every_question() == 2
    assert not ColleagueQuestion.objects.filter(revoked_at=None).exists()
    assert other != altered
