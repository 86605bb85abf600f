"""What a screen may show, asked anew each time: by the agreement, the audience, the clock, the slide."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import agreement_to, proposal_of, signed, visit_to
from tests.lecturing import (
    PairedScreen,
    at_time,
    deck_with,
    lecture_on,
    paired_screen,
    shows,
    slides_of,
)
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.consent.visits import Visit
from safelight.people.models import StaffMember
from safelight.photos.models import Photograph
from safelight.release.errors import AccessRefusedError
from safelight.teaching.errors import LectureOverError
from safelight.teaching.models import Lecture, Screen, ShownPicture, SlidePicture
from safelight.teaching.selectors.decks import deck_picture, deck_view
from safelight.teaching.selectors.given import given_of
from safelight.teaching.selectors.lectures import speaker_now, speaker_picture
from safelight.teaching.services.decks import remove_deck
from safelight.teaching.services.lectures import blank, end_lecture, turn_to
from safelight.teaching.services.recalling import prune_deck
from safelight.teaching.services.screens import find_screen, open_screen, send_away
from safelight.teaching.services.slides import (
    add_slide,
    duplicate_slide,
    refer_to,
    remove_slide,
    state_why,
    take_out,
)
from safelight.teaching.showing import ScreenState, lease_for, show_on_screen
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


@dataclass
class Scene:
    """Theo's lecture is on, at the slide with Petra's picture, and one screen shows it."""

    cast: Cast
    picture: UUID
    visit: Visit
    deck: UUID
    lecture: UUID
    screen: PairedScreen

    def is_dark(self) -> bool:
        """Neither does the lease permit the picture, nor does the gate give it."""
        lease = lease_for(self.screen.cookie)
        assert not any(may for _, may in lease.pictures)
        with pytest.raises(AccessRefusedError):
            show_on_screen(self.screen.cookie, self.picture)
        return True


@pytest.fixture
def scene(cast: Cast) -> Scene:
    picture = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [picture], [Purpose.LECTURE])
    deck = deck_with(cast.theo, (picture,), ())
    lecture = lecture_on(cast.theo, deck)
    shows(lecture, slides_of(deck)[1])
    return Scene(cast, picture, visit, deck, lecture, paired_screen(cast.theo, lecture))


def test_what_was_agreed_is_shown_for_as_long_as_the_institution_says(scene: Scene) -> None:
    lease = lease_for(scene.screen.cookie)
    assert lease.state is ScreenState.SHOWING
    assert lease.pictures == ((scene.picture, True),)
    assert lease.milliseconds == 4000
    assert show_on_screen(scene.screen.cookie, scene.picture).content


def test_the_look_is_in_the_record_as_that_of_the_screen(scene: Scene) -> None:
    show_on_screen(scene.screen.cookie, scene.picture)
    event = Event.objects.get(tag=EventTag.PHOTOGRAPH_SHOWN_BY_REFERENCE)
    told = [item.object_id for item in event.objects_told.order_by("position")]
    assert (event.actor, event.purpose) == (scene.screen.id, "TRAIN")
    assert told == [scene.picture, scene.lecture]


def test_asking_for_a_lease_leaves_no_event(scene: Scene) -> None:
    before = Event.objects.count()
    lease_for(scene.screen.cookie)
    assert Event.objects.count() == before


def test_a_lease_never_outlasts_the_lecture(scene: Scene) -> None:
    now = timezone.now()
    at_time(scene.lecture, now - timedelta(hours=1), now + timedelta(seconds=2))
    assert 0 < lease_for(scene.screen.cookie).milliseconds <= 2000


def withdrawn(scene: Scene) -> None:
    withdraw(scene.visit, agreement_to(scene.visit, Purpose.LECTURE).id)


def over(scene: Scene) -> None:
    now = timezone.now()
    at_time(scene.lecture, now - timedelta(hours=2), now - timedelta(seconds=1))


def not_begun(scene: Scene) -> None:
    now = timezone.now()
    at_time(scene.lecture, now + timedelta(minutes=1), now + timedelta(hours=1))


def ended(scene: Scene) -> None:
    end_lecture(scene.cast.theo, scene.lecture)


def deck_removed(scene: Scene) -> None:
    remove_deck(scene.cast.theo, scene.deck)


def blanked(scene: Scene) -> None:
    blank(scene.cast.theo, scene.lecture, is_blank=True)


def turned(scene: Scene) -> None:
    turn_to(scene.cast.theo, scene.lecture, slides_of(scene.deck)[0])


def sent_away(scene: Scene) -> None:
    send_away(scene.cast.theo, scene.lecture, scene.screen.id)


def slide_removed(scene: Scene) -> None:
    remove_slide(scene.cast.theo, scene.deck, slides_of(scene.deck)[1])


def taken_out(scene: Scene) -> None:
    slide = slides_of(scene.deck)[1]
    row = Screen.objects.get(id=scene.screen.id).lecture
    assert row
    assert row.slide
    take_out(scene.cast.theo, scene.deck, slide, row.slide.pictures.get().id)


def entered_in_error(scene: Scene) -> None:
    state = PhotographState.ENTERED_IN_ERROR.value
    Photograph.objects.filter(id=scene.picture).update(state=state)


def teacher_left(scene: Scene) -> None:
    StaffMember.objects.filter(id=scene.cast.theo.staff).update(is_active=False)


def teacher_changed_role(scene: Scene) -> None:
    StaffMember.objects.filter(id=scene.cast.theo.staff).update(role="administrator")


def moved_to_another_lecture(scene: Scene) -> None:
    """Mallory writes to the rows."""
    other = lecture_on(scene.cast.theo, scene.deck)
    shows(other, slides_of(scene.deck)[1])
    Screen.objects.filter(id=scene.screen.id).update(lecture=other)


@pytest.mark.parametrize(
    "happens",
    [
        *(
            withdrawn,
            over,
            not_begun,
            ended,
            deck_removed,
            blanked,
            turned,
            sent_away,
            slide_removed,
            taken_out,
        ),
        *(entered_in_error, teacher_left, teacher_changed_role, moved_to_another_lecture),
    ],
)
def test_the_screen_is_dark_from_then_on(scene: Scene, happens: Callable[[Scene], None]) -> None:
    assert show_on_screen(scene.screen.cookie, scene.picture).content
    happens(scene)
    assert scene.is_dark()


def written_over(scene: Scene, column: str) -> object:
    """What Mallory writes into a column of the lecture's row."""
    theo, now = scene.cast.theo, timezone.now()
    written: dict[str, object] = {
        "deck": deck_with(theo, (scene.picture,)),
        "given_by": scene.cast.alice.staff,
        "number": 7,
        "purpose": Purpose.SMALL_GROUP_TEACHING.value,
        "people": 12,
        "starts_at": now - timedelta(minutes=20),
        "ends_at": now + timedelta(days=300),
        "binding": b"",
    }
    return written[column]


