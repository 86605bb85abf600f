"""Tombstones: what the keystore remembers of keys that it no longer has.

Written in the transaction that destroys the keys, never changed, and told to a journal outside the
databases after the commit. After a restore they say what must not come back
(docs/adr/0026-tombstones-and-a-journal.md).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from safelight.vault.destructions import Destruction, JournalError
from safelight.vault.keystore.models import Custodian, Destroyed, Grant
from safelight.vault.kinds import CustodianKind
from safelight.vault.ports import wiring
from safelight.vault.scrubbing import scrub_log

BATCH = 500
# A withdrawal that is committed may wait this long for its key to go, at the very worst.
STILL_UNDER_WAY = timedelta(minutes=1)


def bury(items: Sequence[Destruction]) -> None:
    """Write tombstones in the open keystore transaction; the journal is told after its commit."""
    if not items:
        return
    rows = [
        Destroyed(
            id=item.id, kind=item.kind.value, owner=item.owner, object=item.object_id, at=item.at
        )
        for item in items
    ]
    Destroyed.objects.bulk_create(rows, batch_size=BATCH)
    # Robust: a journal on a full disk must not keep anybody from destroying keys; the worker
    # writes what is missing there later.
    # A lambda, since Django cannot name a partial that fails.
    transaction.on_commit(lambda: _tell(items), using="keystore", robust=True)
    transaction.on_commit(scrub_log, using="keystore", robust=True)


def _tell(items: Sequence[Destruction]) -> None:
    if wiring.journal is not None:
        wiring.journal.append(items)


def destroy_custodian(kind: CustodianKind, owner: UUID) -> bool:
    """Destroy a custodian with every grant it holds, and remember that; whether there was one."""
    with transaction.atomic(using="keystore"):
        deleted, _ = Custodian.objects.filter(kind=kind.value, owner=owner).delete()
        if deleted:
            bury([Destruction(kind, owner, timezone.now())])
    return deleted > 0


def destroy_grants(
    object_ids: Iterable[UUID],
    holder: tuple[CustodianKind, UUID] | None = None,
    *,
    besides: tuple[CustodianKind, UUID] | None = None,
) -> int:
    """Destroy the keys of these objects under one custodian, under all `besides` one, or under all.

    How many there were.
    """
    with transaction.atomic(using="keystore"):
        rows = Grant.objects.filter(object_id__in=list(object_ids))
        if holder is not None:
            rows = rows.filter(pk__in=_of(rows, holder))
        if besides is not None:
            rows = rows.exclude(pk__in=_of(rows, besides))
        held = list(rows.values_list("custodian__kind", "custodian__owner", "object_id"))
        rows.delete()
        now = timezone.now()
        bury([Destruction(CustodianKind(why), whose, now, what) for why, whose, what in held])
    return len(held)


def _of(rows: QuerySet[Grant], holder: tuple[CustodianKind, UUID]) -> list[int]:
    kind, owner = holder
    theirs = rows.filter(custodian__kind=kind.value, custodian__owner=owner)
    return list(theirs.values_list("pk", flat=True))


def destroyed() -> list[Destruction]:
    """Every tombstone, oldest first."""
    return [_value(row) for row in Destroyed.objects.order_by("at", "id").iterator()]


def _value(row: Destroyed) -> Destruction:
    return Destruction(CustodianKind(row.kind), row.owner, row.at, row.object, row.id)


def destroyed_agreements() -> set[UUID]:
    """Agreements whose custodian was destroyed."""
    return over(CustodianKind.AGREEMENT)


def remember_over(kind: CustodianKind, owners: Iterable[UUID]) -> int:
    """Remember that these have ended, of a kind that holds no key; how many were news."""
    missing = set(owners) - over(kind)
    with transaction.atomic(using="keystore"):
        now = timezone.now()
        bury([Destruction(kind, owner, now) for owner in sorted(missing)])
    return len(missing)


def over(kind: CustodianKind) -> set[UUID]:
    """Whose reason of this kind has ended, custodian and all."""
    rows = Destroyed.objects.filter(kind=kind.value, object=None)
    return set(rows.values_list("owner", flat=True))


def destroyed_under(kind: CustodianKind) -> set[UUID]:
    """Objects whose key under some custodian of this kind was destroyed."""
    rows = Destroyed.objects.filter(kind=kind.value, object__isnull=False)
    return {item for item in rows.values_list("object", flat=True) if item}


def destroyed_agreement_grants() -> set[tuple[UUID, UUID]]:
    """What agreements can open no more, each as agreement and object."""
    rows = Destroyed.objects.filter(kind=CustodianKind.AGREEMENT.value, object__isnull=False)
    return {(owner, item) for owner, item in rows.values_list("owner", "object") if item}


def destroy_again(items: Iterable[Destruction]) -> int:
    """Destroy what was destroyed before, after old keys came back; how many keys had come back.

    What the keystore does not remember yet it remembers from now on, with the time of old.
    Idempotent, and each step is committed by itself.
    """
    known = set(Destroyed.objects.values_list("id", flat=True))
    returned = 0
    for item in items:
        with transaction.atomic(using="keystore"):
            returned += _delete(item)
            if item.id not in known:
                bury([item])
        known.add(item.id)  # a journal may tell of one twice
    return returned


def _delete(item: Destruction) -> int:
    """INVARIANT: an object that was taken from care opens for no record that it once was in.

    An old keystore may be of before it was moved. What one agreement lost, others may still open.
    """
    if item.object_id is None:
        rows = Custodian.objects.filter(kind=item.kind.value, owner=item.owner)
        return rows.delete()[0]
    held = Grant.objects.filter(object_id=item.object_id, custodian__kind=item.kind.value)
    if item.kind is CustodianKind.AGREEMENT:
        held = held.filter(custodian__owner=item.owner)
    return held.delete()[0]


def keep_journal() -> int:
    """Write into the journal what it lacks, and up to when it is whole; how many were missing."""
    journal = wiring.journal
    if journal is None:
        return 0
    whole_until = timezone.now() - STILL_UNDER_WAY
    try:
        told = {item.id for item in journal.read().destructions}
    except JournalError:  # the tombstones know all that it knew, so it is written anew from them
        journal.set_aside()
        told = set()
    missing = [item for item in destroyed() if item.id not in told]
    journal.append(missing)
    journal.mark(whole_until)
    return len(missing)
