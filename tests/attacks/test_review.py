"""`safelight review` in folders that somebody prepared, on disks that are full, killed half-way."""

import base64
import errno
import fcntl
import json
import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread
from tests.attacks.test_deidentify import in_a_fork
from tests.unit.engines.dicom.dicom_files import clean, full_of_canaries, photograph
from tests.unit.project.reviewing import (
    JPEG,
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
from tests.unit.project.test_cli_deidentify import face

from safelight.project import cli, review_folder
from safelight.project.deidentify_reading import ReportError, read_report
from safelight.project.review_files import digest_of
from safelight.project.review_pictures import ReviewError
from safelight.project.scrub_files import FileError
from safelight.redaction.ports import Look, Scan


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("prepared"))


@pytest.fixture
def out(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "out")


def rewrite(out: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The report as somebody else wrote it."""
    told = report(out)
    change(told)
    (out / "report.json").write_text(json.dumps(told))


def first(told: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = told["pictures"][0]
    return item


def renamed(to: Any) -> Callable[[dict[str, Any]], None]:
    return lambda told: first(told).update(result=to)


def framed(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda told: first(told)["frames"][0].update(changes)


def found(**changes: Any) -> Callable[[dict[str, Any]], None]:
    thing = {"kind": "face", "region": [1, 1, 5, 5], "confidence": 0.5, "detector": "x", **changes}
    return framed(still_found=[thing])


def judged(**changes: Any) -> Callable[[dict[str, Any]], None]:
    """One that is reviewed already, it says."""

    def change(told: dict[str, Any]) -> None:
        was = {"result": waiting(JPEG), "sha256": first(told)["sha256"]}
        review = {"by": "Ada", "at": "2026-03-01T12:30:00+00:00", "methods": [], "remaining": []}
        first(told).update(result=reviewed(JPEG), review={**review, "was": was, **changes})

    return change


NO_REPORTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a way up": renamed("../elsewhere/picture-0001.not-reviewed.jpg"),
    "a whole path": renamed("/etc/passwd"),
    "a way down": renamed("picture-0001.not-reviewed.jpg/../x.jpg"),
    "a name with a line in it": renamed("picture-0001.not-reviewed.jpg\n"),
    "the report itself": renamed("report.json"),
    "a name of figures from elsewhere": renamed(
        "picture-\u0660\u0660\u0660\u0661.not-reviewed.jpg"
    ),
    "no name": renamed(None),
    "another suffix": renamed("picture-0001.not-reviewed.dcm"),
    "reviewed by nobody": renamed(reviewed(JPEG)),
    "two of one name": lambda told: told["pictures"].append(first(told)),
    "another format": lambda told: told.update(format="safelight-deidentify-2"),
    "no hash": lambda told: first(told).pop("sha256"),
    "half a hash": lambda told: first(told).update(sha256="ab"),
    "no frames": lambda told: first(told).update(frames=[]),
    "a frame of no size": framed(width=0),
    "a size that is true": framed(width=True),
    "a size beyond all": framed(height=10**12),
    "a finding of no kind": found(kind="dog"),
    "a finding outside": found(region=[-1, 0, 5, 5]),
    "a finding with no number": found(confidence=float("nan")),
    "a finding of three numbers": found(region=[1, 2, 3]),
    "a reviewer no file can name": judged(by="a\\b"),
    "a review of no time": judged(at="yesterday"),
    "a review at a time of nowhere": judged(at="2026-03-01T12:30:00"),
    "a method of none": judged(methods=["113999"]),
    "what was elsewhere": judged(was={"result": "../x.jpg", "sha256": "0" * 64}),
    "what was another": judged(was={"result": "picture-0009.not-reviewed.jpg", "sha256": "0" * 64}),
}


class TestReports:
    @pytest.mark.parametrize("what", NO_REPORTS)
    def test_a_report_that_is_none_leads_nowhere(
        self, out: Path, what: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rewrite(out, NO_REPORTS[what])
        before = contents(out)
        assert cli.main(["review", "--by", "Ada", "--all", str(out)]) == 2
        assert "not one that `safelight deidentify` wrote" in capsys.readouterr().err
        assert contents(out) == before

    @pytest.mark.parametrize("data", [
        b"", b"{}", b"[]", b"null", b"\xff\xfe", b'"report"', b"[" * 100_000, b"1" * 5000,
        b'{"format": "safelight-deidentify-1"}', b'{"pictures": {}, "format": []}',
    ])  # fmt: skip
    def test_nor_do_words_that_are_none(self, data: bytes) -> None:
        with pytest.raises(ReportError):
            read_report(data)

    def test_a_report_behind_a_link_is_not_read(self, out: Path) -> None:
        (out / "report.json").rename(out.parent / "elsewhere.json")
        (out / "report.json").symlink_to(out.parent / "elsewhere.json")
        with pytest.raises(FileError):
            approve(out)

    def test_a_sheet_that_is_a_link_is_replaced_and_not_written_through(self, out: Path) -> None:
        (out.parent / "mine.html").write_bytes(b"mine")
        (out / "report.html").unlink()
        (out / "report.html").symlink_to(out.parent / "mine.html")
        assert approve(out) == 0
        assert (out.parent / "mine.html").read_bytes() == b"mine"
        assert not (out / "report.html").is_symlink()

    def test_nothing_of_a_hostile_sheet_comes_into_the_new_one(self, out: Path) -> None:
        told = base64.b64encode(face(comment=b"CANARY")).decode()
        (out / "report.html").write_text(
            f'<svg aria-label="{waiting(JPEG)}"><image width="3" height="2" '
            'href="data:image/jpeg;base64,PHN2Zz4="/><script>alert(1)</script>'
            f'<svg aria-label="{waiting(SINGLE)}"><image width="3" height="2" '
            f'href="data:image/jpeg;base64,{told}"/>'
        )
        approve(out, waiting(JPEG))
        page = (out / "report.html").read_text()
        assert "alert" not in page
        assert "PHN2Zz4=" not in page
        assert told not in page
        assert page.count("base64,/9j/") == 4

    def test_words_of_a_hostile_report_stay_words(self, out: Path) -> None:
        evil = '"><script>alert(1)</script><!--how-->\ud800'
        rewrite(out, lambda told: first(told).update(source=evil))
        rewrite(out, framed(metadata_removed=[evil]))
        assert approve(out, waiting(SINGLE), reasons={"room": "<script>alert(2)</script>"}) == 0
        assert "<script" not in (out / "report.html").read_text()


class LooksAway:
    """Detectors that find nothing in anything."""

    def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
        return Scan(300, 200, (), 0.1)


class TestResults:
    @pytest.mark.parametrize("name", NAMES)
    def test_a_file_that_was_altered_is_refused_and_the_others_are_not(
        self, out: Path, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        data = (out / waiting(name)).read_bytes()
        (out / waiting(name)).write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        assert approve(out) == 1
        assert "was altered since" in capsys.readouterr().err
        assert picture(out, name)["review"] is None
        assert len([item for item in report(out)["pictures"] if item["review"]]) == 2

    def test_so_is_one_that_was_altered_after_its_review(self, out: Path) -> None:
        approve(out)
        (out / reviewed(JPEG)).write_bytes(face())
        assert approve(out) == 1

    @pytest.mark.parametrize("name", NAMES)
    def test_nothing_is_approved_through_a_link(self, out: Path, name: str) -> None:
        (out / waiting(name)).rename(out.parent / "elsewhere")
        (out / waiting(name)).symlink_to(out.parent / "elsewhere")
        assert approve(out, waiting(name)) == 1
        assert picture(out, name)["review"] is None

    @pytest.mark.parametrize("name", [JPEG, SINGLE])
    def test_nor_into_one(self, out: Path, name: str) -> None:
        mine = out.parent / "mine"
        (out / reviewed(name)).symlink_to(mine)
        assert approve(out, waiting(name)) == 1
        assert not mine.exists()
        # Not even into one that leads to the very bytes.
        shutil.copy(out / waiting(JPEG), mine)
        assert approve(out, waiting(name)) == 1
        assert picture(out, name)["review"] is None
        assert (out / waiting(name)).exists()

    def test_what_waits_under_the_name_of_a_result_is_not_replaced(self, out: Path) -> None:
        (out / reviewed(JPEG)).write_bytes(b"mine")
        assert approve(out) == 1
        assert (out / reviewed(JPEG)).read_bytes() == b"mine"
        assert (out / waiting(JPEG)).exists()

    def test_one_that_is_gone_or_a_pipe_is_told_of(self, out: Path) -> None:
        (out / waiting(JPEG)).unlink()
        (out / waiting(SINGLE)).unlink()
        os.mkfifo(out / waiting(SINGLE))
        assert approve(out) == 1
        assert (out / "report.html").read_text().count("base64,/9j/") == 4

    @pytest.mark.parametrize("data", [
        photograph(face(), Rows=200, Columns=300), full_of_canaries(), face(comment=b"CANARY"),
        photograph(clean((300, 200)), Rows=200, Columns=300), b"", b"\xff\xd8\xff\xd9",
    ])  # fmt: skip
    @pytest.mark.parametrize("name", [JPEG, SINGLE])
    def test_a_report_that_vouches_for_a_foreign_file_makes_no_claims_for_it(
        self, out: Path, name: str, data: bytes
    ) -> None:
        (out / waiting(name)).write_bytes(data)
        at = sorted(NAMES).index(name)
        rewrite(out, lambda told: told["pictures"][at].update(sha256=digest_of(data)))
        assert approve(out, waiting(name), scanner=LooksAway()) == 1
        assert not (out / reviewed(name)).exists()

    @pytest.mark.parametrize("name", ["report.json", "other.jpg", "picture-0009.not-reviewed.jpg"])
    def test_what_the_report_does_not_name_is_not_reviewed(self, out: Path, name: str) -> None:
        before = (out / "report.json").read_bytes()
        assert approve(out, name) == 1
        assert (out / "report.json").read_bytes() == before


class TestDisks:
    def test_two_at_once_do_not_meet(self, out: Path) -> None:
        other = os.open(out, os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        try:
            with pytest.raises(ReviewError):
                approve(out)
        finally:
            os.close(other)
        assert approve(out) == 0

    def test_where_nothing_can_be_written_nothing_is_reviewed(
        self, out: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refused(**_where: object) -> None:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))

        before = contents(out)
        monkeypatch.setattr(tempfile, "mkstemp", refused)
        with pytest.raises(FileError, match="Read-only file system"):
            approve(out)
        assert contents(out) == before

    @pytest.mark.parametrize("room", ["nothing", "the picture", "the report"])
    def test_a_disk_that_is_full_holds_no_half_file(self, out: Path, room: str) -> None:
        before = contents(out)
        most = {
            "nothing": 1,
            "the picture": len(before[waiting(JPEG)]),
            "the report": 3 * len(before["report.json"]) // 2,
        }[room]
        assert len(before[waiting(JPEG)]) < len(before["report.json"])
        assert most < len(before["report.html"])

        def act() -> int:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            try:
                return approve(out, waiting(JPEG))
            except FileError:
                return 2

        assert in_a_fork(act) == 2
        assert claims_hold(out)
        assert contents(out)["report.html"] == before["report.html"]
        assert approve(out) == 0
        assert sorted(contents(out)) == [*map(reviewed, NAMES), "report.html", "report.json"]


def claims_hold(out: Path) -> bool:
    """What the report says of each file is what the file is, and says of itself."""
    for item in report(out)["pictures"]:
        data = (out / item["result"]).read_bytes()
        if digest_of(data) != item["sha256"]:
            return False
        if item["review"] and item["result"].endswith(".dcm"):
            made = dcmread(out / item["result"])
            codes = [code.CodeValue for code in made.DeidentificationMethodCodeSequence]
            if codes != item["review"]["methods"] or made.PatientIdentityRemoved != "YES":
                return False
    return True


def dies(room: Any, name: str, nth: int, *, after: bool) -> Callable[[], None]:
    """A process in which this function is the last thing that happens."""
    real, calls = getattr(room, name), [0]

    def doomed(*args: Any) -> Any:
        calls[0] += 1
        done = real(*args) if after or calls[0] != nth else None
        if calls[0] == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return lambda: setattr(room, name, doomed)


KILLS = {
    "before anything": dies(review_folder, "write_new", 1, after=False),
    "with the approved file": dies(review_folder, "write_new", 2, after=True),
    "before the report": dies(review_folder, "put_in_place", 2, after=False),
    "with a new report begun": dies(os, "fdopen", 4, after=True),
    "with the report": dies(review_folder, "put_in_place", 2, after=True),
    "before the old one goes": dies(review_folder, "drop", 2, after=False),
    "with the old one gone": dies(review_folder, "drop", 3, after=True),
    "before the sheet": dies(review_folder, "put_in_place", 4, after=False),
}


@pytest.mark.parametrize("step", KILLS)
def test_killed_at_any_step_the_report_claims_no_more_than_the_files(
    prepared: Path, out: Path, step: str
) -> None:
    def act() -> int:
        KILLS[step]()
        return approve(out)

    assert in_a_fork(act) == -signal.SIGKILL
    assert claims_hold(out)
    assert approve(out) == 0
    finished = shutil.copytree(prepared, out.parent / "at once")
    approve(finished)
    left = {
        name: data for name, data in contents(out).items() if not name.startswith(".safelight-")
    }
    assert left == contents(finished)
