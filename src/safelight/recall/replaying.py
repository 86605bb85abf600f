"""After a restore: what patients took out of the record does not come back, whichever half is old.

Steps of `project/backup/replaying.py`; each may run again after a crash.
"""

from uuid import UUID

from safelight.photos.models import Photograph
from safelight.photos.tombstones import originals_of
from safelight.recall.custody import erase, move_keys, record_erasure, take_into_custody
from safelight.recall.fates import AFTER_CALL, decide_fates, today_here
from safelight.recall.models import LegalCustody
from safelight.vault.custodians import opened_by
from safelight.vault.kinds import CustodianKind
from safelight.vault.tombstones import destroyed_under
from safelight.vocabulary.photograph import TAKEN_BACK, PhotographState


def lock_again() -> int:
    """An old keystore knows nothing of legal custody: the keys go there anew; of how many pictures.

    INVARIANT: this comes before keys are destroyed again, or what the law keeps would be lost.
    """
    kept = LegalCustody.objects.values_list("photograph", flat=True)
    originals = originals_of(list(kept))
    in_custody = opened_by(CustodianKind.LEGAL, originals)
    back = opened_by(CustodianKind.CARE, originals)
    stray = {item: owner for item, owner in originals.items() if item in back - in_custody}
    move_keys(stray)
    return len(stray)


def take_out_again() -> int:
    """An old record still lists pictures whose keys are gone for good; how many it listed."""
    gone = [item.value for item in TAKEN_BACK - {PhotographState.WITHDRAWN}]
    listed = Photograph.objects.exclude(state__in=gone)
    originals = originals_of(list(listed.values_list("id", flat=True)))
    dark = (set(originals) & destroyed_under(CustodianKind.CARE)) - opened_by(
        CustodianKind.CARE, originals
    )
    locked = opened_by(CustodianKind.LEGAL, dark)
    gone_again = _photographs(dark - locked)
    record_erasure(gone_again)
    erase(gone_again)
    # Why they were locked is not known here, nor which holds were placed since: there is a week to tell.
    fates = decide_fates(_photographs(locked), today_here() + AFTER_CALL)
    take_into_custody({item: found.keep_until for item, found in fates.items()})
    return len(dark)


def _photographs(originals: set[UUID]) -> list[UUID]:
    rows = Photograph.objects.filter(renditions__in=originals)
    return list(rows.distinct().values_list("id", flat=True))