@pytest.mark.parametrize(
    "column",
    ["deck", "given_by", "number", "purpose", "people", "starts_at", "ends_at", "binding"],
)
def test_a_lecture_that_is_not_as_it_was_planned_is_over(scene: Scene, column: str) -> None:
    rows = Lecture.objects.filter(id=scene.lecture)
    rows.update(**{column: written_over(scene, column)})
    assert lease_for(scene.screen.cookie).state is ScreenState.OVER
    assert scene.is_dark()
    teacher = scene.cast.alice if column == "given_by" else scene.cast.theo
    assert speaker_now(teacher, scene.lecture).lease.state is ScreenState.OVER
    with pytest.raises(AccessRefusedError):
        speaker_picture(teacher, scene.lecture, scene.picture, small=True)
    with pytest.raises(LectureOverError):
        find_screen(teacher, scene.lecture, open_screen().code)


def test_the_binding_of_one_lecture_fits_no_other(scene: Scene) -> None:
    other = lecture_on(scene.cast.theo, scene.deck)
    binding = Lecture.objects.get(id=other).binding
    Lecture.objects.filter(id=scene.lecture).update(binding=binding)
    assert lease_for(scene.screen.cookie).state is ScreenState.OVER
    assert scene.is_dark()


@pytest.mark.parametrize("ends", [ended, deck_removed])
def test_what_was_ended_does_not_go_on_by_an_empty_column(
    scene: Scene, ends: Callable[[Scene], None]
) -> None:
    ends(scene)
    Lecture.objects.update(ended_at=None)
    assert lease_for(scene.screen.cookie).state is ScreenState.OVER


def test_a_screen_that_nobody_let_in_shows_nothing(scene: Scene) -> None:
    opened = open_screen()
    assert lease_for(opened.secret).state is ScreenState.WAITING
    with pytest.raises(AccessRefusedError):
        show_on_screen(opened.secret, scene.picture)


@pytest.mark.parametrize("cookie", ["", "somebody else's"])
def test_a_cookie_that_nobody_gave_is_nothing(scene: Scene, cookie: str) -> None:
    assert lease_for(cookie).state is ScreenState.UNKNOWN
    with pytest.raises(AccessRefusedError):
        show_on_screen(cookie, scene.picture)


def test_a_picture_of_another_slide_is_not_given_before_its_time(scene: Scene) -> None:
    with pytest.raises(AccessRefusedError):
        show_on_screen(scene.screen.cookie, uuid4())


def test_another_audience_than_the_agreed_one_stays_dark(scene: Scene) -> None:
    lecture = lecture_on(scene.cast.theo, scene.deck, purpose=Purpose.CONFERENCE)
    shows(lecture, slides_of(scene.deck)[1])
    screen = paired_screen(scene.cast.theo, lecture)
    assert lease_for(screen.cookie).pictures == ((scene.picture, False),)


def test_an_intimate_picture_is_dark_until_the_teacher_says_why(scene: Scene) -> None:
    Photograph.objects.filter(id=scene.picture).update(sensitivity=Sensitivity.INTIMATE.value)
    assert lease_for(scene.screen.cookie).pictures == ((scene.picture, False),)
    slide = slides_of(scene.deck)[1]
    reference = SlidePicture.objects.get(slide=slide).id
    state_why(scene.cast.theo, scene.deck, slide, reference, "The only finding of its kind")
    assert lease_for(scene.screen.cookie).pictures == ((scene.picture, True),)


