"""`safelight deidentify` in folders that somebody prepared, on disks that are full, killed half-way."""

import io
import json
import os
import random
import resource
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

import pytest
from PIL import Image
from tests.unit.engines.dicom.dicom_files import full_of_canaries, photograph
from tests.unit.project.test_cli_deidentify import FindsBlue, face, has_blue

from safelight.engines.imaging import check_clean
from safelight.project import scrub_files
from safelight.project.deidentify_folder import deidentify_all
from safelight.project.deidentify_pictures import Prepared, prepare
from safelight.project.scrub_files import FileError
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Look, Scan
from safelight.vocabulary.errors import SafelightError

SECRET = face(quality=77)
SALT = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret.jpg").write_bytes(SECRET)
    for name in ("a.jpg", "b.jpg", "deep/a.jpg"):
        (tmp_path / "in" / name).write_bytes(face())
    return tmp_path


def run(folder: Path, *paths: Path, out: Path | None = None, scanner: Any = None) -> int:
    return deidentify_all(scanner or FindsBlue(), paths or [folder / "in"], out or folder / "out")


def report(out: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((out / "report.json").read_bytes())
    return told


def results(out: Path) -> list[Path]:
    return sorted(path for path in out.iterdir() if ".not-reviewed" in path.name)


def sources(out: Path) -> list[str]:
    return sorted(Path(item["source"]).name for item in report(out)["pictures"])


def are_whole(paths: Iterable[Path]) -> bool:
    """Each is a covered picture to its last byte."""
    for path in paths:
        content = path.read_bytes()
        check_clean(content)
        Image.open(io.BytesIO(content)).load()
        if has_blue(content):
            return False
    return True


class Meanwhile(FindsBlue):
    """Something happens to the folder while the first picture is looked at."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self.act = act

    def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
        act, self.act = self.act, lambda: None
        act()
        found: Scan = super().scan(picture, orientation, look)
        return found


class TestLinks:
    def test_nothing_is_read_by_a_link_in_a_folder(self, folder: Path) -> None:
        inside = folder / "in"
        (inside / "file.jpg").symlink_to(folder / "elsewhere/secret.jpg")
        (inside / "up.jpg").symlink_to("../elsewhere/secret.jpg")
        (inside / "folder").symlink_to(folder / "elsewhere")
        (inside / "round").symlink_to(inside)
        (inside / "itself.jpg").symlink_to("itself.jpg")
        (inside / "nowhere.jpg").symlink_to(folder / "gone.jpg")
        (inside / "device.jpg").symlink_to("/dev/zero")
        assert run(folder) == 0
        assert sources(folder / "out") == ["a.jpg", "a.jpg", "b.jpg"]

    def test_nor_by_one_that_took_the_place_of_a_file(self, folder: Path) -> None:
        def swapped() -> None:
            (folder / "in/b.jpg").unlink()
            (folder / "in/b.jpg").symlink_to(folder / "elsewhere/secret.jpg")

        assert run(folder, scanner=Meanwhile(swapped)) == 1
        assert sources(folder / "out") == ["a.jpg", "a.jpg"]
        (failed,) = report(folder / "out")["failed"]
        assert failed["source"].endswith("b.jpg")

    def test_nobody_waits_for_a_pipe_that_took_the_place_of_a_file(self, folder: Path) -> None:
        def swapped() -> None:
            (folder / "in/b.jpg").unlink()
            os.mkfifo(folder / "in/b.jpg")

        assert run(folder, scanner=Meanwhile(swapped)) == 1
        assert report(folder / "out")["failed"][0]["reason"] == "This is not a regular file."

    def test_a_file_that_is_gone_is_told_of(self, folder: Path) -> None:
        assert run(folder, scanner=Meanwhile((folder / "in/b.jpg").unlink)) == 1
        assert "could not be read" in report(folder / "out")["failed"][0]["reason"]
        assert len(results(folder / "out")) == 2

    def test_a_link_that_waits_where_a_result_goes_is_not_written_through(
        self, folder: Path
    ) -> None:
        def laid() -> None:
            (folder / "out").mkdir()
            target = folder / "elsewhere/secret.jpg"
            (folder / "out/picture-0001.not-reviewed.jpg").symlink_to(target)

        run(folder, scanner=Meanwhile(laid))
        with pytest.raises(FileError):
            run(folder)
        assert (folder / "elsewhere/secret.jpg").read_bytes() == SECRET


class TestFolders:
    def test_results_inside_the_folder_read_are_no_sources(self, folder: Path) -> None:
        out = folder / "in/out"
        out.mkdir()
        (out / "left.jpg").write_bytes(face())
        assert run(folder, out=out) == 0
        assert sources(out) == ["a.jpg", "a.jpg", "b.jpg"]

    def test_nor_when_the_folder_for_results_is_named_by_a_link(self, folder: Path) -> None:
        (folder / "in/real").mkdir()
        (folder / "in/real/left.jpg").write_bytes(face())
        (folder / "out").symlink_to(folder / "in/real")
        assert run(folder) == 0
        assert sources(folder / "out") == ["a.jpg", "a.jpg", "b.jpg"]

    def test_into_the_folder_itself_nothing_is_replaced(self, folder: Path) -> None:
        before = {path: path.read_bytes() for path in (folder / "in").rglob("*.jpg")}
        assert run(folder, out=folder / "in") == 0
        assert {path: path.read_bytes() for path in before} == before
        assert len(results(folder / "in")) == 3
        with pytest.raises(FileError):
            run(folder, out=folder / "in")

    def test_equal_names_of_several_folders_do_not_meet(self, folder: Path) -> None:
        (folder / "more").mkdir()
        (folder / "more/a.jpg").write_bytes(face("JPEG", (301, 201)))
        assert run(folder, folder / "in", folder / "more") == 0
        assert len(results(folder / "out")) == 4
        assert are_whole(results(folder / "out"))

    def test_a_file_that_is_named_in_five_ways_is_handled_once(self, folder: Path) -> None:
        file = folder / "in/a.jpg"
        (folder / "link.jpg").symlink_to(file)
        ways = [file, folder / "in/../in/a.jpg", folder / "link.jpg", folder / "in", file]
        assert run(folder, *ways) == 0
        assert len(results(folder / "out")) == 3

    def test_two_runs_at_once_replace_nothing_of_each_other(self, folder: Path) -> None:
        """The one that comes second says that its results are not there."""
        other: list[int] = []
        second = Meanwhile(lambda: other.append(run(folder, folder / "in/b.jpg")))
        with pytest.raises(FileError):
            run(folder, scanner=second)
        assert other == [0]
        assert sources(folder / "out") == ["b.jpg"]
        assert are_whole(results(folder / "out"))


def in_a_fork(act: Callable[[], int]) -> int:
    """What became of `act` in a process of its own: its code, or minus the signal it died of."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            code = act()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class TestFullDisk:
    @pytest.mark.parametrize("most", [0, 1, 100])
    def test_a_disk_that_is_full_holds_no_half_result(self, folder: Path, most: int) -> None:
        def act() -> int:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
            try:
                return run(folder)
            except FileError:
                return 2

        assert in_a_fork(act) == 2
        assert list((folder / "out").iterdir()) == []

    def test_one_that_is_full_for_the_report_alone_holds_whole_results(self, folder: Path) -> None:
        size = len(prepare(face(), FindsBlue(), SALT).data)

        def act() -> int:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            try:
                return run(folder)
            except FileError:
                return 2

        assert in_a_fork(act) == 2
        assert len(results(folder / "out")) == 3
        assert are_whole(results(folder / "out"))


def dies_in(name: str, nth: int, *, after: bool) -> Callable[[], None]:
    """A process in which this function of `scrub_files` is the last thing that happens."""
    real, calls = getattr(scrub_files, name), [0]

    def doomed(*args: Any) -> Any:
        calls[0] += 1
        done = real(*args) if after or calls[0] != nth else None
        if calls[0] == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return lambda: setattr(scrub_files, name, doomed)


def dies_half_written() -> None:
    real = os.fdopen

    def doomed(handle: int, mode: str) -> Any:
        file = real(handle, mode)

        class Half:
            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_reason: object) -> None:
                file.close()

            def write(self, data: bytes) -> None:
                file.write(data[: len(data) // 2])
                file.flush()
                os.kill(os.getpid(), signal.SIGKILL)

        return Half()

    setattr(os, "fdopen", doomed)  # noqa: B010 - in the fork alone


KILLS = {
    "before the first result": (dies_in("_put", 1, after=False), 0),
    "half-way through a result": (dies_half_written, 0),
    "before it has its name": (dies_in("_claim", 1, after=False), 0),
    "with its name": (dies_in("_claim", 1, after=True), 1),
    "before the second one has": (dies_in("_claim", 2, after=False), 1),
    "before the report": (dies_in("_put", 4, after=False), 3),
    "before the report has its name": (dies_in("_claim", 4, after=False), 3),
    "between the two reports": (dies_in("_claim", 4, after=True), 3),
}


@pytest.mark.parametrize("step", KILLS)
def test_killed_at_any_step_what_has_a_results_name_is_whole(folder: Path, step: str) -> None:
    arm, finished = KILLS[step]

    def act() -> int:
        arm()
        return run(folder)

    assert in_a_fork(act) == -signal.SIGKILL
    out = folder / "out"
    left = results(out) if out.exists() else []
    assert len(left) == finished
    assert are_whole(left)
    assert not (out / "report.html").exists()
    unfinished = [path for path in out.glob("*") if path.name.startswith(".safelight-")]
    for path in unfinished:
        assert path.stat().st_mode & 0o077 == 0 or path.read_bytes().endswith(b"\xff\xd9")
    if left or (out / "report.json").exists():
        with pytest.raises(FileError):
            run(folder)
    else:
        assert run(folder) == 0
        assert len(results(out)) == 3


def spoiled(data: bytes, seed: int) -> bytes:
    """The file with some bytes changed, lost, or put in; its head above all."""
    chance, found = random.Random(seed), bytearray(data)  # noqa: S311 - to be told again
    for _ in range(chance.choice([1, 2, 4, 16])):
        at = chance.randrange(min(len(found), chance.choice([200, 1500, len(found)])))
        match chance.randrange(4):
            case 0:
                found[at] = chance.choice([0, 1, 127, 128, 255])
            case 1:
                del found[at : at + chance.choice([1, 2, 8, 100])]
            case 2:
                found[at:at] = chance.randbytes(chance.choice([1, 2, 8]))
            case _:
                found[at : at + 2] = chance.randbytes(2)
    return bytes(found)


HOSTILE = {
    "JPEG": face(),
    "progressive JPEG": face(progressive=True),
    "PNG": face("PNG"),
    "WebP": face("WEBP"),
    "TIFF": face("TIFF"),
    "DICOM": photograph(face(), Rows=200, Columns=300),
    "DICOM with everything in it": full_of_canaries(),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_spoiled_file_is_refused_in_a_sentence_or_comes_out_clean(kind: str) -> None:
    outcomes = [outcome(spoiled(HOSTILE[kind], seed)) for seed in range(60)]
    assert all(outcomes)
    assert any(isinstance(item, str) for item in outcomes), "some of them are beyond repair"


class DecodesAll(FindsBlue):
    """As the child does, it fails where a picture cannot be decoded."""

    def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
        try:
            found: Scan = super().scan(picture, orientation, look)
        except OSError as error:
            raise ScanFailedError from error
        return found


def outcome(data: bytes) -> str | Prepared:
    """Why it is refused, or what was made of it; anything else fails the test."""
    try:
        return prepare(data, DecodesAll(), SALT)
    except SafelightError as error:
        return error.sentence


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_that_is_cut_short_anywhere_is_no_result_that_was_not_searched(kind: str) -> None:
    whole = HOSTILE[kind]
    lengths = {0, 1, 2, 131, 132, 140, *range(0, len(whole), max(1, len(whole) // 40))}
    for made in (outcome(whole[:length]) for length in sorted(lengths)):
        assert isinstance(made, str) or not any(frame.left for frame in made.frames)
