"""Looking for what identifies a person, in one step or in two, before anything is covered."""

from uuid import UUID

from django.db import transaction

from safelight.people.asker import Asker
from safelight.photos.models import Photograph
from safelight.redaction.keeping import findings_kept, lock_picture, open_draft, seal_findings
from safelight.redaction.models import Redaction
from safelight.redaction.ports import Look
from safelight.redaction.rules import Finding, Sought
from safelight.redaction.work import look_at_original
from safelight.release.access import open_photograph_record
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.photograph import PhotographState


def require_preparable(asker: Asker, photograph: UUID) -> Photograph:
    """The picture, if the asker treats its patient now and it is verified.

    Raises AccessRefusedError.
    """
    _, found = open_photograph_record(asker, photograph)
    if found.state is not PhotographState.VERIFIED:
        raise AccessRefusedError
    return Photograph.objects.get(id=photograph)


def look(asker: Asker, photograph: UUID) -> tuple[Finding, ...]:
    """What detectors propose to cover; kept with the draft, which begins here.

    Detection is help, not proof: ScanFailedError leaves the draft with a search that is not done,
    and such a draft cannot be approved. Raises AccessRefusedError.
    """
    return _look(asker, photograph, Look.PROPOSE).findings


def look_further(asker: Asker, photograph: UUID) -> Sought:
    """As `look`, one step of two: first faces and codes, then, asked again, what takes long.

    Each step opens the original and is recorded as a look at it. One that fails leaves what the
    step before found, and is the next to be done.
    """
    return _look(asker, photograph, Look.FIRST)


def _look(asker: Asker, photograph: UUID, begin: Look) -> Sought:
    """What `begin` finds or, where something was found before, what is missing from it."""
    row = require_preparable(asker, photograph)
    draft = open_draft(asker, row)
    known = findings_kept(draft)
    if known is not None and known.is_done:
        return known
    step = begin if known is None else Look.CLOSER
    scan = look_at_original(asker, row, step)
    with transaction.atomic():
        lock_picture(photograph)
        locked = Redaction.objects.select_for_update().get(id=draft.id)
        known = findings_kept(locked)
        if known is not None and (known.is_done or step is Look.FIRST):
            return known  # another page was faster; one list is enough
        found = (known or Sought()).further(scan.detections, is_done=step is not Look.FIRST)
        seal_findings(locked, found)
        locked.version += 1
        locked.save(update_fields=["sealed_findings", "version"])
    return found
