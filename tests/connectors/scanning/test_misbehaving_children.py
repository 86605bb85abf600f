"""Whatever a child does, the parent gets an error soon, and the next picture gets another child."""

import json
import os
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from safelight.connectors.scanning.child import IDLE_SECONDS
from safelight.connectors.scanning.process import ChildScanner, Limits
from safelight.redaction.errors import ScanFailedError
from safelight.redaction.ports import Look
from safelight.vocabulary.identifiability import Identifying, Region

PICTURE = b"a picture, to whoever looks at nothing"
LIMIT = 1.0  # second for a look
SOON = 30.0  # seconds, on a very busy machine: a start, that limit, an end

BEGIN = """
import json, os, struct, sys, time
def say(message):
    os.write(1, struct.pack(">I", len(message)) + message)
def hear():
    size, = struct.unpack(">I", sys.stdin.buffer.read(4))
    return sys.stdin.buffer.read(size)
"""
READY = BEGIN + "say(b'ready'); hear(); hear()\n"
GOOD = {"width": 40, "height": 30, "detections": [["face", 1, 2, 10, 12, 0.5, "faces"]]}


def child(
    code: str, seconds: float = 30.0, wait_seconds: float = 5.0, limits: Limits | None = None
) -> ChildScanner:
    return ChildScanner(
        command=(sys.executable, "-I", "-S", "-c", code),
        seconds=dict.fromkeys(Look, seconds),
        start_seconds=25,
        wait_seconds=wait_seconds,
        limits=limits or Limits(),
    )


def answering(answer: object) -> str:
    return READY + f"say({json.dumps(answer).encode()!r}); hear()"


def with_detection(*parts: object) -> dict[str, object]:
    return {**GOOD, "detections": [list(parts)]}


MISBEHAVIOUR = {
    "ends before it is ready": "raise SystemExit",
    "says something else than that it is ready": BEGIN + "say(b'hello'); hear()",
    "ends when it is asked": READY,
    "is killed while it looks": READY + "os.kill(os.getpid(), 9)",
    "hangs": READY + "time.sleep(60)",
    "hangs and does not even listen": BEGIN + "say(b'ready'); time.sleep(60)",
    "closes its answers and lives on": READY + "os.close(1); time.sleep(60)",
    "says half an answer and hangs": READY + "os.write(1, b'\\0\\0\\0\\x50{'); time.sleep(60)",
    "promises four gigabytes": READY + "os.write(1, b'\\xff' * 4); time.sleep(60)",
    "floods its answers": READY + "\nwhile True: os.write(1, b'\\xff' * 65536)",
    "floods its complaints": READY + "\nwhile True: os.write(2, b'x' * 65536)",
    "says no JSON": READY + "say(b'yes, a face'); hear()",
    "says nested JSON": READY + "say(b'[' * 100000); hear()",
    "says that it failed": answering({}),
    "says too little": answering({"width": 40, "height": 30}),
    "says too much": answering({**GOOD, "text": "PETRA"}),
    "knows another kind": answering(with_detection("name", 1, 2, 10, 12, 0.5, "faces")),
    "finds something outside": answering(with_detection("face", 35, 2, 10, 12, 0.5, "faces")),
    "finds something empty": answering(with_detection("face", 1, 2, 0, 12, 0.5, "faces")),
    "counts in fractions": answering(with_detection("face", 1.5, 2, 10, 12, 0.5, "faces")),
    "counts in truths": answering(with_detection("face", True, 2, 10, 12, 0.5, "faces")),
    "is surer than sure": answering(with_detection("face", 1, 2, 10, 12, 1.5, "faces")),
    "is sure of no number": answering(with_detection("face", 1, 2, 10, 12, float("nan"), "faces")),
    "slips words into a name": answering(with_detection("text", 1, 2, 10, 12, 0.5, "PETRA 1980")),
    "finds a thousand and one": answering({**GOOD, "detections": GOOD["detections"] * 1001}),  # type: ignore[operator] # a list
    "tells of a huge picture": answering({**GOOD, "width": 10**9}),
}


@pytest.mark.parametrize("code", MISBEHAVIOUR.values(), ids=MISBEHAVIOUR)
def test_a_child_that_misbehaves_fails_the_scan_soon(code: str) -> None:
    with child(code, LIMIT) as scanner:
        began = time.monotonic()
        with pytest.raises(ScanFailedError):
            scanner.scan(PICTURE, 1, Look.PROPOSE)
        assert time.monotonic() - began < SOON


