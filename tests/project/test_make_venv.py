"""`make run` on a machine that lacks something says what, in a sentence."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def make_venv(venv: Path, python: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", ROOT / "requirements" / "make-venv.sh", venv],
        env={"PATH": os.environ["PATH"], "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def pretend(path: Path, script: str) -> str:
    """A `python3` that does only this."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ('case "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac', "is Python 3.9.2."),
        ('case "$1" in -m) exit 1;; *) exit 0;; esac', "apt-get install python3-venv"),
    ],
)
def test_a_python_that_will_not_do_is_named(tmp_path: Path, script: str, says: str):
    done = make_venv(tmp_path / "venv", pretend(tmp_path / "python3", script))
    assert done.returncode == 1
    assert says in done.stderr
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all_is_said(tmp_path: Path):
    done = make_venv(tmp_path / "venv", "no-such-python")
    assert done.returncode == 1
    assert "there is no `no-such-python` here" in done.stderr
