"""What was destroyed leaves the disk, not only the rows: keys, and what the record said of erased pictures.

SQLite overwrites what is deleted in its page (`secure_delete`); what is left of it in the write-ahead
log goes when the log is written back and cut to nothing. PostgreSQL keeps the bytes of a dead row
in its page even after a plain VACUUM, until something is written over them; VACUUM FULL writes the
tables anew, into other files.
"""

from datetime import timedelta

from django.db import OperationalError, connections, transaction
from django.db.models import Max, Q
from django.utils import timezone

from safelight.vault.keystore.models import Custodian, Destroyed, Grant, Scrub

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
        rewrite_tables()
    except OperationalError:  # somebody is at work there; the next run tries again
        Scrub.objects.update(at=None)
        return False
    return True


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


def rewrite_tables() -> None:
    """On PostgreSQL: write the tables of keys anew, so that no dead row is left in their files.

    Raises OperationalError when somebody holds a table for longer than LONGEST_WAIT.
    """
    with connections["keystore"].cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{LONGEST_WAIT}'")
        try:
            for model in _TABLES:
                cursor.execute(f"VACUUM FULL {model._meta.db_table}")  # noqa: SLF001 - Django's door
        finally:
            cursor.execute("RESET lock_timeout")
