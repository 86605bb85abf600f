"""First faces and codes, then writing; nothing goes on in between."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from tests.cast import Cast
from tests.preparing import FACE, ToldScanner, covering, face, scanner_that_finds, seated
from tests.taking import take

from safelight.audit.models import Event
from safelight.connectors.scanning.process import ChildScanner
from safelight.engines.recognition import Detection
from safelight.redaction.errors import ScanFailedError, StillLookingError, UndecidedError
from safelight.redaction.keeping import fields_of, findings_kept, seal_findings
from safelight.redaction.looking import look, look_further
from safelight.redaction.models import Redaction
from safelight.redaction.ports import Look, wiring
from safelight.redaction.rules import Sought
from safelight.redaction.selectors import checked
from safelight.redaction.services import approve, save_draft
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.identifiability import Identifying, Region

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
LINE = Region(60, 40, 20, 6)


def line(region: Region = LINE) -> Detection:
    return Detection(Identifying.TEXT, region, 0.8, "writing")


@pytest.fixture
def told() -> Iterator[ToldScanner]:
    """A scanner that sees a face at once, and a line when it looks for writing."""
    with scanner_that_finds([face()]) as scanner:
        scanner.written = (line(),)
        yield scanner


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


def originals_opened() -> int:
    return Event.objects.filter(tag=EventTag.PHOTOGRAPH_ORIGINAL_VIEWED.value).count()


def test_each_step_adds_to_what_was_found_and_is_recorded_as_a_look(
    cast: Cast, picture: UUID, told: ToldScanner
) -> None:
    alice = seated(cast.alice)
    first = look_further(alice, picture)
    assert [item.region for item in first.findings] == [FACE]
    assert not first.is_done
    second = look_further(alice, picture)
    assert [item.region for item in second.findings] == [FACE, LINE]
    assert second.findings[0] == first.findings[0]
    assert second.is_done
    assert originals_opened() == 2
    assert look_further(alice, picture) == second
    assert look(alice, picture) == second.findings
    assert told.looks == [Look.FIRST, Look.CLOSER]


def test_until_writing_was_looked_for_nothing_is_saved_or_approved(
    cast: Cast, picture: UUID, told: ToldScanner
) -> None:
    alice = seated(cast.alice)
    look_further(alice, picture)
    with pytest.raises(StillLookingError):
        save_draft(alice, picture, covering(FACE, LINE))
    assert bytes(Redaction.objects.get().sealed_draft) == b""
    look_further(alice, picture)
    with pytest.raises(UndecidedError):
        save_draft(alice, picture, covering(FACE))
    save_draft(alice, picture, covering(FACE, LINE))


def test_a_result_whose_search_is_not_done_is_not_approved(
    cast: Cast, picture: UUID, told: ToldScanner
) -> None:
    """However it came about: here by a hand in the database that has the patient's key."""
    alice = seated(cast.alice)
    look(alice, picture)
    save_draft(alice, picture, covering(FACE, LINE))
    row = Redaction.objects.get()
    seal_findings(row, Sought(is_done=False))
    row.save()
    with pytest.raises(StillLookingError):
        approve(alice, picture, checked(alice, picture).version, {})
    assert Redaction.objects.get().state == "draft"


def test_looking_at_everything_takes_up_what_was_begun(
    cast: Cast, picture: UUID, told: ToldScanner
) -> None:
    alice = seated(cast.alice)
    look_further(alice, picture)
    assert [item.region for item in look(alice, picture)] == [FACE, LINE]
    assert told.looks == [Look.FIRST, Look.CLOSER]


def test_a_second_look_that_fails_leaves_what_was_found_and_is_tried_again(
    cast: Cast, picture: UUID, told: ToldScanner
) -> None:
    alice = seated(cast.alice)
    look_further(alice, picture)
    told.fails = True
    with pytest.raises(ScanFailedError):
        look_further(alice, picture)
    with pytest.raises(StillLookingError):
        save_draft(alice, picture, covering(FACE))
    told.fails = False
    assert [item.region for item in look_further(alice, picture).findings] == [FACE, LINE]
    assert told.looks == [Look.FIRST, Look.CLOSER, Look.CLOSER]


def test_a_list_kept_before_looks_came_in_steps_is_of_everything(
    cast: Cast, picture: UUID, told: ToldScanner
) -> None:
    alice = seated(cast.alice)
    (found, _) = look(alice, picture)
    row = Redaction.objects.get()
    old = {"findings": [found.to_data()]}
    row.sealed_findings = fields_of(row).seal_data("redaction-findings", row.id, old)
    row.save()
    assert findings_kept(row) == Sought((found,), is_done=True)
    assert look(alice, picture) == (found,)


def test_what_reaches_further_than_was_seen_at_first_grows_and_keeps_its_number() -> None:
    first = Sought().further([line(), face()], is_done=False)
    both = first.further([line(Region(58, 40, 30, 6)), line(Region(0, 60, 9, 4))], is_done=True)
    assert [item.id for item in both.findings] == ["1", "2", "3"]
    assert [item.region for item in both.findings] == [
        FACE,
        Region(58, 40, 30, 6),
        Region(0, 60, 9, 4),
    ]


CHILD = """
import json, os, struct, sys
def say(message):
    os.write(1, struct.pack(">I", len(message)) + message)
def hear():
    size, = struct.unpack(">I", sys.stdin.buffer.read(4))
    return sys.stdin.buffer.read(size)
say(b"ready")
while True:
    look = json.loads(hear())["look"]
    hear()
    if look == "closer" and not os.path.exists(MARK):
        open(MARK, "w")
        os.kill(os.getpid(), 9)
    box = ["face", 10, 8, 30, 30] if look == "first" else ["text", 60, 40, 20, 6]
    found = [[*box, 0.9, "told"]]
    say(json.dumps({"width": 96, "height": 64, "detections": found}).encode())
"""


def test_a_child_that_dies_between_the_steps_costs_the_second_only(
    cast: Cast, picture: UUID, tmp_path: Path
) -> None:
    alice, code = seated(cast.alice), f"MARK = {json.dumps(str(tmp_path / 'died'))}\n{CHILD}"
    command = (sys.executable, "-I", "-S", "-c", code)
    before = wiring.scanner
    with ChildScanner(command=command, seconds=dict.fromkeys(Look, 30.0)) as scanner:
        wiring.scanner = scanner
        try:
            assert [item.region for item in look_further(alice, picture).findings] == [FACE]
            with pytest.raises(ScanFailedError):
                look_further(alice, picture)
            with pytest.raises(StillLookingError):
                save_draft(alice, picture, covering(FACE))
            again = look_further(alice, picture)
        finally:
            wiring.scanner = before
    assert again.is_done
    assert [item.region for item in again.findings] == [FACE, LINE]
