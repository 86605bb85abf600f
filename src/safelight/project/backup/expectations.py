"""What the live site says of the past, for a drill: what may not open, and what still should.

Opaque ids alone; they go to the process that looks at the copy.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet

from safelight.audit.log import RowTiles
from safelight.audit.ports import checkpoint_signer
from safelight.consent.models import Agreement, AgreementImage
from safelight.engines.policy import AgreementStatus
from safelight.engines.transparency import TransparencyError, root
from safelight.people.closings import closed_accounts
from safelight.project.backup.files import write_text
from safelight.vault.destructions import Destruction, as_line, read_lines
from safelight.vault.tombstones import destroyed

Pair = tuple[UUID, UUID]


@dataclass(frozen=True)
class Expectations:
    """From the live site. Pairs are an agreement and an object that it lists or listed."""

    over: frozenset[Pair]
    ended: frozenset[UUID]
    in_force: frozenset[Pair]
    destroyed: tuple[Destruction, ...]
    closed: frozenset[UUID]
    """Accounts of staff."""
    has_checkpoint: bool
    """Whether the live log still contains the checkpoint that the backup carries."""

    def write(self, path: Path) -> None:
        told = {
            "over": _hex(self.over),
            "ended": sorted(item.hex for item in self.ended),
            "in_force": _hex(self.in_force),
            "destroyed": [as_line(item) for item in self.destroyed],
            "closed": sorted(item.hex for item in self.closed),
            "has_checkpoint": self.has_checkpoint,
        }
        write_text(path, json.dumps(told))


def _hex(pairs: Iterable[Pair]) -> list[list[str]]:
    return sorted([left.hex, right.hex] for left, right in pairs)


def read_expectations(path: Path) -> Expectations:
    told = json.loads(path.read_text(encoding="utf-8"))
    return Expectations(
        over=_pairs(told["over"]),
        ended=frozenset(UUID(hex=item) for item in told["ended"]),
        in_force=_pairs(told["in_force"]),
        destroyed=read_lines(told["destroyed"]).destructions,
        closed=frozenset(UUID(hex=item) for item in told["closed"]),
        has_checkpoint=told["has_checkpoint"],
    )


def _pairs(told: list[list[str]]) -> frozenset[Pair]:
    return frozenset((UUID(hex=left), UUID(hex=right)) for left, right in told)


def live_expectations(checkpoint: str) -> Expectations:
    """Read from the live site, which is told first that nothing may be written."""
    only_read()
    active = AgreementStatus.ACTIVE.value
    permits = AgreementImage.objects.filter(agreement__status=active, ended_at=None)
    over = AgreementImage.objects.exclude(agreement__status=active)
    taken = AgreementImage.objects.filter(ended_at__isnull=False)
    ended = Agreement.objects.exclude(status=active)
    return Expectations(
        over=frozenset((*_listed(over), *_listed(taken))),
        ended=frozenset(ended.values_list("id", flat=True)),
        in_force=frozenset(_listed(permits)),
        destroyed=tuple(destroyed()),
        closed=frozenset(closed_accounts()),
        has_checkpoint=not checkpoint or _contains(checkpoint),
    )


def _listed(images: QuerySet[AgreementImage]) -> Iterable[Pair]:
    return images.values_list("agreement", "object_id").iterator()


def only_read() -> None:
    """INVARIANT: from here on this process cannot change the live site's rows."""
    for alias in ("default", "keystore"):
        connection = connections[alias]
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA query_only=ON")
            else:
                cursor.execute("SET default_transaction_read_only = on")


def _contains(checkpoint: str) -> bool:
    """Whether the live log has, at that length, the very root that was signed."""
    try:
        size, signed = checkpoint_signer().verify(checkpoint)
        return root(RowTiles(), size) == signed
    except TransparencyError:
        return False
