"""What of an agreement's row a decision rests on, as one text that can be compared."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Self
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Terms:
    """Whoever alters one of these in the row changes the text.

    Neither the status nor the pictures are among them: a custodian that is gone and a grant that
    was never made speak for those.
    """

    patient: UUID
    provision: str
    purpose: str
    audience: str
    recipient: UUID | None
    people: int | None
    starts_on: date | None
    ends_on: date | None
    sealed_authority_end: bytes
    has_authority_ended: bool

    def to_text(self) -> str:
        """Canonical JSON, the same for the same terms."""
        end = hashlib.sha256(self.sealed_authority_end).hexdigest()
        data = {**asdict(self), "sealed_authority_end": end}
        return json.dumps(data, default=str, separators=(",", ":"), sort_keys=True)

    def without_authority(self) -> Self:
        """After whoever signed may speak for the patient no more."""
        return replace(self, has_authority_ended=True)
