"""A person approves what `deidentify` wrote: only then, and only of that, a file claims it."""

import io
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from skimage.data import astronaut
from tests.components import DCIODVFY
from tests.unit.engines.dicom.dicom_files import CAPTURES, photograph
from tests.unit.project.reviewing import (
    JPEG,
    MULTI,
    NAMES,
    SINGLE,
    approve,
    contents,
    fill,
    picture,
    report,
    reviewed,
    waiting,
)
from tests.unit.project.test_cli_deidentify import (
    BLUE,
    Fails,
    FindsAlways,
    FindsBlue,
    SeesAnotherSize,
)

from safelight.engines.dicom import read_picture
from safelight.engines.recognition import Detection
from safelight.project import cli
from safelight.project.deidentify_folder import deidentify_all
from safelight.project.review_pictures import ReviewError, said_reasons
from safelight.redaction.ports import Scan
from safelight.vocabulary.identifiability import Identifying, Region


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return fill(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="module")
def with_writing(tmp_path_factory):
    """Results in which something is still found, whatever one covers."""
    return fill(tmp_path_factory.mktemp("writing"), FindsAlways())


@pytest.fixture
def out(prepared, tmp_path):
    return shutil.copytree(prepared, tmp_path / "out")


@pytest.fixture
def written(with_writing, tmp_path):
    return shutil.copytree(with_writing, tmp_path / "written")


def dataset(out, name):
    return dcmread(out / reviewed(name))


def codes(made):
    return [item.CodeValue for item in made.DeidentificationMethodCodeSequence]


class TestApproved:
    def test_all_are_reviewed_and_named_so(self, out):
        assert approve(out) == 0
        assert sorted(contents(out)) == [*map(reviewed, NAMES), "report.html", "report.json"]
        assert report(out)["reviewed"] is True

    def test_a_photograph_claims_what_was_done_and_who_looked(self, out):
        approve(out)
        for name in (SINGLE, MULTI):
            made = dataset(out, name)
            assert made.PatientIdentityRemoved == "YES"
            assert made.BurnedInAnnotation == made.RecognizableVisualFeatures == "NO"
            assert codes(made) == ["113100", "113101", "113102"]
            assert "Reviewed by Ada" in made.DeidentificationMethod

    def test_the_pixels_are_those_that_were_looked_at(self, out):
        before = contents(out)
        approve(out)
        after = contents(out)
        assert after[reviewed(JPEG)] == before[waiting(JPEG)]
        for name in (SINGLE, MULTI):
            old, new = read_picture(before[waiting(name)]), read_picture(after[reviewed(name)])
            assert new.frames == old.frames

    def test_the_report_says_who_and_when_and_knows_the_new_bytes(self, out):
        before = picture(out, SINGLE)
        approve(out, waiting(SINGLE))
        told = picture(out, SINGLE)
        assert told["review"] == {
            "by": "Ada", "at": "2026-03-01T12:30:00+00:00", "methods": ["113100", "113101", "113102"],
            "remaining": [], "was": {"result": waiting(SINGLE), "sha256": before["sha256"]},
        }  # fmt: skip
        assert told["sha256"] != before["sha256"]
        assert report(out)["reviewed"] is False
        assert picture(out, JPEG)["review"] is None

    def test_the_profile_for_headers_is_not_told_of_a_plain_picture(self, out):
        approve(out, waiting(JPEG))
        assert picture(out, JPEG)["review"]["methods"] == ["113101", "113102"]

    def test_the_sheet_tells_it_and_shows_the_same_small_pictures(self, out):
        before = (out / "report.html").read_text()
        approve(out, waiting(SINGLE))
        page = (out / "report.html").read_text()
        assert page.count("base64,") == before.count("base64,") == 4
        assert "Not reviewed: 2 of 3." in page
        assert "Reviewed by Ada" in page
        assert "2026-03-01 12:30 UTC" in page
        assert page.count("<em>Not reviewed</em>") == 3
        approve(out)
        assert "Not reviewed" not in (out / "report.html").read_text()

    def test_a_sheet_that_is_gone_is_made_anew(self, out):
        (out / "report.html").unlink()
        approve(out, waiting(MULTI))
        assert (out / "report.html").read_text().count("base64,/9j/") == 4
        assert (out / "report.html").stat().st_mode & 0o777 == 0o600

    def test_saying_it_again_changes_nothing(self, out, capsys):
        approve(out)
        before = contents(out)
        assert approve(out, by="Bob") == approve(out, waiting(JPEG), reviewed(SINGLE)) == 0
        assert "reviewed already, by Ada" in capsys.readouterr().out
        assert contents(out) == before

    def test_neither_a_file_nor_the_terminal_names_a_source(self, out, capsys):
        capsys.readouterr()
        approve(out)
        shown = capsys.readouterr()
        assert "Petra" not in shown.out + shown.err
        for name, data in contents(out).items():
            assert (b"Petra" in data) is name.startswith("report")

    def test_a_folder_of_reviewed_results_takes_no_others(self, out, capsys):
        approve(out)
        for name in ("report.json", "report.html"):
            (out / name).unlink()
        assert cli.main(["deidentify", str(out.parent), "--out", str(out)]) == 2
        assert "holds results already" in capsys.readouterr().err


