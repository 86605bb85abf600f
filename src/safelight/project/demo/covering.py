"""The demo's covered picture: looked at, covered and approved by the verbs that a hospital uses.

What is covered is known from the drawing; what is found is found by the real detectors. Where they
cannot look, nothing is covered and nobody is asked about it. One is enough to show the way, and each
takes seconds of the first start.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Final
from uuid import UUID

from safelight.engines.imaging import Mask, RedactionPlan
from safelight.people.asker import Asker
from safelight.people.models import StaffMember
from safelight.people.presence import end_session, start_session
from safelight.people.sessions import SessionStore, digest
from safelight.project.demo.taking_in import known_cases
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.looking import look
from safelight.redaction.rules import Answer, Answered, Draft, Finding, Kept, Leftover, is_covered
from safelight.redaction.selectors import checked, form_in_use
from safelight.redaction.services import approve, save_draft
from safelight.vocabulary.identifiability import Identifying, Overlooked, Region

# Of Amara's face: brows and eyes, as far down as the rash begins. In pixels, by the key of the shot.
EYES: Final = Mask(Region(190, 210, 970, 300))
COVERED: Final[Mapping[str, Sequence[Mask]]] = {
    "amara/60819002/overview/7": (EYES,),
}
# Where the drawing says what it is.
MARK: Final = Region(1300, 1100, 300, 100)
MARK_STAYS: Final = "It only says that the picture was drawn"
SPOT_STAYS: Final = "A spot of the rash, no writing"
SKIN_STAYS: Final = "Below the covered eyes lies the rash, which is what is taught"


def cover_pictures() -> None:
    """Every one that has no covered form yet."""
    cases = known_cases()
    for key, masks in COVERED.items():
        case = cases[key.partition("/")[0]]
        photograph = case.photograph(key)
        if photograph is None or form_in_use(photograph):
            continue
        with suppress(ScanFailedError), _seated(case.asker) as asker:
            _cover(asker, photograph, RedactionPlan(tuple(masks)))


@contextmanager
def _seated(asker: Asker) -> Iterator[Asker]:
    """The asker at a session that ends with the work: the gate opens originals to no other."""
    member = StaffMember.objects.get(id=asker.staff)
    session = SessionStore()
    session.create()
    key = digest(session.session_key or "")
    start_session(key, member.id, member.get_session_auth_hash(), has_second_factor=True)
    try:
        yield replace(asker, session_key=key)
    finally:
        end_session(key)


def _cover(asker: Asker, photograph: UUID, plan: RedactionPlan) -> None:
    kept = tuple(
        Kept(item.id, _reason(item))
        for item in look(asker, photograph)
        if not is_covered(item.region, plan)
    )
    answers = dict.fromkeys(Overlooked, Answered(Answer.NONE))
    save_draft(asker, photograph, Draft(plan, kept, answers))
    result = checked(asker, photograph)
    reasons = {item.id: _reason(item) for item in result.leftovers if not item.reason}
    approve(asker, photograph, result.version, reasons)


def _reason(found: Finding | Leftover) -> str:
    if found.kind is not Identifying.TEXT:
        return SKIN_STAYS
    return MARK_STAYS if found.region.within(MARK) else SPOT_STAYS
