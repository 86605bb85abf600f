"""A home that nobody else sees, named before anything of Django is loaded."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A home that nobody else sees and that is gone afterwards; this process uses it too."""
    home = Path(tempfile.mkdtemp(prefix="safelight-bench-"))
    try:
        os.environ |= {"SAFELIGHT_MODE": "demo", "SAFELIGHT_HOME": str(home)}
        for name in ("SAFELIGHT_DATABASE_URL", "SAFELIGHT_KEYSTORE_URL"):
            os.environ.pop(name, None)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)
