"""Whether a sealed object still opens, for drills on a copy of everything. Nobody sees what is in it."""

from uuid import UUID

from safelight.engines.envelope import EnvelopeError
from safelight.release.gate import KINDS
from safelight.vault.custodians import Holder, granted_key
from safelight.vault.errors import KeyMissingError, VaultError
from safelight.vault.unseal import open_object
from safelight.vocabulary.photograph import Rendition


def has_key(object_id: UUID, holder: Holder) -> bool:
    """Whether this custodian holds a key for the object, even one that was tampered with."""
    try:
        granted_key(object_id, holder.kind, holder.owner)
    except KeyMissingError:
        return False
    except EnvelopeError:
        return True
    return True


def opens(object_id: UUID, rendition: Rendition, holder: Holder) -> bool:
    """Whether the envelope opens whole through this custodian. The bytes go nowhere."""
    try:
        open_object(object_id, KINDS[rendition], holder)
    except (VaultError, EnvelopeError):
        return False
    return True
