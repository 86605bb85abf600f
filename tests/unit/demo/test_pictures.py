"""Synthetic photographs are the same every time, look like skin, and say what they are."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from safelight.project.demo.drawing import (
    BodyPicture,
    Camera,
    DermoscopicPicture,
    FacePicture,
    Lesion,
    Skin,
    WristbandPicture,
    draw,
)
from safelight.project.demo.drawing.bodies import BODIES
from safelight.project.demo.drawing.colour import TONES
from safelight.project.demo.drawing.lesions import LESIONS

SMALL = (320, 240)
SKIN = Skin(tone=3, seed=4)
ARM = BodyPicture(framing="forearm", skin=SKIN)
EVERY_KIND = [
    ARM,
    DermoscopicPicture(skin=SKIN, seed=2),
    FacePicture(skin=SKIN),
    WristbandPicture(skin=SKIN, name="EXAMPLE, Petra", born="1984-03-12", identifier="D1"),
]


def pixels(spec, size=SMALL):
    return np.asarray(draw(spec, size), np.float32)


def middle(spec):
    return pixels(spec)[100:140, 140:180]


def by_kind(spec):
    return type(spec).__name__


@pytest.mark.parametrize("spec", EVERY_KIND, ids=by_kind)
def test_the_same_spec_gives_the_same_pixels(spec):
    assert draw(spec, SMALL).tobytes() == draw(spec, SMALL).tobytes()


@pytest.mark.parametrize("spec", EVERY_KIND, ids=by_kind)
@pytest.mark.parametrize("size", [(320, 240), (240, 320), (161, 121)])
def test_a_picture_has_the_size_that_was_asked_for(spec, size):
    picture = draw(spec, size)
    assert (picture.size, picture.mode) == (size, "RGB")


def test_another_person_gives_other_pixels():
    other = replace(ARM, skin=replace(SKIN, seed=5))
    assert draw(ARM, SMALL).tobytes() != draw(other, SMALL).tobytes()


def test_tones_run_from_light_to_dark():
    tones = range(1, len(TONES) + 1)
    brightness = [middle(replace(ARM, skin=replace(SKIN, tone=tone))).mean() for tone in tones]
    assert all(lighter > darker + 5 for lighter, darker in pairwise(brightness))


@pytest.mark.parametrize("tone", range(1, len(TONES) + 1))
def test_skin_is_warm_in_every_tone(tone):
    red, green, blue = middle(replace(ARM, skin=replace(SKIN, tone=tone))).mean(axis=(0, 1))
    assert red > green > blue


@pytest.mark.parametrize("framing", sorted(BODIES))
def test_every_framing_shows_skin_at_the_site(framing):
    red, _, blue = middle(BodyPicture(framing=framing, skin=SKIN)).mean(axis=(0, 1))
    assert red > blue + 20


@pytest.mark.parametrize("kind", sorted(LESIONS))
@pytest.mark.parametrize("tone", [1, 8])
def test_every_finding_shows_on_light_and_on_dark_skin(kind, tone):
    arm = replace(ARM, skin=replace(SKIN, tone=tone), camera=Camera(width=12))
    found = replace(arm, lesion=Lesion(kind=kind, radius=1.5))
    assert np.abs(middle(found) - middle(arm)).mean() > 3


@pytest.mark.parametrize("kind", ["wound", "ulcer", "burn", "psoriasis", "cellulitis", "rash"])
def test_a_finding_heals(kind):
    arm = replace(ARM, camera=Camera(width=12))
    bare = pixels(arm)

    def change(stage):
        spec = replace(arm, lesion=Lesion(kind=kind, radius=1.5, stage=stage))
        return np.abs(pixels(spec) - bare).mean()

    assert change(0.0) > change(0.5) > change(1.0)


def test_two_visits_line_up_once_the_shift_of_the_camera_is_undone():
    close = replace(ARM, camera=Camera(width=8), lesion=Lesion(kind="naevus", radius=0.6))
    moved = replace(close, camera=Camera(width=8, shift=(0.5, 0.25)))
    # 320 pixels show 8 cm: half a centimetre is 20 pixels, a quarter is 10.
    before, after = pixels(close)[60:180, 80:240], pixels(moved)[50:170, 60:220]
    there = np.corrcoef(before.mean(axis=2).ravel(), after.mean(axis=2).ravel())[0, 1]
    assert there > 0.9


def test_a_picture_says_in_its_corner_that_it_is_synthetic():
    plain = pixels(ARM, (1600, 1200))
    corner, above = plain[1170:, 1380:], plain[1100:1130, 1380:]
    assert np.abs(np.diff(corner, axis=1)).mean() > 2 * np.abs(np.diff(above, axis=1)).mean()


def test_a_ruler_adds_white_paper_below_the_finding():
    near = replace(ARM, camera=Camera(width=14), lesion=Lesion(kind="wound", radius=1.0))
    with_ruler = pixels(replace(near, ruler=True))
    assert (with_ruler.min(axis=2) > 205).sum() > (pixels(near).min(axis=2) > 205).sum() + 500
