"""Opening a sealed object. Only `release` may import this; a contract in CI says so."""

from uuid import UUID

from safelight.engines import envelope
from safelight.vault.custodians import Holder, granted_key
from safelight.vault.ports import blob_store


def open_object(object_id: UUID, kind: envelope.Kind, holder: Holder) -> bytes:
    """The plain bytes of an object, through the custodian that the decision rests on.

    Raises KeyMissingError when that custodian holds no grant, whatever other custodian might.
    """
    key = granted_key(object_id, holder.kind, holder.owner)
    return envelope.unseal(key, object_id, kind, blob_store().get(object_id))
