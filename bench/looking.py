"""How long the child looks at a picture of twelve megapixels: what a page waits, what cores spend."""

import io
import time
from collections.abc import Callable

import numpy as np
from PIL import Image

from bench.hospital import Hospital
from bench.processes import Process
from bench.report import Report
from safelight.connectors.scanning.child import upright_pixels
from safelight.connectors.scanning.models import installed_face_model
from safelight.connectors.scanning.process import ChildScanner
from safelight.project.demo.drawing import Camera, Skin, WristbandPicture, draw
from safelight.redaction.ports import Look

SIZE = (4032, 3024)
GOAL = 2.0  # seconds on two cores for what a page proposes at once
SHOWN = (Look.FIRST, Look.CLOSER, Look.CHECK)


def measure(report: Report, hospital: Hospital, rounds: int) -> None:
    """The least of `rounds` looks at each picture, with the face model that is installed, if any."""
    pictures = {"noise and shapes": hospital.picture.read_bytes(), "wristband": _wristband()}
    rows: dict[str, dict[str, float | int | str | None]] = {}
    with ChildScanner(seconds=dict.fromkeys(Look, 120.0)) as scanner:
        started = time.perf_counter()
        scanner.warm()
        ready = time.perf_counter() - started
        child = scanner._child._process.pid  # type: ignore[union-attr] # noqa: SLF001 - it is warm
        for name, picture in pictures.items():
            decoding = min(_seconds(lambda p=picture: upright_pixels(p, 1)) for _ in range(rounds))  # type: ignore[misc]
            for look in SHOWN:
                looks = [_look(scanner, Process(child), picture, look) for _ in range(rounds)]
                waited, spent = (min(column) for column in zip(*looks, strict=True))
                rows[f"{look.value}: {name}"] = {
                    "wait s": waited,
                    "CPU s": spent,
                    "CPU s / 2": spent / 2,
                    "/ decoding": spent / decoding,
                }
        peak = Process(child).peak_megabytes()
    model = "with" if installed_face_model() else "without"
    note = (
        f"least of {rounds}, {model} a face model; goal {GOAL:.0f} s for the first; "
        f"the child was ready after {ready:.1f} s and held {peak:.0f} MB"
    )
    report.table("Looking for what identifies, 12 megapixels", rows, note)


def _wristband() -> bytes:
    drawn = draw(
        WristbandPicture(
            skin=Skin(tone=3, seed=3),
            name="PETRA EXAMPLE",
            born="1980-02-03",
            identifier="SL-0042-7781",
            camera=Camera(width=42),
        ),
        SIZE,
    )
    out = io.BytesIO()
    Image.fromarray(np.asarray(drawn.convert("RGB"))).save(out, "JPEG", quality=92)
    return out.getvalue()


def _look(scanner: ChildScanner, child: Process, picture: bytes, look: Look) -> tuple[float, float]:
    """Seconds waited, and seconds of the processor that the child spent."""
    spent, since = child.cpu_seconds(), time.perf_counter()
    scanner.scan(picture, 1, look)
    return time.perf_counter() - since, child.cpu_seconds() - spent


def _seconds(act: Callable[[], object]) -> float:
    since = time.process_time()
    act()
    return time.process_time() - since
