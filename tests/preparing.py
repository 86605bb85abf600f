"""Pictures prepared by the real verbs; a scanner that says what a test wants it to say."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

from tests.sessions import sit_down

from safelight.engines.imaging import Mask, RedactionPlan, probe
from safelight.engines.recognition import Detection
from safelight.people.asker import Asker
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.looking import look
from safelight.redaction.ports import Look, Scan, wiring
from safelight.redaction.rules import Answer, Answered, Draft, Kept
from safelight.redaction.selectors import checked
from safelight.redaction.services import approve, save_draft
from safelight.vocabulary.identifiability import Identifying, Overlooked, Region

# Where a test's scanner finds a face: in a picture of 96 x 64 pixels.
FACE = Region(10, 8, 30, 30)
TURNED = 5  # from this EXIF Orientation on, rows and columns are swapped
NOTHING_ELSE = dict.fromkeys(Overlooked, Answered(Answer.NONE))


class ToldScanner:
    """Finds what it was told in the original, and what it was told to find in results.

    What is `written` is not found by the first look at the original, but by the second.
    """

    def __init__(self, proposed: Sequence[Detection] = (), left: Sequence[Detection] = ()) -> None:
        self.proposed, self.left = tuple(proposed), tuple(left)
        self.written: tuple[Detection, ...] = ()
        self.fails = False
        self.looks: list[Look] = []

    def scan(self, picture: bytes, orientation: int, look: Look) -> Scan:
        self.looks.append(look)
        if self.fails:
            raise ScanFailedError
        found = {
            Look.FIRST: self.proposed,
            Look.CLOSER: self.written,
            Look.PROPOSE: (*self.proposed, *self.written),
            Look.CHECK: self.left,
        }[look]
        shape = probe(picture)
        size = (shape.width, shape.height) if orientation < TURNED else (shape.height, shape.width)
        return Scan(*size, found, 0.0)


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