class TestStillFound:
    def test_it_blocks_and_the_sheet_has_its_number(self, written, capsys):
        before = contents(written)
        assert approve(written, scanner=FindsAlways()) == 1
        assert "still found: 1, writing or numbers; 2, writing" in capsys.readouterr().err
        assert contents(written) == before
        assert ">2</text>" in before["report.html"].decode()

    def test_each_needs_a_reason(self, written):
        one = {"1": "a ruler"}
        assert approve(written, waiting(MULTI), scanner=FindsAlways(), reasons=one) == 1
        both = {**one, "2": "another ruler"}
        assert approve(written, waiting(MULTI), scanner=FindsAlways(), reasons=both) == 0
        told = picture(written, MULTI)["review"]
        assert told["remaining"] == [
            {"what": "text", "reason": "a ruler", "frame": 1, "region": [1, 2, 9, 4]},
            {"what": "text", "reason": "another ruler", "frame": 2, "region": [1, 2, 9, 4]},
        ]
        assert "another ruler" in (written / "report.html").read_text()

    def test_what_stays_is_never_claimed_to_be_gone(self, written):
        approve(written, waiting(SINGLE), scanner=FindsAlways(), reasons={"1": "a ruler"})
        made = dataset(written, SINGLE)
        assert made.PatientIdentityRemoved == "NO"
        assert made.BurnedInAnnotation == "YES"
        assert made.RecognizableVisualFeatures == "NO"
        assert codes(made) == ["113100", "113102"]
        assert b"a ruler" not in (written / reviewed(SINGLE)).read_bytes()

    @pytest.mark.parametrize(("word", "lost"), [
        ("tattoo", "113102"), ("face", "113102"), ("eyes", "113102"), ("room", "113102"),
        ("text", "113101"), ("code", "113101"),
    ])  # fmt: skip
    def test_nor_is_what_only_a_person_sees(self, out, word, lost):
        approve(out, waiting(SINGLE), reasons={word: "needed for diagnosis"})
        made = dataset(out, SINGLE)
        assert codes(made) == [code for code in ("113100", "113101", "113102") if code != lost]
        assert made.PatientIdentityRemoved == "NO"

    def test_more_than_the_sheet_showed_is_shown_before_it_can_be_approved(self, out, capsys):
        assert approve(out, waiting(JPEG), scanner=FindsAlways(), reasons={"text": "seen"}) == 1
        assert "More is found than the contact sheet showed" in capsys.readouterr().err
        assert len(picture(out, JPEG)["frames"][0]["still_found"]) == 1
        assert ">1</text>" in (out / "report.html").read_text()
        # What was found once is not forgotten because a weaker search misses it.
        assert approve(out, waiting(JPEG)) == 1
        assert approve(out, waiting(JPEG), reasons={"1": "no writing: hair"}) == 0

    def test_a_search_that_fails_approves_nothing(self, out, capsys):
        before = contents(out)
        for scanner in (Fails(), SeesAnotherSize()):
            assert approve(out, scanner=scanner) == 1
        assert "could not be searched" in capsys.readouterr().err
        assert contents(out) == before


class FindsInside(FindsBlue):
    """It finds a part of what is told of already."""

    def scan(self, picture, orientation, look):
        part = Detection(Identifying.TEXT, Region(2, 3, 4, 2), 0.4, "part")
        return Scan(300, 200, (part,), 0.1)


def test_a_part_of_what_the_sheet_shows_is_nothing_new(written):
    assert approve(written, waiting(JPEG), scanner=FindsInside(), reasons={"1": "a ruler"}) == 0


