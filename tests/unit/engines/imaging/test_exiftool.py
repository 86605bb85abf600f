"""A reader that is not ours looks at every scrubbed picture."""

import json
import shutil
import subprocess

import pytest
from tests.unit.engines.imaging.corpus import ALL_CASES, CANARY

from safelight.engines.imaging import scrub

EXIFTOOL = shutil.which("exiftool")
needs_exiftool = pytest.mark.skipif(
    EXIFTOOL is None, reason="needs exiftool (Debian: apt-get install libimage-exiftool-perl)"
)

ABOUT_THE_PIXELS = {"File", "System", "ExifTool", "Composite", "Adobe"}
HARMLESS = {
    "JFIF": {"JFIFVersion", "ResolutionUnit", "XResolution", "YResolution"},
    "IFD0": {"Orientation"},
    "PNG": {
        "ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter",
        "Interlace", "Palette", "Transparency", "Gamma", "SRGBRendering", "ProfileName",
    },
}  # fmt: skip


@needs_exiftool
def test_exiftool_finds_nothing_in_any_scrubbed_picture(tmp_path):
    for case in ALL_CASES:
        result = scrub(case.data)
        suffix = result.media_type.removeprefix("image/")
        (tmp_path / f"{case.name}.{suffix}").write_bytes(result.data)
    read = subprocess.run(
        [str(EXIFTOOL), "-json", "-G1", "-a", "-u", "-U", "-ee3", "-api", "RequestAll=1", "."],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    reports = json.loads(read.stdout)
    assert len(reports) == len(ALL_CASES)
    assert not [leftover for report in reports for leftover in _leftovers(report)]


def _leftovers(report):
    for key, value in report.items():
        group, _, tag = key.rpartition(":")
        harmless = group in ABOUT_THE_PIXELS or group.startswith("ICC") or not group
        if not harmless and tag not in HARMLESS.get(group, ()):
            yield report["SourceFile"], key
        if CANARY.decode() in str(value):
            yield report["SourceFile"], key
        if tag in ("Warning", "Error"):
            yield report["SourceFile"], value
