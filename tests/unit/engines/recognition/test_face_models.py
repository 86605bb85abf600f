"""The reading of CenterFace's maps, and files that are no model. No model is part of Safelight."""

from pathlib import Path

import numpy as np
import pytest

from safelight.engines.recognition import FaceModelError
from safelight.engines.recognition.boxes import Box
from safelight.engines.recognition.face_models import ModelFaces, centres, load_face_model


def maps():
    """A hill whose top is at row 10, column 20, for a face of 48 x 64 pixels."""
    heat = np.zeros((40, 60), np.float32)
    heat[10, 20], heat[10, 21] = 0.9, 0.6
    sizes = np.zeros((2, 40, 60), np.float32)
    sizes[0, 10, 20], sizes[1, 10, 20] = np.log(64 / 4), np.log(48 / 4)
    offsets = np.zeros((2, 40, 60), np.float32)
    return heat, sizes, offsets


def test_a_hill_in_the_heat_is_one_face_of_the_size_that_is_told():
    ((box, sure),) = centres(*maps())
    assert sure == pytest.approx(0.9)
    assert box.width == pytest.approx(48, abs=0.1)
    assert box.height == pytest.approx(64, abs=0.1)
    assert (box.left + box.right) / 2 == pytest.approx(82)
    assert (box.top + box.bottom) / 2 == pytest.approx(42)


def test_no_heat_is_no_face():
    heat, sizes, offsets = maps()
    assert list(centres(heat * 0, sizes, offsets)) == []


class Corner:
    """A network that sees a face in the upper left corner of whatever it is shown."""

    def find(self, pixels):
        assert pixels.shape[0] % 32 == pixels.shape[1] % 32 == 0
        yield Box(10, 10, 30, 30), 0.8


def test_a_face_that_is_seen_with_the_picture_turned_is_mapped_back():
    picture = np.zeros((100, 150, 3), np.uint8)
    (upright,) = ModelFaces("model", Corner()).detect(picture)
    (turned,) = ModelFaces("model", Corner(), (180.0,)).detect(picture)
    assert upright.region.left < 20
    assert upright.region.top < 20
    assert turned.region.right > 130
    assert turned.region.bottom > 80


@pytest.mark.parametrize("content", [b"", b"no network", b"\x08\x07" * 500])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(FaceModelError):
        load_face_model(path)


def test_a_file_that_is_missing_is_refused(tmp_path: Path):
    with pytest.raises(FaceModelError):
        load_face_model(tmp_path / "model.onnx")