class TestSaid:
    def test_a_reason_says_something_once_about_something(self):
        assert said_reasons([" 1 =  a  ruler", "room=x=yz"]) == {"1": "a ruler", "room": "x=yz"}
        for lines in (
            ["1"],
            ["1=x"],
            ["1="],
            ["1=" + "x" * 301],
            ["1=abc", "1=abd"],
            ["1=a\x1b[1m"],
        ):
            with pytest.raises(ReviewError):
                said_reasons(lines)

    @pytest.mark.parametrize("what", ["7", "0", "dog", ""])
    def test_a_reason_for_what_is_not_there_is_refused(self, out, capsys, what):
        assert approve(out, waiting(JPEG), reasons={what: "because of it"}) == 1
        assert "named by its number in report.html" in capsys.readouterr().err

    def test_reasons_are_for_one_picture(self, out):
        with pytest.raises(ReviewError):
            approve(out, reasons={"room": "because of it"})

    def test_what_was_said_stays(self, out):
        approve(out, waiting(JPEG))
        assert approve(out, reviewed(JPEG), reasons={"room": "after all"}) == 1

    @pytest.mark.parametrize(("words", "sentence"), [
        (["--by", "a\\b", "--all", "OUT"], "name of the reviewer"),
        (["--by", "Ada", "OUT"], "Name each picture"),
        (["--by", "Ada", "--all", "OUT", "OUT"], "nothing else"),
        (["--by", "Ada", "--all", "IN"], "no report.json"),
        (["--by", "Ada", "OUT/a.jpg", "IN/b.jpg"], "one folder at a time"),
        (["--by", "Ada", "nowhere/a.jpg"], "cannot be used"),
        (["--by", "Ada", "--remaining", "1", "OUT/a.jpg"], "WHAT=REASON"),
    ])  # fmt: skip
    def test_what_cannot_be_done_is_said_in_a_sentence(self, out, capsys, words, sentence):
        (out.parent / "in").mkdir()
        before = contents(out)
        places = {"OUT": str(out), "IN": str(out.parent / "in")}
        said = ["/".join(places.get(part, part) for part in word.split("/")) for word in words]
        assert cli.main(["review", *said]) == 2
        assert sentence in capsys.readouterr().err
        assert contents(out) == before

    def test_somebody_must_have_looked(self, out):
        with pytest.raises(SystemExit) as stopped:
            cli.main(["review", "--all", str(out)])
        assert stopped.value.code == 2


def small_face(covered_by=None):
    """The face of a photograph, and as little around it as detectors want."""
    photo = np.ascontiguousarray(astronaut()[:256, 96:352])
    if covered_by:
        photo[20:190, 60:190] = covered_by
    out = io.BytesIO()
    Image.fromarray(photo).save(out, "JPEG", quality=92)
    return out.getvalue()


def dciodvfy_errors(path):
    told = subprocess.run(["dciodvfy", "-new", path], capture_output=True, text=True, check=False)
    return [line for line in (told.stdout + told.stderr).splitlines() if "Error" in line]


def test_the_command_works_alone_and_the_real_detectors_look(tmp_path):
    """In a process of its own, without Django. One covered picture of each kind, and a face."""
    place, out, size = tmp_path / "in", tmp_path / "out", {"Rows": 256, "Columns": 256}
    place.mkdir()
    covered = small_face(covered_by=BLUE)
    (place / "1.jpg").write_bytes(covered)
    (place / "2.dcm").write_bytes(photograph(covered, **size))
    (place / "3.dcm").write_bytes(photograph(covered, covered, sop_class=CAPTURES, **size))
    (place / "4.dcm").write_bytes(photograph(small_face(), **size))
    deidentify_all(FindsBlue(), [place], out)  # whoever searched overlooked the face
    probe = (
        "import sys; from safelight.project import cli; code = cli.main(sys.argv[1:]);"
        "print('django' in sys.modules, code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe, "review", "--by", "Ada", "--all", "out"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True,
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "False 1"
    assert "picture-0004.not-reviewed.dcm: More is found" in done.stderr
    left = report(out)["pictures"][3]["frames"][0]["still_found"]
    assert "face" in {item["kind"] for item in left}
    assert approved_names(out) == [*map(reviewed, NAMES)]
    for name in (SINGLE, MULTI):
        assert dataset(out, name).PatientIdentityRemoved == "YES"
        if DCIODVFY.find():
            assert dciodvfy_errors(out / reviewed(name)) == []


def approved_names(out):
    return [item["result"] for item in report(out)["pictures"] if item["review"]]
