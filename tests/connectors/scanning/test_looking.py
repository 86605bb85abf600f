"""The real child: what it finds, what it has given up, and that it goes when it is alone."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from safelight.connectors.scanning.process import COMMAND, ENVIRONMENT, ChildScanner
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Look
from safelight.vocabulary.identifiability import Identifying, Region

# Four times what is allowed in earnest: eight tests at once share the machine.
SECONDS = {**dict.fromkeys(Look, 60.0), Look.CHECK: 100.0}
CODE = Region(300, 200, 200, 200)
EMPTY = (640, 480)


@pytest.fixture(scope="module")
def scanner() -> Iterator[ChildScanner]:
    with ChildScanner(seconds=SECONDS, start_seconds=100) as scanner:
        yield scanner


def page(kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A QR code at `CODE` of a white page."""
    code = np.array(
        zxingcpp.create_barcode("SL-1", zxingcpp.BarcodeFormat.QRCode).to_image(scale=4)
    )
    picture = Image.new("L", EMPTY, 255)
    drawn = Image.fromarray(code).resize((CODE.width, CODE.height), Image.Resampling.NEAREST)
    picture.paste(drawn, (CODE.left, CODE.top))
    out = io.BytesIO()
    picture.convert(mode).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGB"), ("PNG", "L"), ("PNG", "1"), ("PNG", "RGBA"), ("JPEG", "CMYK")],
)
def test_a_code_is_found_in_every_kind_of_picture(
    scanner: ChildScanner, kind: str, mode: str
) -> None:
    scan = scanner.scan(page(kind, mode), 1, Look.PROPOSE)
    assert (scan.width, scan.height) == EMPTY
    codes = [item.region for item in scan.detections if item.kind is Identifying.CODE]
    assert any(region.within(CODE) for region in codes)


def test_places_are_those_of_the_upright_picture(scanner: ChildScanner) -> None:
    """Orientation 6: what is stored must be turned by 90 degrees with the clock to be seen."""
    scan = scanner.scan(page(), 6, Look.PROPOSE)
    assert (scan.width, scan.height) == EMPTY[::-1]
    seen = Region(EMPTY[1] - CODE.bottom, CODE.left, CODE.height, CODE.width)
    (code,) = [item.region for item in scan.detections if item.kind is Identifying.CODE]
    assert code.within(seen)


def test_a_hundred_megapixels_are_looked_at_within_the_bound_of_memory(
    scanner: ChildScanner,
) -> None:
    """The kernel refuses the child more than 3 GB of addresses, so that it would fail."""
    side = 9_990
    large = Image.new("L", (side, side), 200)
    with Image.open(io.BytesIO(page())) as small:
        large.paste(small.resize((2_560, 1_920), Image.Resampling.NEAREST), (4_000, 4_000))
    out = io.BytesIO()
    large.save(out, "PNG", compress_level=1)
    scan = scanner.scan(out.getvalue(), 1, Look.PROPOSE)
    assert (scan.width, scan.height) == (side, side)
    seen = Region(4_000 + 4 * CODE.left, 4_000 + 4 * CODE.top, 4 * CODE.width, 4 * CODE.height)
    assert any(item.region.within(seen) for item in scan.detections)


def test_one_pixel_is_looked_at_and_more_than_can_be_searched_is_refused(
    scanner: ChildScanner,
) -> None:
    for side, answers in ((1, True), (11_000, False)):
        out = io.BytesIO()
        Image.new("1", (side, side)).save(out, "PNG")
        if answers:
            assert scanner.scan(out.getvalue(), 1, Look.CHECK).detections == ()
        else:
            with pytest.raises(ScanFailedError):
                scanner.scan(out.getvalue(), 1, Look.CHECK)


def test_a_picture_that_cannot_be_read_fails_and_the_child_lives_on(scanner: ChildScanner) -> None:
    with pytest.raises(ScanFailedError):
        scanner.scan(page()[:-20], 1, Look.PROPOSE)
    assert scanner.scan(page(), 1, Look.PROPOSE).detections


def test_a_face_model_that_is_none_fails_every_scan(tmp_path: Path) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(b"no network")
    with (
        ChildScanner(face_model=model, seconds=SECONDS, start_seconds=100) as scanner,
        pytest.raises(ScanFailedError),
    ):
        scanner.scan(page(), 1, Look.PROPOSE)


def test_too_little_memory_fails_the_scan() -> None:
    command = (*COMMAND, "--most-memory", "1000000")
    with (
        ChildScanner(command=command, seconds=SECONDS, start_seconds=100) as scanner,
        pytest.raises(ScanFailedError),
    ):
        scanner.scan(page(), 1, Look.PROPOSE)


def process_id(scanner: ChildScanner) -> int:
    scanner.warm()
    assert scanner._child
    return scanner._child._process.pid


def test_the_child_has_no_secrets_and_may_do_little(
    scanner: ChildScanner,
) -> None:
    place = Path("/proc") / str(process_id(scanner))
    variables = {item.split("=")[0] for item in (place / "environ").read_text().split("\0") if item}
    assert variables <= ENVIRONMENT.keys() | {"LC_CTYPE"}
    limits = {
        line[:26].strip(): line[26:].split()[:2]
        for line in (place / "limits").read_text().splitlines()
    }
    assert limits["Max core file size"] == ["0", "0"]
    assert limits["Max file size"] == ["0", "0"]
    assert int(limits["Max address space"][1]) <= 3_000_000_000
    assert "/django/" not in (place / "maps").read_text()


def test_the_child_imports_no_django_and_no_room_that_keeps_anything() -> None:
    asking = (
        "import sys, safelight.connectors.scanning.child; "
        "print(*(name for name in sys.modules if name.startswith(('django', 'safelight.'))))"
    )
    loaded = subprocess.run(
        [sys.executable, "-I", "-c", asking], check=True, capture_output=True, text=True
    ).stdout.split()
    rooms = {name.split(".")[1] for name in loaded if name.startswith("safelight.")}
    assert rooms == {"connectors", "engines", "vocabulary"}
    assert not [name for name in loaded if name.startswith("django")]


def test_the_child_leaves_when_its_parent_is_gone() -> None:
    """The parent is killed, so that it cannot say goodbye."""
    program = (
        "import os, safelight.connectors.scanning.process as process\n"
        "scanner = process.ChildScanner(start_seconds=100); scanner.warm()\n"
        "print(scanner._child._process.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    parent = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True
    )
    assert _is_gone(int(parent.stdout), within=20)


def _is_gone(process: int, within: float) -> bool:
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":  # gone, though nobody asked after it
            return True
        time.sleep(0.05)
    return False


def test_a_child_that_nobody_asks_leaves_and_the_next_picture_gets_another() -> None:
    command = (*COMMAND, "--idle-seconds", "2")
    with ChildScanner(command=command, seconds=SECONDS, start_seconds=100) as scanner:
        first = process_id(scanner)
        assert _is_gone(first, within=60)
        assert scanner._child
        scanner._child._process.wait(20)
        scanner._command = COMMAND  # one that waits longer, however busy the machine is
        assert scanner.scan(page(), 1, Look.PROPOSE).detections
        assert process_id(scanner) != first


def test_a_child_that_was_ended_is_replaced(scanner: ChildScanner) -> None:
    first = process_id(scanner)
    assert scanner._child is not None
    ended = scanner._child._process
    os.kill(first, 9)
    ended.wait(20)  # its last threads may outlive the first; it is gone when it can be waited for
    assert scanner.scan(page(), 1, Look.PROPOSE).detections
    assert process_id(scanner) != first
