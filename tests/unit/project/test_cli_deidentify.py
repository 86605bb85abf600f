"""Folders of pictures, unattended: all that is found is covered, and nothing claims to be reviewed."""

import base64
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from skimage.data import astronaut
from tests.unit.engines.dicom.dicom_files import full_of_canaries, native, photograph, pixels
from tests.unit.engines.imaging.corpus import betrays, full_exif, other

from safelight.engines.imaging import check_clean
from safelight.engines.recognition import Detection
from safelight.project import cli
from safelight.project.deidentify_folder import deidentify_all
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Scan
from safelight.vocabulary.identifiability import Identifying, Region

BLUE = (0, 0, 255)


def has_blue(picture):
    red, _, blue = np.moveaxis(pixels(picture).astype(int), 2, 0)
    return bool(np.any((blue > 200) & (red < 90)))


class FindsBlue:
    """A detector that is as simple as one can be: whatever is blue identifies."""

    def __init__(self, misses=0):
        self.misses = misses

    def scan(self, picture, orientation, look):
        check_clean(picture)
        image = Image.open(io.BytesIO(picture)).convert("RGB")
        turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270}.get(orientation)
        upright = np.asarray(image.transpose(turn) if turn else image).astype(int)
        found = np.argwhere((upright[..., 2] > 200) & (upright[..., 0] < 90))
        height, width = upright.shape[:2]
        return Scan(width, height, self._as_detections(found), 0.1)

    def _as_detections(self, found):
        if not len(found):
            return ()
        if self.misses:
            self.misses -= 1
            return ()
        (top, left), (bottom, right) = found.min(axis=0), found.max(axis=0)
        region = Region(int(left), int(top), int(right - left + 1), int(bottom - top + 1))
        return (Detection(Identifying.FACE, region, 0.9, "blue"),)


class FindsAlways(FindsBlue):
    """It still finds something, wherever one covers."""

    def scan(self, picture, orientation, look):
        image = Image.open(io.BytesIO(picture))
        found = Detection(Identifying.TEXT, Region(1, 2, 9, 4), 0.7, "always")
        return Scan(*image.size, (found,), 0.1)


class Fails:
    def scan(self, picture, orientation, look):
        raise ScanFailedError


class FailsAtTheSecondLook(FindsBlue):
    def scan(self, picture, orientation, look):
        if not has_blue(picture):
            raise ScanFailedError
        return super().scan(picture, orientation, look)


