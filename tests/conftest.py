"""What many suites share: a vault that opens quickly, and the cast."""

import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands import migrate
from django.test import testcases
from hypothesis import settings as hypothesis_settings
from tests import emptying
from tests import settings as test_settings
from tests.cast import Cast, open_cheap_root_key, set_the_stage
from whitenoise.middleware import WhiteNoiseMiddleware

from safelight.connectors.blobs.disk import DiskBlobs, DiskQuarantine
from safelight.connectors.journal.file import FileJournal
from safelight.vault.ports import wiring

# The longest modules, which begin first, so that no worker is left with one of them at the end.
LONGEST = {
    "test_searching.py",
    "test_kill_recall.py",
    "test_restore.py",
    "test_drill.py",
    "test_kill_covering.py",
    "test_cli_hospital.py",
    "test_withdrawal_and_derivatives.py",
    "test_backup.py",
    "test_unseen.py",
    "test_matrix.py",
    "test_looking.py",
    "test_demo.py",
    "test_kill_consent.py",
    "test_kill_restore.py",
    "test_forgery.py",
    "test_everything_is_large.py",
    "test_covered_pictures.py",
    "test_redaction_plans.py",
}
ROWS = {"db", "transactional_db", "django_db_setup", "live_server"}

# New objects between two looks for garbage, and how many looks until older ones are looked at too.
SELDOM = (20_000, 20, 20)

# How long an example takes says more about who else uses the machine than about the code.
hypothesis_settings.register_profile("safelight", deadline=None)
hypothesis_settings.load_profile("safelight")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest modules first, and what another database has to do with.

    On another database than the usual one only what touches its rows is run once more.

    pytest-django lets no other test reach a database, and what starts processes of its own gives
    them a SQLite file.
    """
    items.sort(key=lambda item: item.path.name not in LONGEST)
    if not os.environ.get("SAFELIGHT_TEST_DATABASE_URL"):
        return
    elsewhere = [item for item in items if not touches_rows(item)]
    items[:] = [item for item in items if touches_rows(item)]
    config.hook.pytest_deselected(items=elsewhere)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Eleven thousand tests are no garbage: nobody looks among them, now or between tests."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(*SELDOM)
        gc.enable()


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

    Disks need not be in step with their caches, a database is emptied without a search for commands
    in every app, and rows that Django itself writes after migrations (content types and their
    permissions) are not written anew each time, which took longer than most tests. Nor does every
    client look through the style sheets and scripts of the site again, which took longer than most
    answers.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _descriptor: None)
        patch.setattr(testcases, "call_command", emptying.empty)
        patch.setattr(migrate.Command, "handle", only_its_own_tables())
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", share_static_files())
        yield


def only_its_own_tables() -> Callable[..., str | None]:
    """The keystore's tables by the keystore's migrations, as `safelight init` makes them.

    The router lets no others into it; to go through all of them takes as long as the record's.
    """

    handle: Callable[..., str | None] = migrate.Command.handle

    def made(command: migrate.Command, *arguments: Any, **options: Any) -> str | None:
        if options["database"] == "keystore":
            options |= {"app_label": "keystore", "run_syncdb": False}
        return handle(command, *arguments, **options)

    return made


def share_static_files() -> Callable[[WhiteNoiseMiddleware], None]:
    """Found by the first client of each prefix, the real way; they do not change meanwhile."""
    look, known = WhiteNoiseMiddleware.add_files_from_finders, dict[str, dict[str, Any]]()

    def found_before(served: WhiteNoiseMiddleware) -> None:
        if served.static_prefix not in known:
            look(served)
            known[served.static_prefix] = served.files
        served.files = dict(known[served.static_prefix])

    return found_before


@pytest.fixture
def cast(db: None) -> Cast:
    """Everybody who plays a part, in a small hospital of two wards."""
    return set_the_stage()


@pytest.fixture
def stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty stores for blobs and quarantine of this test alone; the directory that holds both."""
    monkeypatch.setattr(wiring, "blobs", DiskBlobs(tmp_path / "blobs"))
    monkeypatch.setattr(wiring, "quarantine", DiskQuarantine(tmp_path / "quarantine"))
    monkeypatch.setattr(wiring, "journal", FileJournal(tmp_path / "withdrawals.jsonl"))
    return tmp_path
