"""The command as an operator runs it, in a process of its own."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.unit.engines.imaging.corpus import (
    CANARY,
    after_header,
    betrays,
    full_exif,
    gradient,
    jpeg,
    other,
    png,
    segment,
    with_segments,
)
from tests.unit.engines.imaging.heic_file import box, heic

from safelight.engines.imaging import check_clean
from safelight.project import cli_scrub

DIRTY = jpeg(exif=full_exif())


@pytest.fixture
def folder(tmp_path):
    """A camera's folder: pictures in two places, one of them damaged, and other files."""
    (tmp_path / "in/deep").mkdir(parents=True)
    (tmp_path / "in/one.jpg").write_bytes(DIRTY)
    (tmp_path / "in/plain.png").write_bytes(png())
    (tmp_path / "in/deep/two.webp").write_bytes(other("WEBP", exif=full_exif()))
    (tmp_path / "in/damaged.jpg").write_bytes(DIRTY[:-40])
    (tmp_path / "in/notes.txt").write_bytes(b"not a picture")
    return tmp_path


def contents(root):
    return {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def command(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "safelight.project.cli_scrub", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def run(capsys, *arguments):
    code = cli_scrub.main([str(a) for a in arguments])
    return code, capsys.readouterr()


def test_the_command_works_alone_on_a_folder(folder):
    before = contents(folder / "in")
    done = command("in", "--out", "out", cwd=folder)
    assert done.returncode == 2
    assert contents(folder / "in") == before
    assert set(map(str, contents(folder / "out"))) == {
        "one.jpg",
        "plain.png",
        "deep/two.webp.jpg",
    }
    for data in contents(folder / "out").values():
        check_clean(data)
        assert not betrays(data)
    assert "in/damaged.jpg: This picture is incomplete" in done.stderr
    assert "in/notes.txt: This is not a picture" in done.stderr
    assert "3 pictures: 2 with something beside the picture, 1 without" in done.stdout


def test_the_command_needs_no_django_and_no_settings(tmp_path):
    probe = "import sys, safelight.project.cli_scrub; print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_what_was_found_is_shown(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY + b"trailing")
    code, shown = run(capsys, tmp_path / "a.jpg")
    assert code == 0
    for kind in ("gps", "serial-number", "owner", "thumbnail", "trailing-data", "maker-note"):
        assert f"  {kind}" in shown.out
    assert "51.50343, -0.12627" in shown.out


def test_the_result_shows_upright(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    run(capsys, tmp_path / "a.jpg")
    source, result = (
        np.asarray(ImageOps.exif_transpose(Image.open(tmp_path / name)))
        for name in ("a.jpg", "a.scrubbed.jpg")
    )
    assert np.array_equal(source, result)
    assert source.shape == (48, 32, 3)


def test_without_out_results_stand_beside_their_sources(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    (tmp_path / "b.WEBP").write_bytes(other("WEBP"))
    (tmp_path / "c.png").write_bytes(jpeg())
    assert run(capsys, tmp_path)[0] == 0
    assert {p.name for p in tmp_path.iterdir()} == {
        "a.jpg",
        "a.scrubbed.jpg",
        "b.WEBP",
        "b.WEBP.scrubbed.jpg",
        "c.png",
        "c.png.scrubbed.jpg",
    }


def test_running_twice_does_nothing_more(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    run(capsys, tmp_path)
    before = contents(tmp_path)
    code, shown = run(capsys, tmp_path)
    assert code == 0
    assert contents(tmp_path) == before
    assert "earlier result" in shown.err


def test_check_writes_nothing_and_tells_by_its_exit_code(folder, capsys):
    before = contents(folder)
    assert run(capsys, "--check", folder / "in/one.jpg")[0] == 1
    assert run(capsys, "--check", folder / "in/plain.png")[0] == 0
    assert run(capsys, "--check", folder / "in")[0] == 2
    assert run(capsys, "--check", folder / "in/one.jpg", "--out", folder / "out")[0] == 1
    assert contents(folder) == before


def test_check_passes_what_the_command_made(folder, capsys):
    run(capsys, folder / "in", "--out", folder / "out")
    assert run(capsys, "--check", folder / "out")[0] == 0


def test_check_finds_what_stands_in_an_earlier_result(tmp_path, capsys):
    (tmp_path / "a.scrubbed.jpg").write_bytes(DIRTY)
    assert run(capsys, "--check", tmp_path)[0] == 1


def test_nothing_that_exists_is_replaced(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    (tmp_path / "a.scrubbed.jpg").write_bytes(b"mine")
    code, shown = run(capsys, tmp_path / "a.jpg")
    assert code == 2
    assert "is not replaced" in shown.err
    assert (tmp_path / "a.scrubbed.jpg").read_bytes() == b"mine"


def test_an_out_folder_that_is_the_input_folder_changes_nothing(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    assert run(capsys, tmp_path, "--out", tmp_path)[0] == 2
    assert contents(tmp_path) == {(tmp_path / "a.jpg").relative_to(tmp_path): DIRTY}


def test_an_out_folder_inside_the_input_folder_is_not_read(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    for _ in range(2):
        assert run(capsys, tmp_path, "--out", tmp_path / "out")[0] == 0
    assert {str(p) for p in contents(tmp_path)} == {"a.jpg", "out/a.jpg"}


def test_an_input_inside_the_out_folder_is_left_alone(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jpg").write_bytes(DIRTY)
    assert run(capsys, tmp_path / "in", "--out", tmp_path)[0] == 0
    assert (tmp_path / "in/a.jpg").read_bytes() == DIRTY
    check_clean((tmp_path / "a.jpg").read_bytes())


def test_a_file_named_twice_is_handled_once(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    (tmp_path / "link.jpg").symlink_to(tmp_path / "a.jpg")
    _, shown = run(capsys, tmp_path / "a.jpg", tmp_path / "." / "a.jpg", tmp_path / "link.jpg")
    assert shown.out.startswith(str(tmp_path / "a.jpg"))
    assert "1 picture:" in shown.out


def test_two_folders_with_equal_names_in_them_do_not_meet(tmp_path, capsys):
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").write_bytes(DIRTY)
    assert run(capsys, tmp_path / "x", tmp_path / "y", "--out", tmp_path / "out")[0] == 0
    assert {str(p) for p in contents(tmp_path / "out")} == {"x/a.jpg", "y/a.jpg"}


def test_links_in_folders_are_skipped_and_listed(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/a.jpg").write_bytes(DIRTY)
    (tmp_path / "in/file.jpg").symlink_to(tmp_path / "secret/a.jpg")
    (tmp_path / "in/folder").symlink_to(tmp_path / "secret")
    (tmp_path / "in/loop").symlink_to(tmp_path / "in")
    os.mkfifo(tmp_path / "in/pipe.jpg")
    code, shown = run(capsys, tmp_path / "in", "--out", tmp_path / "out")
    assert code == 0
    assert "file.jpg: This is a link" in shown.err
    assert "pipe.jpg: This is a link or not a regular file" in shown.err
    assert not (tmp_path / "out").exists()


def test_a_result_is_not_written_through_a_link(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    (tmp_path / "a.scrubbed.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    assert run(capsys, tmp_path / "a.jpg")[0] == 2
    assert not (tmp_path / "elsewhere.jpg").exists()


@pytest.mark.parametrize("name", ["missing.jpg", "pipe", "notes.txt", "empty.jpg", "huge.jpg"])
def test_a_bad_file_that_was_named_is_an_error(tmp_path, capsys, name):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "notes.txt").write_bytes(b"not a picture")
    (tmp_path / "empty.jpg").touch()
    with (tmp_path / "huge.jpg").open("wb") as huge:
        huge.truncate(60_000_000)
    (tmp_path / "good.jpg").write_bytes(DIRTY)
    code, shown = run(capsys, tmp_path / name, tmp_path / "good.jpg")
    assert code == 2
    assert f"{name}: " in shown.err
    assert (tmp_path / "good.scrubbed.jpg").exists()


def test_what_cannot_be_opened_is_listed_with_the_systems_reason(tmp_path, capsys):
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    code, shown = run(capsys, tmp_path / "loop.jpg")
    assert code == 2
    assert "could not be read: Too many levels of symbolic links" in shown.err


def test_an_out_that_is_a_file_is_an_error(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    (tmp_path / "out").write_bytes(b"mine")
    assert run(capsys, tmp_path / "a.jpg", "--out", tmp_path / "out")[0] == 2
    assert (tmp_path / "out").read_bytes() == b"mine"


def test_no_temporary_file_is_left(folder, capsys):
    run(capsys, folder / "in", "--out", folder / "out")
    assert not list(folder.rglob(".safelight-*"))


def test_a_private_source_gives_a_private_result(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(DIRTY)
    (tmp_path / "a.jpg").chmod(0o640)
    run(capsys, tmp_path / "a.jpg")
    assert (tmp_path / "a.scrubbed.jpg").stat().st_mode & 0o777 == 0o640


def test_neither_names_nor_values_can_write_on_the_terminal(tmp_path, capsys):
    name = "a\x1b[31m\n.jpg"
    (tmp_path / name).write_bytes(with_segments(jpeg(), segment(0xFE, b"\x1b]0;x\7" + CANARY)))
    (tmp_path / os.fsdecode(b"\xff\xfe.jpg")).write_bytes(jpeg())
    _, shown = run(capsys, tmp_path)
    assert "\x1b" not in shown.out + shown.err
    assert CANARY.decode() in shown.out


def webp_with(name):
    """A WebP file with a chunk of this name."""
    chunks = other("WEBP")[8:] + name + (4).to_bytes(4, "little") + CANARY[:4]
    return b"RIFF" + len(chunks).to_bytes(4, "little") + chunks


@pytest.mark.parametrize(
    "data",
    [
        after_header(png(), (b"tEXt", b"\x1b]0;x\x07\0" + CANARY)),
        webp_with(b"\x1b[2J"),
        heic(gradient()) + box(b"\x1b[2J", CANARY),
    ],
    ids=["keyword", "WebP chunk", "HEIC box"],
)
def test_nor_can_what_a_file_calls_its_own_parts(tmp_path, capsys, data):
    (tmp_path / "a").write_bytes(data)
    code, shown = run(capsys, tmp_path / "a")
    assert code == 0
    assert "\x1b" not in shown.out + shown.err


def test_nor_can_the_name_of_a_result_that_is_there_already(tmp_path, capsys):
    (tmp_path / "a\x1b[31m.jpg").write_bytes(DIRTY)
    (tmp_path / "a\x1b[31m.scrubbed.jpg").write_bytes(b"mine")
    code, shown = run(capsys, tmp_path / "a\x1b[31m.jpg")
    assert code == 2
    assert "\x1b" not in shown.out + shown.err


def test_output_in_a_narrow_encoding_does_not_fail(tmp_path):
    (tmp_path / "a.jpg").write_bytes(with_segments(jpeg(), segment(0xFE, "Ünïcode…".encode())))
    done = subprocess.run(
        [sys.executable, "-m", "safelight.project.cli_scrub", "a.jpg"],
        cwd=tmp_path, capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0


def test_a_source_of_another_kind_is_readable_as_what_its_name_says(tmp_path, capsys):
    (tmp_path / "a.tif").write_bytes(other("TIFF"))
    run(capsys, tmp_path / "a.tif")
    result = (tmp_path / "a.tif.scrubbed.png").read_bytes()
    assert Image.open(io.BytesIO(result)).format == "PNG"
