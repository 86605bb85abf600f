"""What is proposed, and the promise: once covered, nothing that was found is found again."""

import time

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import transform
from tests.unit.engines.recognition.scenes import (
    FACE,
    PRINTED,
    astronaut,
    code,
    covers,
    darker,
    filled,
    printed,
)

from safelight.engines.recognition import RecognitionError
from safelight.engines.recognition.detection import Detection
from safelight.engines.recognition.searching import Pass, Search, _search, check, together
from safelight.engines.recognition.searching import propose as propose_anew
from safelight.vocabulary.identifiability import Identifying, Region

SQUARE, LINE = Region(300, 200, 160, 160), Region(200, 200, 420, 120)
WORDS = "PETRA EXAMPLE\n1980-02-03\nSL-0042-7781"
SCENES = {
    "a face": astronaut(),
    "a dark face": darker(astronaut(), 0.25),
    "a face lying on its side": np.rot90(astronaut()).copy(),
    "a page": printed(WORDS, 36),
    "a QR code": code("QRCode", SQUARE),
    "a data matrix": code("DataMatrix", SQUARE),
    "a barcode": code("Code128", LINE),
}


PROPOSED: dict[tuple[tuple[int, ...], bytes], tuple[Detection, ...]] = {}


def propose(pixels: NDArray[np.uint8]) -> tuple[Detection, ...]:
    """What was proposed for these very pixels before: several tests ask about the same ones."""
    key = pixels.shape, pixels.tobytes()
    if key not in PROPOSED:
        PROPOSED[key] = propose_anew(pixels)
    return PROPOSED[key]


@pytest.mark.parametrize("share", [1.0, 0.5, 0.25], ids=["light", "dim", "dark"])
def test_a_face_is_proposed_in_any_light(share: float) -> None:
    assert covers(propose(darker(astronaut(), share)), Identifying.FACE, FACE)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_face_is_proposed_however_the_picture_was_held(quarters: int) -> None:
    marked = np.zeros((512, 512), bool)
    marked[FACE.top : FACE.bottom, FACE.left : FACE.right] = True
    rows, columns = np.nonzero(np.rot90(marked, quarters))
    place = Region(
        int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1
    )
    found = propose(np.rot90(astronaut(), quarters).copy())
    assert any(item.kind is Identifying.FACE and item.region.contains(place) for item in found)


def test_a_tilted_head_is_proposed() -> None:
    tilted = transform.rotate(astronaut(), 30, center=(225, 120), mode="edge") * 255
    found = propose(tilted.astype(np.uint8))
    middle = Region(205, 100, 40, 40)
    assert covers(found, Identifying.FACE, middle)


def test_the_same_place_is_named_in_a_picture_of_twelve_megapixels() -> None:
    large = np.full((3000, 4000, 3), 160, np.uint8)
    large[1000:2024, 2000:3024] = astronaut().repeat(2, axis=0).repeat(2, axis=1)
    place = Region(2000 + 2 * FACE.left, 1000 + 2 * FACE.top, 2 * FACE.width, 2 * FACE.height)
    began = time.monotonic()
    found = propose_anew(large)
    assert time.monotonic() - began < 15  # two seconds on two idle cores; others use the machine
    assert covers(found, Identifying.FACE, place)
    assert all(Region(0, 0, 4000, 3000).contains(item.region) for item in found)


@pytest.mark.parametrize("size", [16, 28, 60])
def test_printed_writing_is_proposed_in_three_sizes(size: int) -> None:
    found = propose(printed(WORDS, size))
    assert covers(
        found, Identifying.TEXT, Region(PRINTED.left, PRINTED.top + size // 4, 5 * size, size // 2)
    )


def test_writing_that_runs_up_the_picture_is_proposed() -> None:
    found = propose(np.rot90(printed(WORDS, 36)).copy())
    assert [item.kind for item in found].count(Identifying.TEXT) >= 2


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("QRCode", SQUARE),
        ("DataMatrix", SQUARE),
        ("Code128", LINE),
        ("EAN8", LINE),
        ("PDF417", LINE),
    ],
)
def test_a_code_is_proposed(kind: str, place: Region) -> None:
    assert any(item.kind is Identifying.CODE for item in propose(code(kind, place)))


