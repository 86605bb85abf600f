"""Mallory with a pen in the record: which form of a picture she can have released by writing rows."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.consenting import TEACHING, recipient_of, signed
from tests.looking import asks, asks_by_name, shown_by_name
from tests.preparing import FACE, ToldScanner, covering, face, prepare, scanner_that_finds
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.models import AgreementImage
from safelight.photos.models import RenditionRow
from safelight.redaction.looking import look
from safelight.redaction.models import Redaction
from safelight.redaction.services import save_draft
from safelight.release.gate import open_photograph
from safelight.vault.errors import KeyMissingError
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.identifiability import Region
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ONE, LECTURE = TEACHING
RING, SCAR = Region(80, 45, 12, 12), Region(60, 0, 8, 8)


@pytest.fixture(autouse=True)
def told() -> Iterator[ToldScanner]:
    with scanner_that_finds([face()]) as scanner:
        yield scanner


@pytest.fixture
def picture(cast: Cast) -> UUID:
    """Agreed to for a lecture; covered, covered further, and a draft that covers still more."""
    found = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [found], [LECTURE])
    prepare(cast.alice, found)
    alice = prepare(cast.alice, found, covering(FACE, RING))
    look(alice, found)
    save_draft(alice, found, covering(FACE, RING, SCAR))
    return found


def other_objects(picture: UUID) -> dict[str, UUID]:
    """What shows more than was approved, or was not approved."""
    rows = Redaction.objects.filter(photograph=picture).exclude(state="approved")
    found = {row.state: row.display for row in rows if row.display}
    as_taken = RenditionRow.objects.filter(
        photograph=picture, rendition__in=["original", "display"]
    )
    return found | dict(as_taken.values_list("rendition", "id"))


@pytest.mark.parametrize("name", ["replaced", "draft", "original", "display"])
def test_no_other_object_can_be_written_in_the_place_of_the_approved_one(
    cast: Cast, picture: UUID, name: str
) -> None:
    """The agreement's key opens the approved object, and no row can change that."""
    for_lecture = asks(cast.theo, picture, LECTURE, Rendition.REDACTED)
    assert open_photograph(for_lecture).content
    other = other_objects(picture)[name]
    RenditionRow.objects.filter(id=other).delete()
    RenditionRow.objects.filter(photograph=picture, rendition="redacted").update(id=other)
    AgreementImage.objects.filter(object_id=other).delete()
    AgreementImage.objects.filter(rendition="redacted", ended_at=None).update(object_id=other)
    with pytest.raises(KeyMissingError):
        open_photograph(for_lecture)


def test_the_picture_as_taken_that_was_signed_for_cannot_be_listed_again(
    cast: Cast, picture: UUID
) -> None:
    assert AgreementImage.objects.filter(rendition="display").update(ended_at=None) == 1
    with pytest.raises(KeyMissingError):
        open_photograph(asks(cast.theo, picture, LECTURE, Rendition.DISPLAY))


def test_a_second_look_that_never_was_can_be_written_and_the_record_does_not_tell_of_it(
    cast: Cast, picture: UUID
) -> None:
    """How many looked stands in clear, and the threat model says so; what they saw does not."""
    printed = Purpose.PRINT_PUBLICATION
    visit = signed(cast.alice, cast.petra, [picture], [printed])
    recipient = recipient_of(visit, printed)
    for_print = asks_by_name(cast.theo, picture, printed, recipient)
    assert shown_by_name(for_print) is None
    RenditionRow.objects.filter(photograph=picture).update(reviewers=2)
    assert shown_by_name(for_print)
    told = EventTag.PHOTOGRAPH_REDACTION_CONFIRMED.value
    assert not Event.objects.filter(tag=told).exists(), "it is missed where it should be"
