"""Destroyed keys leave the files of the keystore, on both databases. Controls find them before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.utils import timezone
from tests.scrubbing import scrubbed

from safelight.engines import envelope
from safelight.vault import scrubbing
from safelight.vault.custodians import Holder, establish, shred_agreement
from safelight.vault.keystore.models import Custodian, Grant, Scrub
from safelight.vault.kinds import CustodianKind
from safelight.vault.scrubbing import scrub_keystore, scrub_log
from safelight.vault.sealing import ToSeal, seal_objects
from safelight.vault.tombstones import destroy_grants

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

AGREEMENT = CustodianKind.AGREEMENT
MANY, PICTURES = 60, 12


def files() -> list[Path]:
    """The files that the keystore's rows lie in, brought up to date with the server's memory."""
    connection = connections["keystore"]
    if connection.vendor == "sqlite":
        path = str(connection.settings_dict["NAME"])
        return [Path(path + end) for end in ("", "-wal", "-shm")]
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        directory = Path(cursor.fetchone()[0])
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        return list((directory / "base" / str(cursor.fetchone()[0])).iterdir())


def found(keys: list[bytes]) -> int:
    """How many of these keys stand anywhere in the files."""
    content = b"".join(path.read_bytes() for path in files() if path.exists())
    return sum(key in content for key in keys)


def agreements() -> list[UUID]:
    """Many agreements with pictures, so that keys lie on many pages."""
    owners = [uuid4() for _ in range(MANY)]
    for owner in owners:
        establish(AGREEMENT, owner)
        things = [ToSeal(uuid4(), envelope.Kind.DISPLAY, b"plain") for _ in range(PICTURES)]
        seal_objects(things, [Holder(AGREEMENT, owner)])
    return owners


def keys_of(owners: list[UUID]) -> list[bytes]:
    rows = Custodian.objects.filter(owner__in=owners).values_list("wrapped_key", flat=True)
    grants = Grant.objects.filter(custodian__owner__in=owners)
    return [bytes(key) for key in (*rows, *grants.values_list("wrapped_key", flat=True))]


@contextmanager
def at_once() -> Iterator[None]:
    """No hour has to go by between two scrubs."""
    Scrub.objects.update(at=None)
    yield


@contextmanager
def somebody_reads(statement: str) -> Iterator[None]:
    """Another connection inside a transaction that sees the rows as they stand now."""
    other = connections["keystore"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN" if on_sqlite() else "BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute(statement)
            cursor.fetchone()
        yield
    finally:
        other.close()


def test_shredded_keys_are_found_in_no_file() -> None:
    owners = agreements()
    doomed, kept = owners[::2], owners[1::2]
    gone, staying = keys_of(doomed), keys_of(kept)
    assert found(gone) == len(gone) == MANY // 2 * (PICTURES + 1)
    for owner in doomed:
        shred_agreement(owner)
    assert scrubbed()
    assert (found(gone), found(staying)) == (0, len(staying))


def test_single_grants_leave_the_files_too() -> None:
    owners = agreements()
    things = list(
        Grant.objects.filter(custodian__owner=owners[3]).values_list("object_id", flat=True)
    )
    gone = [
        bytes(key)
        for key in Grant.objects.filter(object_id__in=things[:6]).values_list(
            "wrapped_key", flat=True
        )
    ]
    assert found(gone) == 6
    destroy_grants(things[:6], (AGREEMENT, owners[3]))
    with at_once():
        assert scrubbed()
    assert found(gone) == 0


def on_sqlite() -> bool:
    return connections["keystore"].vendor == "sqlite"


def test_right_after_shredding_the_log_is_cut_or_waits_for_the_worker() -> None:
    """SQLite cuts it at once, where nobody reads; PostgreSQL's tables wait for the worker."""
    owners = agreements()
    gone = keys_of(owners[:1])
    shred_agreement(owners[0])
    assert found(gone) == (0 if on_sqlite() else len(gone))


def test_whoever_reads_is_not_waited_for() -> None:
    """On SQLite a reader keeps the log; on PostgreSQL it keeps the tables, for a moment."""
    owners = agreements()
    with somebody_reads("SELECT count(*) FROM keystore_custodian"):
        before = timezone.now()
        shred_agreement(owners[0])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scrubbing, "LONGEST_WAIT", "200ms")
            assert not scrub_keystore()
        assert (timezone.now() - before).total_seconds() < 5
    assert scrubbed()


def test_a_key_that_an_open_transaction_might_see_is_not_called_gone() -> None:
    """It reads another table and holds up nobody; PostgreSQL takes the dead rows along for it."""
    owners = agreements()
    gone = keys_of(owners[:1])
    with somebody_reads("SELECT count(*) FROM keystore_scrub"):
        shred_agreement(owners[0])
        assert not scrub_keystore()
        assert found(gone) == len(gone)
    assert scrubbed()
    assert found(gone) == 0


def test_the_server_keeps_no_key_among_its_statistics() -> None:
    """ANALYZE keeps values of a column as samples, where no scrub of the tables reaches them."""
    owners = agreements()[:3]
    gone = keys_of(owners)
    with connections["keystore"].cursor() as cursor:
        cursor.execute("ANALYZE")
    for owner in owners:
        shred_agreement(owner)
    assert scrubbed()
    assert found(gone) == 0


def test_nothing_destroyed_means_nothing_to_do() -> None:
    agreements()
    assert scrub_keystore() is on_sqlite()
    assert scrub_log() is on_sqlite()


def test_tables_are_not_written_anew_at_every_withdrawal() -> None:
    owners = agreements()
    shred_agreement(owners[0])
    assert scrubbed()
    shred_agreement(owners[1])
    assert scrub_keystore() is on_sqlite()