def test_a_code_is_proposed_turned_and_white_on_black() -> None:
    page = code("QRCode", SQUARE)
    turned = (transform.rotate(page, 20, mode="edge") * 255).astype(np.uint8)
    for picture in (turned, 255 - page):
        assert any(item.kind is Identifying.CODE for item in propose(picture))


def test_faces_and_codes_are_found_first_and_then_writing_and_nothing_is_lost_by_the_order() -> (
    None
):
    page = printed(WORDS, 28, (800, 500)).copy()
    page[:350, 450:] = astronaut()[:350, 50:400]
    page[280:, :400] = code("QRCode", SQUARE)[170:390, 180:580]
    search = Search()
    first, written = search.first(page), search.closer(page)
    assert {Identifying.FACE, Identifying.CODE} <= {item.kind for item in first}
    assert Identifying.TEXT not in {item.kind for item in first}
    assert {item.kind for item in written} == {Identifying.TEXT}
    assert together((*first, *written)) == search.propose(page)


def test_a_face_in_the_background_of_a_large_picture_is_found_when_looked_at_closer() -> None:
    room = np.full((3000, 4000, 3), 150, np.uint8)
    room[500:628, 3000:3128] = transform.resize(astronaut()[10:210, 120:320], (128, 128)) * 255
    brows_to_chin, search = Region(3030, 545, 60, 55), Search()
    assert not covers(search.first(room), Identifying.FACE, brows_to_chin)
    assert covers(search.closer(room), Identifying.FACE, brows_to_chin)


@pytest.mark.parametrize("pixels", SCENES.values(), ids=SCENES)
def test_nothing_that_was_found_is_still_detectable_once_it_is_covered(pixels) -> None:
    found = check(pixels)
    assert found
    assert check(filled(pixels, found)) == ()


@pytest.mark.parametrize("pixels", SCENES.values(), ids=SCENES)
def test_what_was_proposed_is_enough_for_both_looks(pixels) -> None:
    """The second detectors look at pictures whose proposals were accepted as they are."""
    assert check(filled(pixels, propose(pixels), colour=128)) == ()


def test_a_picture_that_is_all_face_is_covered_in_its_middle() -> None:
    face = astronaut()[20:220, 125:325].repeat(6, axis=0).repeat(6, axis=1)
    assert covers(propose(face), Identifying.FACE, Region(480, 480, 300, 300))


def test_a_picture_that_is_all_text_is_covered_and_nothing_is_left() -> None:
    rows = "\n".join(f"PETRA EXAMPLE 1980-02-03 SL-0042-{number}" for number in range(40))
    page = printed(rows, 24, (1400, 1300))
    found = propose(page)
    lines = [item for item in found if item.kind is Identifying.TEXT]
    assert len(lines) >= 20
    assert not [item for item in check(filled(page, found)) if item.kind is Identifying.TEXT]


DEGENERATE = {
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "grey": np.full((300, 200), 128, np.uint8),
    "transparent": np.zeros((120, 90, 4), np.uint8),
    "white": np.full((700, 900, 3), 255, np.uint8),
    "black": np.zeros((700, 900, 3), np.uint8),
    "a thread": np.full((3, 60_000, 3), 90, np.uint8),
    "a ribbon": np.full((9_000, 12, 3), 90, np.uint8),
}


@pytest.mark.parametrize("pixels", DEGENERATE.values(), ids=DEGENERATE)
def test_there_is_nothing_in_a_picture_of_nothing(pixels) -> None:
    assert check(pixels) == ()


class Broken:
    """A detector whose library fails."""

    name = "broken"

    def detect(self, pixels):
        raise MemoryError


class Quiet:
    """A detector that finds nothing."""

    name = "quiet"

    def detect(self, pixels):
        return ()


def test_one_detector_that_fails_fails_the_search() -> None:
    picture = np.zeros((50, 50, 3), np.uint8)
    assert _search(picture, [Pass(Quiet(), 1000)]) == ()
    with pytest.raises(RecognitionError):
        _search(picture, [Pass(Quiet(), 1000), Pass(Broken(), 1000), Pass(Quiet(), 1000)])
