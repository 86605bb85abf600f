"""A backup within a test: rows and bytes as they are now, to be put back while the test goes on.

What `safelight restore` does before the site serves is done for real; only the copying is quicker.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.db import connections, transaction
from tests.emptying import holding_rows

from safelight.project.backup.marker import JOURNAL, Marker, write_marker
from safelight.project.backup.replaying import finish_restore
from safelight.project.wiring import home


class Rows:
    """Every row that a database holds now, in temporary tables of the same connection."""

    def __init__(self, alias: str) -> None:
        self._alias, self._name = alias, f"kept_{uuid4().hex[:8]}"
        self._tables = _filled(alias)
        self._run(
            f'CREATE TEMP TABLE "{self._name}_{number}" AS SELECT * FROM "{table}"'  # noqa: S608 - our own names
            for number, table in enumerate(self._tables)
        )

    def put_back(self) -> None:
        """In the place of what is there. References are looked at when all of it is in its place."""
        emptied = [f'DELETE FROM "{table}"' for table in _filled(self._alias)]  # noqa: S608 - as above
        filled = [
            f'INSERT INTO "{table}" SELECT * FROM "{self._name}_{number}"'  # noqa: S608 - as above
            for number, table in enumerate(self._tables)
        ]
        self._run([*emptied, *filled])

    def forget(self) -> None:
        self._run(f'DROP TABLE "{self._name}_{number}"' for number, _ in enumerate(self._tables))

    def _run(self, statements: Iterable[str]) -> None:
        with transaction.atomic(using=self._alias), connections[self._alias].cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _filled(alias: str) -> list[str]:
    connection = connections[alias]
    known = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return holding_rows(connection, known)


@dataclass(frozen=True)
class Copied:
    """What a backup has of the site; its pictures are second names of files that never change."""

    at: datetime
    record: Rows
    keystore: Rows
    blobs: Path
    stores: Path

    def forget(self) -> None:
        self.record.forget()
        self.keystore.forget()

    def restore(self, *, record: bool, keystore: bool) -> None:
        """As `safelight restore`, with today's journal; what is not restored is the present one."""
        if record:
            self.record.put_back()
            shutil.rmtree(self.stores / "blobs")
            shutil.copytree(self.blobs, self.stores / "blobs", copy_function=os.link)
        if keystore:
            self.keystore.put_back()
        shutil.copyfile(self.stores / "withdrawals.jsonl", home() / JOURNAL)
        marker = Marker(
            id=uuid4(),
            aside="",
            record_at=self.at if record else None,
            keystore_at=self.at if keystore else None,
            journal_until=datetime.now(UTC),
            is_copied=True,
        )
        write_marker(home(), marker)
        finish_restore(lambda _line: None, accept=False)


def copied(stores: Path) -> Copied:
    """The site as it is now."""
    (stores / "blobs").mkdir(exist_ok=True)
    (stores / "withdrawals.jsonl").touch()
    blobs = stores / f"blobs-{uuid4().hex[:8]}"
    shutil.copytree(stores / "blobs", blobs, copy_function=os.link)
    return Copied(datetime.now(UTC), Rows("default"), Rows("keystore"), blobs, stores)
