"""The gate for what is in legal custody: two persons open an original for a while.

Facts, decision, event, unseal, in this order, as in `gate`. The room that keeps the requests says
what one is at this moment; whether a picture opens by it is decided here, each time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from safelight.audit.services import Entry, record_durably
from safelight.engines.policy import (
    AskerFacts,
    CustodyFacts,
    Decision,
    OpeningFacts,
    may_open_custody,
)
from safelight.photos.held import HeldForms, held_forms
from safelight.release.errors import AccessRefusedError
from safelight.release.gate import KINDS, holder_of
from safelight.release.opened import Opened
from safelight.vault.unseal import open_object
from safelight.vocabulary.events import EventTag, Outcome
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import Purpose


@dataclass(frozen=True, kw_only=True)
class CustodyLook:
    """One look at a picture in legal custody; take the facts anew for each.

    `request` is the request that it rests on, `second` who confirmed it, `ground` its code and
    `words` what was said about it (PHI: sealed into the event).
    """

    viewer: UUID
    asker: AskerFacts
    photograph: UUID
    request: UUID
    opening: OpeningFacts
    second: UUID | None = None
    ground: str = ""
    words: str = ""


def open_custody(look: CustodyLook) -> Opened:
    """The original, if the policy permits; recorded either way, before a byte is opened.

    Raises AccessRefusedError with the decision; KeyMissingError, BlobMissingError or an
    EnvelopeError when the vault cannot open it, after an event that says so.
    """
    held = held_forms(look.photograph)
    original, decision = held.form(Rendition.ORIGINAL), _decide(look, held)
    if decision.ground is None or original is None or held.photograph is None:
        reasons = [reason.value for reason in decision.reasons] or ["not-in-custody"]
        _record(look, held, Outcome.DENIED, {"reasons": reasons})
        raise AccessRefusedError(decision)
    _record(look, held, Outcome.SUCCESS, _told(look))
    holder = holder_of(decision.ground, held.photograph.patient)
    content = open_object(original.object_id, KINDS[Rendition.ORIGINAL], holder)
    return Opened(content, original.media_type)


def _told(look: CustodyLook) -> dict[str, str]:
    second = str(look.second) if look.second else ""
    return {"ground": look.ground, "words": look.words, "second": second}


def may_look(look: CustodyLook) -> Decision:
    """What `open_custody` would decide now, for pages. Opens and records nothing."""
    return _decide(look, held_forms(look.photograph))


def _decide(look: CustodyLook, held: HeldForms) -> Decision:
    state = held.photograph.state if held.photograph else None
    return may_open_custody(CustodyFacts(look.asker, look.opening, state))


def _record(
    look: CustodyLook, held: HeldForms, outcome: Outcome, details: Mapping[str, str | list[str]]
) -> None:
    is_opened = outcome is Outcome.SUCCESS
    record_durably(
        Entry(
            tag=EventTag.RECALL_CUSTODY_OPENED if is_opened else EventTag.RECALL_CUSTODY_REFUSED,
            actor=look.viewer,
            subject=held.photograph.patient if held.photograph else None,
            purpose=Purpose.PRIVACY_OVERSIGHT.act_reason or "",
            outcome=outcome,
            objects=(look.photograph, look.request),
            details=details,
        )
    )
