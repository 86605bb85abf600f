"""A picture by reference: shown where it is kept, for one stated use, and handed to nobody."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from safelight.consent.models import Agreement
from safelight.engines.policy import CitedAgreement, decide_at_address
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.photos.forms import form_for_use
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked, Use, gather
from safelight.release.gate import record_refusal
from safelight.vocabulary.photograph import Rendition


@dataclass(frozen=True)
class ReferencedPicture:
    """What may be said beside a picture that is used beyond treatment: nothing of the patient."""

    photograph: UUID
    rendition: Rendition
    use: Use
    people: int | None
    """The most who may see it at once; None where the agreement sets no number."""
    until: date | None
    """The last day, whole; None until a named work is done."""
    agreement: UUID


def open_for_use(asker: Asker, photograph: UUID, use: Use) -> ReferencedPicture:
    """What the page around the picture says, if the policy permits this very use now.

    No bytes are opened: the page asks the gate for them, which decides again and records the look.
    Raises AccessRefusedError for everything that rests on no agreement; the record holds why.
    """
    asked = Asked(asker.session_key, photograph, form_for_use(photograph).large, use=use)
    gathered = gather(asked, current_policy(), timezone.now())
    decision = decide_at_address(use.request(asked.rendition), gathered.facts)
    if not decision:
        record_refusal(asked, gathered, decision)
    # INVARIANT: a clinician's care opens nothing here; teaching stands on an agreement alone.
    if not isinstance(decision.ground, CitedAgreement):
        raise AccessRefusedError(decision)
    row = Agreement.objects.get(id=decision.ground.agreement_id)
    return ReferencedPicture(photograph, asked.rendition, use, row.people, row.ends_on, row.id)
