"""A home in which everybody is admitted already, made once for a whole run and copied from then on.

Tables, keys and people take four seconds of a processor each time, as long as a short journey.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

KNOWN = "admitted.json"  # ids by name, beside the home


def admitted(run: Path) -> Path:
    """The directory under `run` with the home and KNOWN; whoever comes first makes it, others wait."""
    made = run / "admitted"
    with (run / "admitted.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(run / "being-admitted")
            (run / "being-admitted").rename(made)
    return made


def make(root: Path) -> None:
    shutil.rmtree(root, ignore_errors=True)  # of somebody who was killed meanwhile
    (root / "home").mkdir(parents=True)
    settings = {
        "SAFELIGHT_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "safelight.project.settings",
        "SAFELIGHT_HOME": str(root / "home"),
    }
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    subprocess.run(
        [sys.executable, "-m", "tests.journeys.opening"], env=kept | settings, check=True
    )


def move_in(made: Path, root: Path) -> None:
    """Another hospital with the same people, keys and ids, which shares nothing with the first."""
    shutil.copytree(made / "home", root / "home", dirs_exist_ok=True)
    shutil.copy(made / KNOWN, root)
