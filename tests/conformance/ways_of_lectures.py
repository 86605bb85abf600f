"""What a screen shows of a lecture, and what the teacher sees of their own deck."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from tests.conformance.product import Act, Way
from tests.conformance.site import Browser, Site
from tests.consenting import agreement_to, as_if_signed, signed
from tests.lecturing import (
    at_time,
    deck_with,
    lecture_on,
    paired_screen,
    shows,
    slides_of,
)
from tests.taking import take

from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.people.models import StaffMember
from safelight.people.presence import end_session
from safelight.people.sessions import digest
from safelight.teaching.models import Deck
from safelight.teaching.services.lectures import end_lecture
from safelight.teaching.services.screens import send_away
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.roles import Role

COOKIE = "safelight-screen"
ANY_NUMBER = "a lecture hall is a time window and a place, and is not counted by heads"


def taught(site: Site, purpose: Purpose = Purpose.LECTURE) -> tuple[UUID, Visit, UUID]:
    """A picture that was agreed to, and a deck that shows it behind its title."""
    cast = site.cast
    photograph = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [photograph], [purpose])
    return photograph, visit, deck_with(cast.theo, (photograph,), purpose=purpose)


def on_a_screen(site: Site) -> Way:
    cast = site.cast
    photograph, visit, deck = taught(site)
    other = take(cast.alice, cast.petra)
    lecture = lecture_on(cast.theo, deck)
    shows(lecture, slides_of(deck)[1])
    screen = paired_screen(cast.theo, lecture)
    agreement, now = agreement_to(visit, Purpose.LECTURE), timezone.now()
    browser, url = Browser({COOKIE: screen.cookie}), f"/screen/pictures/{photograph}/"
    return Way(
        browser.at(url),
        {
            Act.WITHDRAW: lambda: withdraw(visit, agreement.id),
            Act.REVOKE: lambda: end_lecture(cast.theo, lecture),
            Act.EXPIRE: lambda: at_time(lecture, now - timedelta(hours=2), now),
            Act.END_SESSION: lambda: send_away(cast.theo, lecture, screen.id),
            Act.CHANGE_RECIPIENT: lambda: as_if_signed(agreement, audience="conference"),
        },
        {Act.EXCEED_AUDIENCE: ANY_NUMBER},
        [
            browser.at(f"/screen/pictures/{other}/"),
            browser.at(f"/clinic/photographs/{photograph}/bytes/display?use=lecture"),
        ],
        {
            **site.strangers_at(url, cast.alice, cast.theo, cast.priya),
            "another guess": Browser({COOKIE: "A" * 43}).at(url),
        },
    )


def before_a_small_group(site: Site) -> Way:
    """Each screen is one viewer: those for whom there is no room see nothing."""
    cast = site.cast
    purpose = Purpose.SMALL_GROUP_TEACHING
    photograph, visit, deck = taught(site, purpose)
    lecture = lecture_on(cast.theo, deck, purpose=purpose, people=4)
    shows(lecture, slides_of(deck)[1])
    screen = paired_screen(cast.theo, lecture)
    agreement = agreement_to(visit, purpose)
    browser, url = Browser({COOKIE: screen.cookie}), f"/screen/pictures/{photograph}/"
    return Way(
        browser.at(url),
        {
            Act.WITHDRAW: lambda: withdraw(visit, agreement.id),
            Act.EXCEED_AUDIENCE: lambda: as_if_signed(agreement, people=3),
        },
        {
            Act.REVOKE: "as in a lecture",
            Act.EXPIRE: "as in a lecture",
            Act.END_SESSION: "as in a lecture",
            Act.CHANGE_RECIPIENT: "as in a lecture",
        },
        strangers=site.strangers_at(url, cast.alice),
    )


def in_the_deck(site: Site) -> Way:
    """The teacher prepares: what they see is what the audience would see, or nothing."""
    photograph, visit, deck = taught(site)
    url = f"/teaching/decks/{deck}/photographs/{photograph}/"
    return teachers_own(
        site, visit, url, lambda: Deck.objects.filter(id=deck).update(removed_at=timezone.now())
    )


def before_the_speaker(site: Site) -> Way:
    cast = site.cast
    photograph, visit, deck = taught(site)
    lecture = lecture_on(cast.theo, deck)
    shows(lecture, slides_of(deck)[1])
    url = f"/teaching/lectures/{lecture}/photographs/{photograph}/"
    return teachers_own(site, visit, url, lambda: end_lecture(cast.theo, lecture))


def teachers_own(site: Site, visit: Visit, url: str, end: Callable[[], object]) -> Way:
    cast = site.cast
    agreement = agreement_to(visit, Purpose.LECTURE)
    browser = site.browser_of(cast.theo)
    yesterday = timezone.now().date() - timedelta(days=2)
    theo = StaffMember.objects.filter(id=cast.theo.staff)
    return Way(
        browser.at(url),
        {
            Act.WITHDRAW: lambda: withdraw(visit, agreement.id),
            Act.REVOKE: end,
            Act.EXPIRE: lambda: as_if_signed(agreement, ends_on=yesterday),
            Act.END_SESSION: lambda: end_session(digest(browser.cookies["safelight"])),
            Act.CHANGE_RECIPIENT: lambda: theo.update(role=Role.ADMINISTRATOR.value),
        },
        {Act.EXCEED_AUDIENCE: "the teacher alone looks"},
        strangers=site.strangers_at(url, cast.alice, cast.bob, cast.priya, cast.ada),
    )


WAYS: Mapping[str, Callable[[Site], Way]] = {
    "display:picture": on_a_screen,
    "display:picture (small group)": before_a_small_group,
    "teaching:deck_picture": in_the_deck,
    "teaching:lecture_picture": before_the_speaker,
}
