"""What is looked at by reference carries who looks: for everybody to read, and hidden."""

import io

import numpy as np
import pytest
from PIL import Image
from tests.cast import Cast
from tests.consenting import signed
from tests.pictures import jpeg
from tests.taking import take

from safelight.engines.policy import Obligation
from safelight.engines.watermark import read
from safelight.release.marking import Mark, NotMarkedError, burn
from safelight.release.opened import Opened
from safelight.vault.institution_keys import WATERMARKS, institution_key
from safelight.vocabulary.purposes import Purpose

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
BOTH = frozenset({Obligation.VISIBLE_MARK, Obligation.INVISIBLE_MARK, Obligation.NO_STORE})
RHEA = Mark("Rhea Lindqvist, 28 November 2026, 21:14", 0xC0FFEE42)


def picture(width: int, height: int, seed: int = 1) -> Opened:
    return Opened(jpeg(seed, (width, height)), "image/jpeg")


def skin() -> Opened:
    """Smooth, as skin is: where a mark would be seen first."""
    across, down = np.meshgrid(np.linspace(0, 40, 1600), np.linspace(0, 30, 1200))
    smooth = np.stack([150 + across, 110 + down, 90 + across / 2], axis=2).astype(np.uint8)
    kept = io.BytesIO()
    Image.fromarray(smooth).save(kept, "JPEG", quality=95)
    return Opened(kept.getvalue(), "image/jpeg")


def pixels(opened: Opened) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(opened.content)).convert("RGB"))


def number_in(opened: Opened) -> int | None:
    return read(pixels(opened), institution_key(WATERMARKS), search=False).payload


@pytest.mark.parametrize("size", [(1600, 1200), (320, 240), (96, 64)])
def test_a_marked_picture_names_the_recipient_whatever_its_size(size: tuple[int, int]) -> None:
    assert number_in(burn(picture(*size), BOTH, RHEA)) == RHEA.number


def test_what_has_no_such_duty_is_sent_as_it_is() -> None:
    opened = picture(320, 240)
    assert burn(opened, frozenset({Obligation.NO_STORE}), None) is opened


def test_the_visible_mark_is_seen_and_the_invisible_one_is_not() -> None:
    opened = skin()
    hidden = burn(opened, frozenset({Obligation.INVISIBLE_MARK}), RHEA)
    both = burn(opened, BOTH, RHEA)
    plain = pixels(opened).astype(int)
    assert np.abs(pixels(hidden) - plain).mean() < 3
    assert np.abs(pixels(both) - plain).max() > 25


@pytest.mark.parametrize(
    "opened",
    [
        Opened(b"no picture", "image/jpeg"),
        Opened(jpeg(1, (640, 480))[:900], "image/jpeg"),
        picture(4000, 40),
    ],
    ids=["no picture", "cut off", "a strip"],
)
def test_what_cannot_carry_a_mark_is_not_sent(opened: Opened) -> None:
    with pytest.raises(NotMarkedError):
        burn(opened, BOTH, RHEA)


def test_without_a_mark_to_burn_nothing_is_sent() -> None:
    with pytest.raises(NotMarkedError):
        burn(picture(640, 480), BOTH, None)


def test_a_profile_of_colours_stays() -> None:
    from PIL import ImageCms  # noqa: PLC0415 - only for this

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = io.BytesIO()
    Image.open(io.BytesIO(jpeg(1, (640, 480)))).convert("RGB").save(
        kept, "JPEG", icc_profile=profile
    )
    marked = burn(Opened(kept.getvalue(), "image/jpeg"), BOTH, RHEA)
    assert Image.open(io.BytesIO(marked.content)).info["icc_profile"] == profile


def test_a_lecture_is_marked_and_a_colleagues_question_is_not(cast: Cast) -> None:
    from tests.rooms.release.test_references import LECTURE, asked_by, look_at  # noqa: PLC0415

    from safelight.release.references import show_by_reference  # noqa: PLC0415

    shown = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [shown], [Purpose.LECTURE])
    assert number_in(show_by_reference(look_at(shown, LECTURE))) == 7
    assert number_in(show_by_reference(asked_by(cast.bob, shown))) is None


def test_a_name_in_letters_that_are_not_there_gives_way_to_the_number() -> None:
    marked = burn(picture(1600, 1200), BOTH, Mark("李明, 2026-11-28", 0x1234ABCD))
    assert number_in(marked) == 0x1234ABCD
