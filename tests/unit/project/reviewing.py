"""A folder of results that waits for a review: one JPEG, one DICOM photograph, one of two frames."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.unit.engines.dicom.dicom_files import CAPTURES, clean, photograph
from tests.unit.project.test_cli_deidentify import FindsBlue, face

from safelight.project.deidentify_folder import deidentify_all
from safelight.project.review_folder import review_all
from safelight.project.review_pictures import Said

AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
JPEG, SINGLE, MULTI = "picture-0001", "picture-0002", "picture-0003"
NAMES = {JPEG: ".jpg", SINGLE: ".dcm", MULTI: ".dcm"}
SIZE = {"Rows": 200, "Columns": 300}


def waiting(name: str) -> str:
    return f"{name}.not-reviewed{NAMES[name]}"


def reviewed(name: str) -> str:
    return f"{name}.reviewed{NAMES[name]}"


def fill(place: Path, scanner: Any = None) -> Path:
    """Sources whose names name a patient, and what becomes of them."""
    (place / "in").mkdir(parents=True)
    (place / "in/1 Petra 4711.jpg").write_bytes(face())
    (place / "in/2 Petra.dcm").write_bytes(photograph(face(), **SIZE))
    frames = [face(), clean((300, 200))]
    (place / "in/3 Petra.dcm").write_bytes(photograph(*frames, sop_class=CAPTURES, **SIZE))
    deidentify_all(scanner or FindsBlue(), [place / "in"], place / "out")
    return place / "out"


def approve(
    out: Path,
    *names: str,
    by: str = "Ada",
    scanner: Any = None,
    reasons: Mapping[str, str] | None = None,
) -> int:
    """Review pictures by their files' names, or all of them when none is named."""
    said = Said(by, AT, reasons or {})
    paths = [out / name for name in names] or [out]
    return review_all(scanner or FindsBlue(), paths, said, everything=not names)


def report(out: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((out / "report.json").read_bytes())
    return told


def picture(out: Path, name: str) -> dict[str, Any]:
    """What the report says of one picture."""
    (found,) = [item for item in report(out)["pictures"] if item["result"].startswith(name)]
    return dict(found)


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir()}
