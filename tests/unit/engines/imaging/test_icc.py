import io

import numpy as np
import pytest
from PIL import Image, ImageCms
from tests.unit.engines.imaging.corpus import gradient, uncommon_profile

from safelight.engines.imaging.icc import Profile, Unusable, recognise
from safelight.engines.imaging.icc_writer import write_profile

PRIMARIES = {
    Profile.SRGB: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    Profile.DISPLAY_P3: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06)),
    Profile.ADOBE_RGB: ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)),
}
BRADFORD = np.array(
    [
        [0.8951, 0.2664, -0.1614],
        [-0.7502, 1.7135, 0.0367],
        [0.0389, -0.0685, 1.0296],
    ]
)


def xyz(x, y):
    return np.array([x / y, 1, (1 - x - y) / y])


@pytest.mark.parametrize("profile", PRIMARIES, ids=lambda p: p.label)
def test_colorants_follow_from_the_published_primaries(profile):
    white, d50 = xyz(0.3127, 0.3290), np.array([0.9642, 1, 0.8249])
    primaries = np.array([xyz(*p) for p in PRIMARIES[profile]]).T
    primaries = primaries * np.linalg.solve(primaries, white)
    scale = np.diag((BRADFORD @ d50) / (BRADFORD @ white))
    adapted = (np.linalg.inv(BRADFORD) @ scale @ BRADFORD @ primaries).T
    assert np.array_equal(np.round(adapted * 65536).astype(int), profile.colorants)


@pytest.mark.parametrize("profile", Profile, ids=lambda p: p.label)
def test_our_own_profiles_are_recognised(profile):
    assert recognise(profile.icc, grey=profile.is_grey) is profile


def test_the_srgb_profile_of_littlecms_is_recognised():
    other = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert recognise(other, grey=False) is Profile.SRGB


def test_littlecms_reads_our_srgb_as_srgb():
    ours = ImageCms.ImageCmsProfile(io.BytesIO(Profile.SRGB.icc))
    theirs = ImageCms.createProfile("sRGB")
    same = ImageCms.profileToProfile(gradient(), ours, theirs)
    assert np.abs(np.asarray(same, int) - np.asarray(gradient())).max() <= 1


@pytest.mark.parametrize("profile", PRIMARIES, ids=lambda p: p.label)
def test_white_stays_white(profile):
    ours = ImageCms.ImageCmsProfile(io.BytesIO(profile.icc))
    white = Image.new("RGB", (1, 1), (255, 255, 255))
    same = ImageCms.profileToProfile(white, ours, ImageCms.createProfile("sRGB"))
    assert np.asarray(same).tolist() == [[[255, 255, 255]]]


def test_a_table_curve_of_the_same_shape_is_recognised():
    steps = [round(_srgb(i / 1023) * 65535) for i in range(1024)]
    table = b"curv\0\0\0\0" + (1024).to_bytes(4, "big")
    table += b"".join(s.to_bytes(2, "big") for s in steps)
    tags = {b"rXYZ": 0, b"gXYZ": 1, b"bXYZ": 2}
    assert recognise(_profile(tags, table), grey=False) is Profile.SRGB


def _srgb(x):
    return x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4


def _profile(colorants, curve):
    names = [*colorants, b"rTRC", b"gTRC", b"bTRC"]
    start = 132 + 12 * len(names)
    values = [
        b"XYZ \0\0\0\0" + b"".join(v.to_bytes(4, "big") for v in Profile.SRGB.colorants[i])
        for i in colorants.values()
    ]
    values += [curve] * 3
    table, body = len(names).to_bytes(4, "big"), b""
    for name, value in zip(names, values, strict=True):
        table += name + (start + len(body)).to_bytes(4, "big") + len(value).to_bytes(4, "big")
        body += value
    head = bytearray(Profile.SRGB.icc[:128])
    return bytes(head) + table + body


@pytest.mark.parametrize("gamma", [(0,), (-65536,), (2**31 - 1,), (65536,)])
def test_another_curve_is_another_profile(gamma):
    assert recognise(write_profile("x", Profile.SRGB.colorants, gamma), grey=False) is None


def test_other_primaries_are_another_profile():
    assert recognise(uncommon_profile(), grey=False) is None


@pytest.mark.parametrize("data", [b"", b"x" * 200, Profile.SRGB.icc[:131]])
def test_what_is_no_profile_is_damaged(data):
    assert recognise(data, grey=False) is Unusable.DAMAGED


def test_a_profile_for_other_pixels_is_unusable():
    assert recognise(Profile.SRGB.icc, grey=True) is Unusable.OTHER_SPACE
    assert recognise(Profile.GREY_2_2.icc, grey=False) is Unusable.OTHER_SPACE