def opens_to_nothing(scene: Scene) -> None:
    """Mallory writes a byte where a reason would stand."""
    SlidePicture.objects.update(sealed_reason=b"\0")


def stated_of_another_picture(scene: Scene) -> None:
    """Mallory points a reference, with the reason that was given for it, at this picture."""
    other = take(scene.cast.alice, scene.cast.petra)
    slide = slides_of(scene.deck)[1]
    SlidePicture.objects.all().delete()
    reference = refer_to(scene.cast.theo, scene.deck, slide, other)
    state_why(scene.cast.theo, scene.deck, slide, reference, "The only finding of its kind")
    SlidePicture.objects.update(photograph=scene.picture)


@pytest.mark.parametrize("does", [opens_to_nothing, stated_of_another_picture])
def test_only_a_reason_that_was_given_for_this_very_picture_is_one(
    scene: Scene, does: Callable[[Scene], None]
) -> None:
    theo = scene.cast.theo
    Photograph.objects.filter(id=scene.picture).update(sensitivity=Sensitivity.INTIMATE.value)
    does(scene)
    assert lease_for(scene.screen.cookie).pictures == ((scene.picture, False),)
    assert scene.is_dark()
    assert speaker_now(theo, scene.lecture).lease.pictures == ((scene.picture, False),)
    (shown,) = deck_view(theo, scene.deck).slides[1].pictures
    assert (shown.allowed.needs_reason, shown.reason) == (True, "")
    for looks in (speaker_picture, deck_picture):
        source = scene.lecture if looks is speaker_picture else scene.deck
        with pytest.raises(AccessRefusedError):
            looks(theo, source, scene.picture, small=True)


def test_a_slide_that_is_doubled_keeps_its_reason(scene: Scene) -> None:
    theo, slide = scene.cast.theo, slides_of(scene.deck)[1]
    state_why(theo, scene.deck, slide, SlidePicture.objects.get().id, "The only one of its kind")
    duplicate_slide(theo, scene.deck, slide)
    twin = deck_view(theo, scene.deck).slides[2]
    assert [item.reason for item in twin.pictures] == ["The only one of its kind"]


def test_the_speaker_rehearses_and_sees_what_comes_next(scene: Scene) -> None:
    theo = scene.cast.theo
    not_begun(scene)
    shows(scene.lecture, slides_of(scene.deck)[0])
    assert speaker_now(theo, scene.lecture).lease.pictures == ((scene.picture, True),)
    assert speaker_picture(theo, scene.lecture, scene.picture, small=True).content
    assert not ShownPicture.objects.exists()


def test_a_later_yes_brings_no_card_back_to_the_speaker(scene: Scene) -> None:
    """What was taken back stays out of the deck, until the teacher puts it in anew."""
    theo, slide = scene.cast.theo, slides_of(scene.deck)[1]
    withdrawn(scene)
    prune_deck(scene.deck, [scene.picture])
    signed(scene.cast.alice, scene.cast.petra, [scene.picture], [Purpose.LECTURE])
    assert speaker_now(theo, scene.lecture).lease.pictures == ((scene.picture, False),)
    with pytest.raises(AccessRefusedError):
        speaker_picture(theo, scene.lecture, scene.picture, small=True)
    refer_to(theo, scene.deck, add_slide(theo, scene.deck, after=slide), scene.picture)
    assert speaker_picture(theo, scene.lecture, scene.picture, small=True).content
    assert deck_picture(theo, scene.deck, scene.picture, small=True).content


def test_nobody_else_speaks(scene: Scene) -> None:
    with pytest.raises(AccessRefusedError):
        speaker_now(scene.cast.alice, scene.lecture)
    with pytest.raises(AccessRefusedError):
        speaker_picture(scene.cast.alice, scene.lecture, scene.picture, small=False)


def test_the_patient_is_told_of_what_was_planned_and_of_each_look(scene: Scene) -> None:
    planned = given_of(scene.visit)[0]
    assert (planned.who, planned.given_by) == ("How wounds heal, Hall 2", "Theo teacher")
    assert (planned.photographs, planned.opened) == ((scene.picture,), 0)
    show_on_screen(scene.screen.cookie, scene.picture)
    show_on_screen(scene.screen.cookie, scene.picture)
    ended(scene)
    assert given_of(scene.visit)[0].opened == 2


def test_the_patient_is_not_told_of_what_was_blocked(scene: Scene) -> None:
    withdrawn(scene)
    assert given_of(scene.visit) == []


def test_somebody_elses_pictures_are_not_told(scene: Scene) -> None:
    alice, pablo = scene.cast.alice, scene.cast.pablo
    asked = proposal_of(alice, pablo, [take(alice, pablo)], signer_role=SignerRole.GUARDIAN)
    assert given_of(visit_to(alice, asked)) == []
