"""Whatever the bytes: a clean picture or one of our own errors, never anything else."""

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.engines.imaging.corpus import ALL_CASES

from safelight.engines.imaging import ImagingError, check_clean, make_renditions, probe, scrub

sources = st.sampled_from(ALL_CASES).map(lambda case: case.data)
quick = settings(max_examples=300, deadline=None)


@st.composite
def mutated(draw):
    """A picture of the corpus with a few bytes changed, put in, taken out or cut off."""
    data = bytearray(draw(sources))
    for _ in range(draw(st.integers(1, 6))):
        # Half of the changes near the start, where the structure is.
        reach = draw(st.sampled_from([min(200, len(data)), len(data)]))
        at = draw(st.integers(0, max(0, reach - 1)))
        piece = draw(st.binary(max_size=4))
        gone = draw(st.integers(0, 4))
        data[at : at + gone] = piece
    if draw(st.booleans()):
        del data[draw(st.integers(0, len(data))) :]
    return bytes(data)


def outcome(data):
    """The scrubbed picture, or None if it was refused; any other error is a failure."""
    try:
        return scrub(data)
    except ImagingError:
        return None


@quick
@given(mutated())
def test_a_damaged_picture_is_clean_or_refused(data):
    result = outcome(data)
    if result is not None:
        check_clean(result.data)
        assert scrub(result.data).data == result.data
        assert scrub(result.data).findings == ()


@quick
@given(st.binary(max_size=400))
def test_random_bytes_are_refused(data):
    assert outcome(data) is None


@quick
@given(
    st.sampled_from(
        [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"\0\0\0\x14ftypheic"]
    ),
    st.binary(max_size=300),
)
def test_random_bytes_after_a_true_beginning_are_clean_or_refused(start, rest):
    result = outcome(start + rest)
    if result is not None:
        check_clean(result.data)


@settings(max_examples=100, deadline=None)
@given(mutated())
def test_rendering_a_damaged_picture_works_or_is_refused(data):
    try:
        made = make_renditions(data, 1)
    except ImagingError:
        return
    check_clean(made.display)
    check_clean(made.thumbnail)


@quick
@given(mutated())
def test_probing_agrees_with_scrubbing(data):
    try:
        shape = probe(data)
    except ImagingError:
        assert outcome(data) is None
        return
    result = outcome(data)
    if result is not None and result.lossless:
        assert (result.width, result.height) == (shape.width, shape.height)
        assert result.orientation == shape.orientation
