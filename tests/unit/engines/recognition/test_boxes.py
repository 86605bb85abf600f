from hypothesis import given
from hypothesis import strategies as st

from safelight.engines.recognition import Detection
from safelight.engines.recognition.boxes import Box, inside, joined, merged, shared
from safelight.vocabulary.identifiability import Identifying, Region

PICTURE = Region(0, 0, 400, 300)


def face(left: int, top: int, side: int, confidence: float = 0.5, name: str = "faces") -> Detection:
    return Detection(Identifying.FACE, Region(left, top, side, side), confidence, name)


edges = st.floats(-1000, 1000)
regions = st.builds(
    Region, st.integers(0, 300), st.integers(0, 200), st.integers(1, 100), st.integers(1, 100)
)
detections = st.builds(
    Detection,
    st.sampled_from(Identifying),
    regions,
    st.floats(0, 1),
    st.sampled_from(["one", "two"]),
)


@given(edges, edges, edges, edges)
def test_a_box_is_rounded_outward_and_kept_in_the_picture(left, top, right, bottom):
    box = Box(left, top, right, bottom)
    region = box.region(PICTURE.width, PICTURE.height)
    if region is None:
        assert (
            right <= 0 or bottom <= 0 or left >= 400 or top >= 300 or right <= left or bottom <= top
        )
        return
    assert PICTURE.contains(region)
    assert region.left <= max(left, 0)
    assert region.right >= min(right, 400)
    assert region.top <= max(top, 0)
    assert region.bottom >= min(bottom, 300)


def test_a_box_of_no_numbers_is_no_region():
    assert Box(float("nan"), 0, 10, 10).region(100, 100) is None
    assert Box(0, 0, float("inf"), 10).region(100, 100) is None


def test_a_box_that_is_scaled_back_lies_where_its_tile_lay():
    assert Box(1, 2, 3, 4).scaled(10, left=100, top=200) == Box(110, 220, 130, 240)


def test_one_face_found_by_two_detectors_is_one_face_under_both_boxes():
    (only,) = merged([face(10, 10, 100, 0.9, "faces"), face(20, 15, 110, 0.4, "other faces")])
    assert (only.detector, only.confidence) == ("faces", 0.9)
    assert only.region == Region(10, 10, 120, 115)


def test_a_small_box_within_a_large_one_adds_nothing():
    (only,) = merged([face(10, 10, 200), face(50, 50, 20)])
    assert only.region == Region(10, 10, 200, 200)


def test_two_faces_side_by_side_stay_two():
    assert len(merged([face(0, 0, 100), face(95, 0, 100)])) == 2


def test_writing_on_a_face_stays_writing_on_a_face():
    text = Detection(Identifying.TEXT, Region(20, 20, 30, 10), 0.5, "writing")
    assert len(merged([face(0, 0, 100), text])) == 2


def test_boxes_in_a_chain_become_one():
    assert len(merged([face(0, 0, 100), face(60, 0, 100), face(30, 0, 100)])) == 1


@given(st.lists(detections, max_size=12), st.randoms())
def test_merging_covers_all_that_was_found_and_leaves_nothing_to_merge(found, random):
    result = merged(found)
    for item in found:
        assert any(
            other.kind is item.kind and other.region.contains(item.region) for other in result
        )
    assert merged(result) == result
    shuffled = list(found)
    random.shuffle(shuffled)
    assert merged(shuffled) == result


@given(regions, regions)
def test_what_two_share_is_a_part_and_the_same_from_both_sides(one, other):
    assert 0 <= shared(one, other) <= inside(one, other) <= 1
    assert shared(one, other) == shared(other, one)
    both = joined(one, other)
    assert both.contains(one)
    assert both.contains(other)
