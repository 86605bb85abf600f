"""The process that serves the demo does not build it: what draws has threads that no fork takes along."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from safelight.project import cli_serve
from safelight.project.demo.building import is_built


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> list[list[str]]:
    """The commands that were run; each fails with 3."""
    commands: list[list[str]] = []

    def run(command: list[str], **_more: object) -> "subprocess.CompletedProcess[str]":
        commands.append(command)
        return subprocess.CompletedProcess(command, 3)

    settings.SAFELIGHT_HOME = str(tmp_path)
    monkeypatch.setattr(subprocess, "run", run)
    return commands


def test_another_process_builds_it_and_its_failure_is_ours(started: list[list[str]]) -> None:
    assert not is_built()
    assert cli_serve.built_apart() == 3
    [command] = started
    assert command[-2:] == ["demo", "--only-build"]


def test_what_is_built_is_not_built_again(started: list[list[str]], tmp_path: Path) -> None:
    (tmp_path / "demo-is-built").touch()
    assert cli_serve.built_apart() == 0
    assert started == []
