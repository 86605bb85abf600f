"""Copies of a tree while it is in use, to be searched in peace."""

import shutil
from contextlib import suppress
from pathlib import Path


def copy_what_stays(source: Path, target: Path) -> None:
    """What vanishes meanwhile is left out."""
    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        with suppress(FileNotFoundError):
            if path.is_file():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
