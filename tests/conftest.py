"""What many suites share: a vault that opens quickly, and the cast."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from hypothesis import settings as hypothesis_settings
from tests import settings as test_settings
from tests.cast import Cast, open_cheap_root_key, set_the_stage

from safelight.connectors.blobs.disk import DiskBlobs, DiskQuarantine
from safelight.vault.ports import wiring

ROWS = {"db", "transactional_db", "django_db_setup", "live_server"}

# How long an example takes says more about who else uses the machine than about the code.
hypothesis_settings.register_profile("safelight", deadline=None)
hypothesis_settings.load_profile("safelight")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another database than the usual one only what touches its rows is run once more.

    pytest-django lets no other test reach a database, and what starts processes of its own gives
    them a SQLite file.
    """
    if not os.environ.get("SAFELIGHT_TEST_DATABASE_URL"):
        return
    elsewhere = [item for item in items if not touches_rows(item)]
    items[:] = [item for item in items if touches_rows(item)]
    config.hook.pytest_deselected(items=elsewhere)


def touches_rows(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("django_db") is not None
    return marked or not ROWS.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_unconfigure() -> None:
    shutil.rmtree(test_settings.HOME, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def _vault() -> None:
    """The real root key file, stretched little enough that a test need not wait for it."""
    wiring.root = open_cheap_root_key(test_settings.HOME)


@pytest.fixture(scope="session", autouse=True)
def _haste() -> Iterator[None]:
    """No test waits for what only a power cut or the admin's permissions would need.

    Disks need not be in step with their caches, and rows that Django itself writes after
    migrations (content types and their permissions) are not written anew each time that a
    database is emptied, which took longer than most tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        patch.setattr(flush, "emit_post_migrate_signal", forget_content_types)
        yield


def forget_content_types(*_told: object, **_more: object) -> None:
    ContentType.objects.clear_cache()


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
