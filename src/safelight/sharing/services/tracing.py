"""Whom a copy was shown to: the number that is hidden in it, and the share that has this number."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from django.db import transaction

from safelight.consent.records import recipient_name
from safelight.engines.imaging import Bounds, probe
from safelight.engines.imaging.decode import decode
from safelight.engines.watermark import read
from safelight.sharing.models import Share
from safelight.sharing.services.standing import record_share
from safelight.vault.institution_keys import WATERMARKS, institution_key
from safelight.vocabulary.events import EventTag


@dataclass(frozen=True)
class Traced:
    """What a copy says. PHI: the recipient.

    `number` None: no mark of this institution was found in it. `share` None: the mark is ours, and
    of no share. `confidence` is in standard deviations above chance.
    """

    number: int | None
    confidence: float
    share: UUID | None = None
    recipient: str = ""
    given_by: str = ""
    given_at: datetime | None = None
    patient: UUID | None = None


def trace(copy: bytes) -> Traced:
    """Whom this copy was shown to, in whatever size and quality it came back.

    Takes some seconds. Raises an ImagingError for what is no picture. That a share was named is
    recorded.
    """
    image = decode(copy, probe(copy, Bounds())).convert("RGB")
    found = read(np.asarray(image, np.uint8), institution_key(WATERMARKS))
    if found.payload is None:
        return Traced(None, found.confidence)
    rows = Share.objects.select_related("agreement", "given_by").filter(mark_number=found.payload)
    share = rows.first()
    if share is None:
        return Traced(found.payload, found.confidence)
    with transaction.atomic():
        # On the command line, where the record cannot say who it was.
        record_share(EventTag.SHARING_MARK_READ, share, None)
    return Traced(
        number=found.payload,
        confidence=found.confidence,
        share=share.id,
        recipient=recipient_name(share.agreement),
        given_by=share.given_by.display_name,
        given_at=share.given_at,
        patient=share.patient_id,
    )
