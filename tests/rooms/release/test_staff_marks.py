"""What a member of staff opens beyond treatment names them; what they open for care is as it was taken."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.cast import Cast
from tests.consenting import agreement_to, recipient_of, signed
from tests.looking import asks, opens, reasons
from tests.rooms.release.test_marking import number_in
from tests.sessions import sit_down
from tests.sharing import agreed
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.services.ending import withdraw
from safelight.engines.policy import Reason
from safelight.institution.services import decide_policy
from safelight.people.asker import Asker
from safelight.project import cli_watermark
from safelight.release import gate
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.release.marking import burn
from safelight.release.staff_marks import mark_of_staff, staff_of_number
from safelight.release.teaching import open_for_use
from safelight.sharing.services.tracing import trace
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import BY_REFERENCE_ONLY, Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
LECTURE = Purpose.LECTURE


def number_of(asker: Asker) -> int:
    return mark_of_staff(asker.staff).number


@pytest.fixture
def picture(cast: Cast) -> UUID:
    photograph = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [photograph], [LECTURE])
    return photograph


@pytest.mark.parametrize("rendition", [Rendition.DISPLAY, Rendition.THUMBNAIL])
def test_every_form_that_is_opened_for_a_lecture_names_who_opened_it(
    cast: Cast, picture: UUID, rendition: Rendition
) -> None:
    theo = open_photograph(asks(cast.theo, picture, LECTURE, rendition))
    bob = open_photograph(asks(cast.bob, picture, LECTURE, rendition))
    assert number_in(theo) == number_of(cast.theo)
    assert number_in(bob) == number_of(cast.bob)
    assert number_of(cast.theo) != number_of(cast.bob)


def test_what_is_opened_for_care_carries_no_mark(cast: Cast, picture: UUID) -> None:
    seated, _ = sit_down(cast.alice)
    for rendition in (Rendition.ORIGINAL, Rendition.DISPLAY, Rendition.THUMBNAIL):
        opened = open_photograph(Asked(seated.session_key, picture, rendition))
        assert number_in(opened) is None


def test_what_is_taken_back_while_it_is_marked_is_not_sent(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    photograph = take(cast.alice, cast.petra)
    visit = signed(cast.alice, cast.petra, [photograph], [LECTURE])

    def slowly(*told: Any, **more: Any) -> Any:
        marked = burn(*told, **more)
        withdraw(visit, agreement_to(visit, LECTURE).id)
        return marked

    monkeypatch.setattr(gate, "burn", slowly)
    assert not opens(asks(cast.theo, photograph, LECTURE))
    told = Event.objects.filter(objects_told__object_id=photograph, actor=cast.theo.staff)
    assert set(told.values_list("tag", flat=True)) == {
        EventTag.PHOTOGRAPH_DISPLAY_VIEWED.value,
        EventTag.PHOTOGRAPH_REFUSED.value,
    }


def test_the_command_names_who_opened_a_copy_and_that_is_recorded(
    cast: Cast, picture: UUID
) -> None:
    opened = open_photograph(asks(cast.theo, picture, LECTURE))
    lines, is_named = cli_watermark.told(trace(opened.content))
    assert is_named
    assert f"Opened by a member of staff: {cast.theo.display_name}" in "\n".join(lines)
    event = Event.objects.get(tag=EventTag.PHOTOGRAPH_MARK_READ.value)
    assert (event.actor, event.subject) == (None, None)
    assert [item.object_id for item in event.objects_told.all()] == [cast.theo.staff]


def test_a_number_of_nobody_names_nobody_and_records_nothing(cast: Cast) -> None:
    assert staff_of_number((number_of(cast.theo) + 1) % 2**32) == ()
    assert not Event.objects.filter(tag=EventTag.PHOTOGRAPH_MARK_READ.value).exists()


@pytest.mark.parametrize("purpose", sorted(BY_REFERENCE_ONLY))
def test_a_named_use_is_refused_at_the_address_whoever_knows_the_recipient(
    cast: Cast, purpose: Purpose
) -> None:
    """Nothing else stands against it: the agreement is there, and of this very recipient."""
    decide_policy({"social_media": 1, "second_person_for": "none"}, actor=None)
    photograph = take(cast.alice, cast.petra)
    named = recipient_of(agreed(cast.alice, cast.petra, [photograph], purpose=purpose), purpose)
    asked = asks(cast.theo, photograph, purpose, recipient=named)
    assert reasons(asked) == {Reason.ONLY_BY_REFERENCE}
    with pytest.raises(AccessRefusedError):
        open_for_use(sit_down(cast.theo)[0], photograph, asked.use)


def test_who_knows_no_recipient_is_told_nothing_more(cast: Cast, picture: UUID) -> None:
    asked = asks(cast.theo, picture, Purpose.SECOND_OPINION, recipient=uuid4())
    assert reasons(asked) >= {Reason.NO_AGREEMENT, Reason.ONLY_BY_REFERENCE}
