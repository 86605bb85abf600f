"""Pictures prepared by the real verbs; a scanner that says what a test wants it to say."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from tests.sessions import sit_down

from safelight.engines.imaging import Mask, RedactionPlan
from safelight.engines.recognition import Detection
from safelight.people.asker import Asker
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Look, Scan, wiring
from safelight.redaction.rules import Answer, Answered, Draft, Kept
from safelight.redaction.selectors import checked
from safelight.redaction.services import approve, look, save_draft
from safelight.vocabulary.identifiability import Identifying, Overlooked, Region

# Where a test's scanner finds a face: in a picture of 96 x 64 pixels.
FACE = Region(10, 8, 30, 30)
NOTHING_ELSE = dict.fromkeys(Overlooked, Answered(Answer.NONE))


class ToldScanner:
    """Finds what it was told in the original, and what it was told to find in results."""

    def __init__(self, proposed: Sequence[Detection] = (), left: Sequence[Detection] = ()) -> None:
        self.proposed, self.left = tuple(proposed), tuple(left)
        self.fails = False
        self.looks: list[Look] = []

    def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
        self.looks.append(look)
        if self.fails:
            raise ScanFailedError
        found = self.proposed if look is Look.PROPOSE else self.left
        return Scan(96, 64, found, 0.0)


def face(region: Region = FACE) -> Detection:
    return Detection(Identifying.FACE, region, 0.9, "told")


@contextmanager
def scanner_that_finds(
    proposed: Sequence[Detection] = (), left: Sequence[Detection] = ()
) -> Iterator[ToldScanner]:
    before, told = wiring.scanner, ToldScanner(proposed, left)
    wiring.scanner = told
    try:
        yield told
    finally:
        wiring.scanner = before


def seated(asker: Asker) -> Asker:
    """The asker at a session that the gate knows."""
    return sit_down(asker)[0]


def covering(*regions: Region, kept: Sequence[Kept] = (), crop: Region | None = None) -> Draft:
    plan = RedactionPlan(tuple(Mask(region) for region in regions), crop)
    return Draft(plan, tuple(kept), NOTHING_ELSE)


def saying(draft: Draft, asked: Overlooked, said: Answered) -> Draft:
    return replace(draft, answers={**draft.answers, asked: said})


def prepare(asker: Asker, photograph: UUID, draft: Draft | None = None) -> Asker:
    """Looked at, covered and approved; the asker at their session."""
    by = seated(asker)
    findings = look(by, photograph)
    save_draft(by, photograph, draft or covering(*(item.region for item in findings)))
    approve(by, photograph, checked(by, photograph).version, {})
    return by