def test_a_good_answer_is_read_as_it_was_meant() -> None:
    with child(answering(GOOD)) as scanner:
        scan = scanner.scan(PICTURE, 1, Look.CHECK)
    assert (scan.width, scan.height) == (40, 30)
    (found,) = scan.detections
    assert found.kind is Identifying.FACE
    assert found.region == Region(1, 2, 10, 12)


def test_after_a_crash_the_next_picture_gets_a_child_of_its_own(tmp_path: Path) -> None:
    mark = tmp_path / "crashed"
    once = f"\nif not os.path.exists({str(mark)!r}):\n    open({str(mark)!r}, 'w'); os._exit(1)\n"
    good = f"say({json.dumps(GOOD).encode()!r}); hear()"
    with child(READY + once + good) as scanner:
        with pytest.raises(ScanFailedError):
            scanner.scan(PICTURE, 1, Look.PROPOSE)
        assert len(scanner.scan(PICTURE, 1, Look.PROPOSE).detections) == 1


def test_a_picture_that_waits_too_long_for_another_is_refused() -> None:
    """Its turn does not come: the scan before takes five seconds, and it waits a tenth of one."""
    with child(READY + "time.sleep(60)", seconds=5.0, wait_seconds=0.1) as scanner:
        first = threading.Thread(target=_refused, args=(scanner,))
        first.start()
        while not scanner._lock.locked():
            time.sleep(0.01)
        _refused(scanner)
        assert first.is_alive()
        first.join()


def _refused(scanner: ChildScanner) -> None:
    with pytest.raises(ScanFailedError):
        scanner.scan(PICTURE, 1, Look.PROPOSE)


@pytest.mark.parametrize(
    ("picture", "orientation"), [(b"", 1), (PICTURE, 0), (PICTURE, 9), (bytes(60_000_001), 1)]
)
def test_what_is_no_picture_is_refused_without_asking(picture: bytes, orientation: int) -> None:
    with child(answering(GOOD)) as scanner:
        with pytest.raises(ScanFailedError):
            scanner.scan(picture, orientation, Look.PROPOSE)
        assert scanner._child is None


def test_a_program_that_is_not_there_fails_the_scan() -> None:
    with (
        ChildScanner(command=("/no/such/program",)) as scanner,
        pytest.raises(ScanFailedError),
    ):
        scanner.scan(PICTURE, 1, Look.PROPOSE)


def telling_who() -> str:
    """A child that answers every picture, and whose answer's height tells which child it is."""
    code = BEGIN + f"said = {GOOD!r}; said['height'] = 100 + os.getpid() % 60000; say(b'ready')\n"
    return code + "while True:\n    hear(); hear(); say(json.dumps(said).encode())\n"


def test_a_child_is_replaced_after_so_many_pictures() -> None:
    with child(telling_who(), limits=Limits(most_pictures=3)) as scanner:
        heights = [scanner.scan(PICTURE, 1, Look.PROPOSE).height for _ in range(7)]
    assert [len(set(heights[at : at + 3])) for at in (0, 3)] == [1, 1]
    assert len(set(heights)) == 3


def test_a_child_that_idled_is_replaced_before_it_is_asked() -> None:
    with child(telling_who(), limits=Limits(idle_seconds=0.0)) as scanner:
        heights = {scanner.scan(PICTURE, 1, Look.PROPOSE).height for _ in range(2)}
    assert len(heights) == 2


def test_a_child_is_kept_for_two_hundred_pictures_and_leaves_later_than_it_is_used() -> None:
    assert Limits().most_pictures == 200
    assert Limits().idle_seconds < IDLE_SECONDS


def test_a_copy_of_the_process_starts_a_child_of_its_own() -> None:
    """The copy must neither use nor end the child of the original, nor keep its pipes open."""
    telling = GOOD | {"width": 1000}
    code = READY + "\nwhile True:\n"
    code += f"    said = {telling!r}; said['height'] = 100 + os.getpid() % 60000\n"
    code += "    say(json.dumps(said).encode()); hear(); hear()\n"
    with child(code) as scanner:
        before = scanner.scan(PICTURE, 1, Look.PROPOSE).height
        in_copy = _in_a_copy(lambda: scanner.scan(PICTURE, 1, Look.PROPOSE).height)
        assert scanner.scan(PICTURE, 1, Look.PROPOSE).height == before
        assert in_copy not in (0, before)


def _in_a_copy(work) -> int:
    """What `work` returns in a copy of this process that then ends at once; 0 if it fails."""
    ours, theirs = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the copy never uses
        copy = os.fork()
    if not copy:
        try:
            os.write(theirs, str(work()).encode())
        finally:
            os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as answer:
        said = answer.read()
    os.waitpid(copy, 0)
    return int(said or 0)
