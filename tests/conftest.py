"""What many suites share: a vault that opens quickly, and the cast."""

import shutil
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from tests import settings as test_settings
from tests.cast import Cast, open_cheap_root_key, set_the_stage

from safelight.connectors.blobs.disk import DiskBlobs, DiskQuarantine
from safelight.vault.ports import wiring

# How long an example takes says more about who else uses the machine than about the code.
hypothesis_settings.register_profile("safelight", deadline=None)
hypothesis_settings.load_profile("safelight")


def pytest_unconfigure() -> None:
    shutil.rmtree(test_settings.HOME, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _vault() -> None:
    """The real root key file, stretched little enough that a test need not wait for it."""
    wiring.root = open_cheap_root_key(test_settings.HOME)


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody who plays a part, in a small hospital of two wards."""
    return set_the_stage()


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty stores for blobs and quarantine of this test alone; the directory that holds both."""
    monkeypatch.setattr(wiring, "blobs", DiskBlobs(tmp_path / "blobs"))
    monkeypatch.setattr(wiring, "quarantine", DiskQuarantine(tmp_path / "quarantine"))
    return tmp_path
