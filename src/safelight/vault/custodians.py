"""Custodians and grants: which key opens what, and for which reason."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connections, transaction
from django.db.models import QuerySet

from safelight.engines import envelope
from safelight.vault.errors import KeyMissingError
from safelight.vault.keystore.models import Custodian, Grant
from safelight.vault.kinds import CustodianKind
from safelight.vault.ports import root_key
from safelight.vault.tombstones import destroy_custodian

# Written by hand because they run for every byte that comes or leaves.
_CUSTODIAN_SQL = "SELECT id, wrapped_key FROM keystore_custodian WHERE kind = %s AND owner = %s"
_CUSTODIANS_SQL = (
    "SELECT owner, wrapped_key FROM keystore_custodian WHERE kind = %s AND owner IN ({marks})"
)
_GRANT_SQL = """
INSERT INTO keystore_grant (object_id, custodian_id, wrapped_key) VALUES (%s, %s, %s)
"""
_GRANTED_SQL = """
SELECT c.wrapped_key, g.wrapped_key
FROM keystore_grant g JOIN keystore_custodian c ON c.id = g.custodian_id
WHERE g.object_id = %s AND c.kind = %s AND c.owner = %s
"""


@dataclass(frozen=True)
class Holder:
    """A custodian by its reason and its owner."""

    kind: CustodianKind
    owner: UUID


_unwrapped: ContextVar[dict[Holder, tuple[Any, bytes]] | None] = ContextVar(
    "unwrapped", default=None
)


def as_id(value: UUID) -> Any:  # noqa: ANN401 - what the keystore's driver takes
    return value if connections["keystore"].features.has_native_uuid_field else value.hex


def _context(kind: str, owner: UUID) -> bytes:
    """What a custodian's wrapping is bound to: its reason and its owner, so none can stand in."""
    return b"custodian/" + kind.encode() + b"/" + owner.bytes


def establish(kind: CustodianKind, owner: UUID) -> bytes:
    """The key of the custodian for this reason and owner, made if there is none."""
    try:
        return custodian_key(kind, owner)
    except KeyMissingError:
        return _create(kind, owner)


def _create(kind: CustodianKind, owner: UUID) -> bytes:
    key = envelope.new_key()
    wrapped = root_key().wrap(_context(kind, owner), key)
    try:
        with transaction.atomic(using="keystore"):
            Custodian.objects.create(kind=kind.value, owner=owner, wrapped_key=wrapped)
    except IntegrityError:  # somebody was first: theirs is the one
        return custodian_key(kind, owner)
    return key


@contextmanager
def unwrapped_once() -> Iterator[None]:
    """Within this block each custodian is read and unwrapped at most once.

    INVARIANT: the block is one short act (an intake, a verification), never a session or a
    connection: a key that is destroyed is gone for whatever comes next.
    """
    token = _unwrapped.set({})
    try:
        yield
    finally:
        _unwrapped.reset(token)


def custodian_key(kind: CustodianKind, owner: UUID) -> bytes:
    return _custodian(Holder(kind, owner))[1]


def _custodian(holder: Holder) -> tuple[Any, bytes]:
    """The row's id, as the driver has it, and the key; raises KeyMissingError."""
    kept = _unwrapped.get()
    if kept is not None and holder in kept:
        return kept[holder]
    with connections["keystore"].cursor() as cursor:
        cursor.execute(_CUSTODIAN_SQL, [holder.kind.value, as_id(holder.owner)])
        row = cursor.fetchone()
    if row is None:
        raise KeyMissingError
    found = row[0], _open(holder.kind, holder.owner, row[1])
    if kept is not None:
        kept[holder] = found
    return found


def _open(kind: CustodianKind, owner: UUID, wrapped: bytes | memoryview) -> bytes:
    return root_key().unwrap(_context(kind.value, owner), bytes(wrapped))


def custodian_keys(kind: CustodianKind, owners: Iterable[UUID]) -> dict[UUID, bytes]:
    """The keys of several owners in one query; owners without a key are left out."""
    wanted = [as_id(owner) for owner in owners]
    if not wanted:
        return {}
    marks = ", ".join(["%s"] * len(wanted))
    with connections["keystore"].cursor() as cursor:
        cursor.execute(_CUSTODIANS_SQL.format(marks=marks), [kind.value, *wanted])
        rows = [(_as_uuid(owner), wrapped) for owner, wrapped in cursor.fetchall()]
    return {owner: _open(kind, owner, wrapped) for owner, wrapped in rows}