class SeesAnotherSize(FindsBlue):
    def scan(self, picture, orientation, look):
        whole = super().scan(picture, orientation, look)
        return Scan(whole.width // 2, whole.height // 2, whole.detections, 0.1)


def face(form="JPEG", size=(300, 200), **options):
    """A grey picture with something blue in it."""
    picture = np.full((size[1], size[0], 3), 170, np.uint8)
    picture[60:120, 200:260] = BLUE
    out = io.BytesIO()
    Image.fromarray(picture).save(out, form, **options)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/Petra 4711.jpg").write_bytes(face(exif=full_exif()))
    (tmp_path / "in/b.png").write_bytes(face("PNG"))
    (tmp_path / "in/deep/c.webp").write_bytes(face("WEBP"))
    (tmp_path / "in/d.dcm").write_bytes(photograph(face(), Rows=200, Columns=300))
    (tmp_path / "in/notes.txt").write_bytes(b"not a picture")
    return tmp_path


def contents(root):
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def run(capsys, folder, scanner=None, *paths):
    code = deidentify_all(scanner or FindsBlue(), paths or [folder / "in"], folder / "out")
    return code, capsys.readouterr()


def report(folder):
    return json.loads((folder / "out/report.json").read_bytes())


def test_everything_found_is_covered_and_every_result_says_that_nobody_looked(folder, capsys):
    before = contents(folder / "in")
    code, shown = run(capsys, folder)
    assert code == 0
    assert contents(folder / "in") == before
    written = contents(folder / "out")
    assert sorted(written) == [
        "picture-0001.not-reviewed.jpg", "picture-0002.not-reviewed.jpg",
        "picture-0003.not-reviewed.dcm", "picture-0004.not-reviewed.jpg",
        "report.html", "report.json",
    ]  # fmt: skip
    for name, data in written.items():
        if name.endswith(".jpg"):
            check_clean(data)
            assert not betrays(data)
            assert not has_blue(data)
            assert max(pixels(data).shape) == 300
    assert "none of them reviewed" in shown.out
    assert "notes.txt: This is not a picture" in shown.err


def test_a_large_picture_keeps_its_size(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jpg").write_bytes(face(size=(3000, 400)))
    run(capsys, tmp_path)
    assert pixels((tmp_path / "out/picture-0001.not-reviewed.jpg").read_bytes()).shape[1] == 3000


def test_no_result_carries_the_name_of_its_source_and_the_report_does(folder, capsys):
    run(capsys, folder)
    for name, data in contents(folder / "out").items():
        assert (b"4711" in data) is name.startswith("report")
        assert "4711" not in name
    sources = {p["result"]: Path(p["source"]).name for p in report(folder)["pictures"]}
    assert sources["picture-0001.not-reviewed.jpg"] == "Petra 4711.jpg"
    assert (folder / "out/report.json").stat().st_mode & 0o777 == 0o600


def test_a_dicom_photograph_stays_one_and_claims_nothing(folder, capsys):
    (folder / "in/d.dcm").write_bytes(full_of_canaries())
    run(capsys, folder)
    data = (folder / "out/picture-0003.not-reviewed.dcm").read_bytes()
    assert b"CANARY" not in data
    made = dcmread(io.BytesIO(data))
    assert made.PatientIdentityRemoved == "NO"
    assert "NOT REVIEWED" in str(made.DeidentificationMethod)
    # The picture in it lay on its side, by its EXIF; the frame is upright.
    assert (made.Rows, made.Columns) == (48, 32)


def brightest_beside(picture, region):
    """Of the 17 pixels left of a region: dark only if the cover reaches so far."""
    left, top, _, height = region
    return int(picture[top : top + height, left - 17 : left].max())


def test_what_was_a_jpeg_once_is_covered_as_far_as_it_was_smeared(tmp_path, capsys):
    """A screenshot, and what an archive unpacked: neither says what it was."""
    shown = pixels(face(quality=40))
    out = io.BytesIO()
    Image.fromarray(shown).save(out, "PNG")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.png").write_bytes(out.getvalue())
    (tmp_path / "in/b.dcm").write_bytes(native(shown))
    run(capsys, tmp_path)
    png, dicom = report(tmp_path)["pictures"]
    results = [
        pixels((tmp_path / "out" / png["result"]).read_bytes()),
        dcmread(tmp_path / "out" / dicom["result"]).pixel_array,
    ]
    for entry, picture in zip((png, dicom), results, strict=True):
        (found,) = entry["frames"][0]["covered"]
        assert brightest_beside(picture, found["region"]) < 90


def test_frames_that_are_larger_than_the_header_says_are_refused_unsearched(tmp_path, capsys):
    out = io.BytesIO()
    Image.new("L", (7_000, 4_000)).save(out, "JPEG", quality=20)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.dcm").write_bytes(photograph(*[out.getvalue()] * 4, Rows=1, Columns=1))
    code, shown = run(capsys, tmp_path, Fails())
    assert code == 1
    assert "more pixels than is allowed" in shown.err


def test_pictures_of_one_dicom_study_stay_together_and_two_runs_do_not_meet(folder, capsys):
    (folder / "in/e.dcm").write_bytes(
        photograph(face(), Rows=200, Columns=300, SOPInstanceUID="1.2.3")
    )
    run(capsys, folder)
    made = [dcmread(p) for p in sorted((folder / "out").glob("*.dcm"))]
    assert made[0].StudyInstanceUID == made[1].StudyInstanceUID
    assert made[0].SOPInstanceUID != made[1].SOPInstanceUID
    (folder / "out").rename(folder / "earlier")
    run(capsys, folder)
    again = dcmread(folder / "out/picture-0003.not-reviewed.dcm")
    assert again.StudyInstanceUID != made[0].StudyInstanceUID


def test_the_report_says_what_was_covered_and_what_was_never_looked_for(folder, capsys):
    run(capsys, folder)
    data = report(folder)
    assert data["reviewed"] is False
    assert "Tattoo" in data["not_searched_for"]
    (first,) = data["pictures"][0]["frames"]
    assert first["covered"][0]["kind"] == "face"
    assert first["covered"][0]["detector"] == "blue"
    assert "gps" in first["metadata_removed"]
    assert first["still_found"] == []
    assert "51.5" not in json.dumps(data)
    assert [Path(item["source"]).name for item in data["skipped"]] == ["notes.txt"]


def test_what_only_the_second_look_finds_is_covered_too(folder, capsys):
    code, _ = run(capsys, folder, FindsBlue(misses=1), folder / "in/b.png")
    assert code == 0
    assert not has_blue((folder / "out/picture-0001.not-reviewed.jpg").read_bytes())


def test_what_is_still_found_is_told_and_is_a_failure(folder, capsys):
    code, shown = run(capsys, folder, FindsAlways(), folder / "in/b.png")
    assert code == 1
    assert "STILL FOUND    writing or numbers (1)" in shown.out
    assert "in 1 something is still found" in shown.out
    (frame,) = report(folder)["pictures"][0]["frames"]
    assert frame["still_found"][0]["region"] == [1, 2, 9, 4]
    assert 'class="attention"' in (folder / "out/report.html").read_text()


@pytest.mark.parametrize("scanner", [Fails(), FailsAtTheSecondLook(), SeesAnotherSize()])
def test_a_picture_that_could_not_be_searched_is_not_written(folder, capsys, scanner):
    code, shown = run(capsys, folder, scanner)
    assert code == 1
    assert sorted(contents(folder / "out")) == ["report.html", "report.json"]
    assert len(report(folder)["failed"]) == 4
    assert "could not be searched" in shown.err


def test_a_damaged_file_is_told_of_and_the_others_are_handled(folder, capsys):
    (folder / "in/a.jpg").write_bytes(face()[:-40])
    (folder / "in/b.dcm").write_bytes(photograph()[:-60])
    code, shown = run(capsys, folder)
    assert code == 1
    assert "a.jpg: This picture is incomplete" in shown.err
    assert "b.dcm: This DICOM file is damaged" in shown.err
    assert len(report(folder)["pictures"]) == 4


def test_a_file_that_was_named_and_is_no_picture_is_a_failure(folder, capsys):
    assert run(capsys, folder, None, folder / "in/notes.txt")[0] == 1


def test_an_earlier_result_is_never_replaced(folder, capsys):
    assert run(capsys, folder)[0] == 0
    before = contents(folder)
    assert cli.main(["deidentify", str(folder / "in"), "--out", str(folder / "out")]) == 2
    assert "holds results already" in capsys.readouterr().err
    assert contents(folder) == before


def test_an_out_that_is_a_file_is_wrong_usage(folder, capsys):
    (folder / "out").write_bytes(b"mine")
    assert cli.main(["deidentify", str(folder / "in"), "--out", str(folder / "out")]) == 2
    assert (folder / "out").read_bytes() == b"mine"


def test_out_must_be_named(folder, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["deidentify", str(folder / "in")])
    assert stopped.value.code == 2


def test_links_are_not_followed(folder, capsys):
    (folder / "in/link.jpg").symlink_to(folder / "in/b.png")
    _, shown = run(capsys, folder)
    assert "link.jpg: This is a link" in shown.err
    assert len(report(folder)["pictures"]) == 4


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


def test_the_contact_sheet_loads_nothing_and_runs_nothing(folder, capsys):
    hostile = '"><script>alert(1)<img src=x onerror=a()>.jpg'
    (folder / "in" / hostile).write_bytes(face())
    (folder / "in" / os.fsdecode(b"\xff\xfe\x1b[31m.jpg")).write_bytes(face())
    (folder / "in/<!--pictures-->.txt").write_bytes(b"x")
    _, shown = run(capsys, folder)
    page = (folder / "out/report.html").read_text()
    seen = Tags()
    seen.feed(page)
    assert seen.tags.isdisjoint({"script", "img", "link", "iframe", "object", "form", "a"})
    for name, value in seen.attributes:
        assert not name.startswith("on")
        if name in ("href", "src", "xlink:href"):
            assert value.startswith("data:image/jpeg;base64,")
    assert "default-src 'none'" in page
    assert not re.search(r"url\(|@import|https?:", page)
    assert page.count("<figure") == 6
    assert "alert(1)" in page
    assert "\x1b" not in shown.out + shown.err
    assert "Not reviewed" in page


def test_what_shows_in_the_contact_sheet_is_the_covered_picture(folder, capsys):
    run(capsys, folder)
    page = (folder / "out/report.html").read_text()
    shown = [base64.b64decode(m) for m in re.findall(r"base64,([^\"]+)", page)]
    assert len(shown) == 4
    for picture in shown:
        check_clean(picture)
        assert not has_blue(picture)


def test_the_command_works_alone_with_the_real_detectors(tmp_path):
    """In a process of its own, without Django, settings, keys or a home."""
    (tmp_path / "in").mkdir()
    Image.fromarray(astronaut()).save(tmp_path / "in/a.jpg", quality=92)
    (tmp_path / "in/b.tif").write_bytes(other("TIFF"))
    probe = (
        "import sys; from safelight.project import cli; code = cli.main(sys.argv[1:]);"
        "print('django' in sys.modules, code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, "deidentify", "in", "--out", "out"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "False 0"
    data = json.loads((tmp_path / "out/report.json").read_bytes())
    first = data["pictures"][0]["frames"][0]
    assert "face" in {item["kind"] for item in first["covered"]}
    face_at = next(item["region"] for item in first["covered"] if item["kind"] == "face")
    middle = (face_at[0] + face_at[2] // 2, face_at[1] + face_at[3] // 2)
    assert 180 < middle[0] < 270
    assert 60 < middle[1] < 180
    covered = pixels((tmp_path / "out/picture-0001.not-reviewed.jpg").read_bytes())
    assert np.abs(covered[middle[1], middle[0]].astype(int) - 56).max() <= 3
