"""What was destroyed leaves the disk, not only the rows: keys, and what the record said of erased pictures.

SQLite overwrites what is deleted in its page (`secure_delete`); what is left of it in the write-ahead
log goes when the log is written back and cut to nothing. PostgreSQL keeps the bytes of a dead row
in its page even after a plain VACUUM, until something is written over them; VACUUM FULL writes the
tables anew, into other files. It takes along rows that an open transaction might still see, and
says so in no error, only in what it tells when asked to be verbose.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import OperationalError, connections, transaction
from django.db.models import Max, Q
from django.utils import timezone

from safelight.vault.keystore.models import Custodian, Destroyed, Grant, Scrub

if TYPE_CHECKING:  # the driver is an extra
    from psycopg.errors import Diagnostic

# Writing the tables anew shuts everybody out for as long as it takes, so not at every withdrawal.
LEAST_BETWEEN = timedelta(hours=1)
LONGEST_WAIT = "3s"
PATIENCE = 250
"""Milliseconds, once at the end of a withdrawal and of a worker's step. Single keys wait for nobody."""
_TABLES = (Grant, Custodian)


def scrub_log(alias: str = "keystore", patience: int = 0) -> bool:
    """On SQLite: cut a write-ahead log to nothing, unless somebody reads for longer than `patience`.

    Whether it is done; whoever calls later finds it still to be done.
    """
    connection = connections[alias]
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout={patience}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(cursor.fetchone()[0] == 0)
        except OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout={usual}")


def scrub_keystore() -> bool:
    """A step of the worker: take destroyed keys off the disk; whether something was done."""
    if connections["keystore"].vendor == "sqlite":
        return scrub_log(patience=PATIENCE)
    if not _is_due():
        return False
    try:
        left = rewrite_tables()
    except OperationalError:  # somebody is at work there
        left = None
    if left != 0:
        Scrub.objects.update(at=None)  # the next run tries again
    return left == 0


def scrub_record() -> bool:
    """A step of the worker: on SQLite, cut the record's log, in which erased rows still stand.

    Whether it is done. On PostgreSQL they stay until its own vacuum writes over them.
    """
    return scrub_log("default", PATIENCE)


def _is_due() -> bool:
    """Whether keys were destroyed since the last time; claims the work if so."""
    now = timezone.now()
    with transaction.atomic(using="keystore"):
        last, _ = Scrub.objects.select_for_update().get_or_create(id=1)
        newest = Destroyed.objects.aggregate(at=Max("at"))["at"]
        if newest is None or (last.at is not None and newest < last.at):
            return False
        rows = Scrub.objects.filter(Q(at=None) | Q(at__lt=now - LEAST_BETWEEN), id=1)
        return rows.update(at=now) > 0


def rewrite_tables() -> int:
    """On PostgreSQL: write the tables of keys anew; how many dead rows had to be taken along.

    A row is taken along while a transaction that began before its end is open in this database, be
    it the server's own count for its statistics. Raises OperationalError when somebody holds a
    table for longer than LONGEST_WAIT.
    """
    with connections["keystore"].cursor() as cursor, _told() as details:
        cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
        try:
            for model in _TABLES:
                cursor.execute(f"VACUUM (FULL, VERBOSE) {model._meta.db_table}")  # noqa: SLF001 - Django's door
        finally:
            cursor.execute("RESET lock_timeout")
    return _taken_along(details)


@contextmanager
def _told() -> Iterator[list[str]]:
    """The details of what the server says beside its answers."""
    details: list[str] = []
    connection = connections["keystore"].connection

    def listen(notice: "Diagnostic") -> None:
        details.append(notice.message_detail or "")

    connection.add_notice_handler(listen)
    try:
        yield details
    finally:
        connection.remove_notice_handler(listen)


def _taken_along(details: list[str]) -> int:
    """The sum over the tables; a server that does not tell has not shown that nothing is left.

    A detail begins with the number ("6 dead row versions cannot be removed yet"), in the server's
    own language, so only the number is read.
    """
    counts = [int(count[0]) for detail in details if (count := re.search(r"\d+", detail))]
    if len(counts) < len(_TABLES):
        raise OperationalError("the server does not tell what is left")
    return sum(counts)