def _as_uuid(value: UUID | str) -> UUID:
    """What the driver gave for an id: SQLite keeps ids as text."""
    return value if isinstance(value, UUID) else UUID(hex=value)


def grant_all(keys: Iterable[tuple[UUID, bytes]], holders: Iterable[Holder]) -> None:
    """Let every holder open every one of these objects; one commit for all of them."""
    pairs = list(keys)
    rows = [row for holder in holders for row in _grants(pairs, holder)]
    with transaction.atomic(using="keystore"), connections["keystore"].cursor() as cursor:
        cursor.executemany(_GRANT_SQL, rows)


def _grants(keys: list[tuple[UUID, bytes]], holder: Holder) -> Iterable[tuple[Any, Any, bytes]]:
    custodian, key = _custodian(holder)
    for object_id, data_key in keys:
        yield as_id(object_id), custodian, envelope.wrap_key(key, data_key, object_id.bytes)


def granted_key(object_id: UUID, kind: CustodianKind, owner: UUID) -> bytes:
    """The data key of an object, through exactly this custodian. No other is tried.

    INVARIANT: the caller names the custodian; a wrong reason cannot open the object.
    """
    with connections["keystore"].cursor() as cursor:
        cursor.execute(_GRANTED_SQL, [as_id(object_id), kind.value, as_id(owner)])
        row = cursor.fetchone()
    if row is None:
        raise KeyMissingError
    key = _open(kind, owner, row[0])
    return envelope.unwrap_key(key, bytes(row[1]), object_id.bytes)


def hand_over(object_ids: Iterable[UUID], giver: Holder, taker: Holder) -> None:
    """Let `taker` open what `giver` can; the giver keeps its grants until they are dropped."""
    keys = [(item, granted_key(item, giver.kind, giver.owner)) for item in object_ids]
    drop_grants(object_ids, taker)  # an earlier try may have come this far
    grant_all(keys, [taker])


def destroy_intake(upload: UUID) -> None:
    """Shred the short-lived key of one upload; whatever it alone opened is dark from now on."""
    Custodian.objects.filter(kind=CustodianKind.INTAKE.value, owner=upload).delete()


def shred_agreement(agreement: UUID) -> None:
    """Destroy the key of one agreement, and with it every grant that it held, whatever their number.

    No error if it is gone already. The record must say that the agreement ended before this runs.
    """
    destroy_custodian(CustodianKind.AGREEMENT, agreement)


def agreements_with_keys() -> set[UUID]:
    """The agreements that hold a key; for the sweep that finishes what a crash left."""
    rows = Custodian.objects.filter(kind=CustodianKind.AGREEMENT.value)
    return set(rows.values_list("owner", flat=True))


def granted_objects(agreements: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """What these agreements can open, each as agreement and object."""
    rows = Grant.objects.filter(
        custodian__kind=CustodianKind.AGREEMENT.value, custodian__owner__in=list(agreements)
    )
    return set(rows.values_list("custodian__owner", "object_id"))


def opened_by(kind: CustodianKind, object_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these objects any custodian of this kind can open."""
    rows = Grant.objects.filter(object_id__in=list(object_ids), custodian__kind=kind.value)
    return set(rows.values_list("object_id", flat=True))


def owners_who_open(kind: CustodianKind, object_ids: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """Whose custodians of this kind can open each of these objects; none for what nobody's can."""
    rows = Grant.objects.filter(object_id__in=list(object_ids), custodian__kind=kind.value)
    found: dict[UUID, set[UUID]] = {}
    for object_id, owner in rows.values_list("object_id", "custodian__owner"):
        found.setdefault(object_id, set()).add(owner)
    return found


def drop_agreement_grants(object_ids: Iterable[UUID]) -> None:
    """Forget the keys of these objects under every agreement."""
    Grant.objects.filter(
        object_id__in=list(object_ids), custodian__kind=CustodianKind.AGREEMENT.value
    ).delete()


def can_open(object_id: UUID, holder: Holder) -> bool:
    rows = Grant.objects.filter(object_id=object_id)
    return _held_by(rows, holder).exists()


def drop_grants(object_ids: Iterable[UUID], holder: Holder | None = None) -> None:
    """Forget the keys of these objects: those of one holder, or (orphans of a crash) of all."""
    rows = Grant.objects.filter(object_id__in=list(object_ids))
    if holder is not None:
        rows = _held_by(rows, holder)
    rows.delete()


def _held_by(rows: QuerySet[Grant], holder: Holder) -> QuerySet[Grant]:
    return rows.filter(custodian__kind=holder.kind.value, custodian__owner=holder.owner)
