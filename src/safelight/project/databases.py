"""Where the rows live: the record in one database, the keys in another."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from safelight.project.configuration import Configuration
from safelight.project.environment import ConfigurationError

# FULL: a commit that was answered is on the disk. secure_delete: a shredded key's bytes are
# overwritten in the page, not only unlinked.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
    "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
)
# Every commit of the record is waited for, so merge its journal less often (pages of 4 KiB, as
# many as one search in it covers). The keystore keeps SQLite's own pace: shredded keys go sooner.
RECORD_PRAGMAS = SQLITE_PRAGMAS + " PRAGMA wal_autocheckpoint=4000;"


def databases(configuration: Configuration) -> dict[str, dict[str, Any]]:
    return {
        "default": _database(
            configuration.database_url, configuration.home / "record.sqlite3", RECORD_PRAGMAS
        ),
        "keystore": _database(
            configuration.keystore_url, configuration.home / "keystore.sqlite3", SQLITE_PRAGMAS
        ),
    }


def _database(url: str, sqlite_path: Path, pragmas: str) -> dict[str, Any]:
    if not url:
        return _sqlite(sqlite_path, pragmas)
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ConfigurationError("a database URL must start with `postgresql://`")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def _sqlite(path: Path, pragmas: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "init_command": pragmas,
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
        "TEST": {"NAME": None},
    }


class KeystoreRouter:
    """Sends the keystore's rows to the keystore and everything else to the record.

    INVARIANT: no key row is ever written to the database that holds the pictures' rows, so that a
    backup of the record restores no key.
    """

    def db_for_read(self, model: Any, **_hints: Any) -> str:  # noqa: ANN401 - Django's signature
        return _home_of(model._meta.app_label)

    def db_for_write(self, model: Any, **_hints: Any) -> str:  # noqa: ANN401 - Django's signature
        return _home_of(model._meta.app_label)

    def allow_relation(self, left: Any, right: Any, **_hints: Any) -> bool:  # noqa: ANN401
        return _home_of(left._meta.app_label) == _home_of(right._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:  # noqa: ANN401
        return db == _home_of(app_label)


def _home_of(app_label: str) -> str:
    return "keystore" if app_label == "keystore" else "default"
