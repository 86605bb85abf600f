"""Milliseconds for each stage of one picture's way in, one picture at a time, nothing beside it."""

import hashlib
import statistics
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from bench.hospital import Hospital
from bench.report import Report
from bench.stopwatch import Stopwatch
from safelight.capture import verification
from safelight.capture.rules import Details, Promise
from safelight.capture.services import intake, receiving
from safelight.capture.services.receiving import receive
from safelight.capture.verification import claim_next, verify
from safelight.engines import envelope
from safelight.engines.imaging import renditions
from safelight.vault import quarantine, sealing
from safelight.vault.ports import blob_store
from safelight.vocabulary.photograph import CaptureSource, ConsentToTake, Sensitivity

PIECE = 256 * 1024


def measure(report: Report, hospital: Hospital, rounds: int) -> None:
    """The real verbs, called as the web calls them; the median of `rounds` for each stage."""
    asker, picture = hospital.asker, hospital.picture.read_bytes()
    intakes, verifications = [], []
    for number in range(rounds + 1):
        data = picture + number.to_bytes(16, "big")
        promise, pieces = _promise(hospital, data), _pieces(data)
        intakes.append(_timed(_intake_stages(), lambda: receive(asker, promise, 0, pieces)))  # noqa: B023 - called at once
        verifications.append(_timed(_verification_stages(), lambda: verify(claim_next())))  # type: ignore[arg-type] # one waits
    size = f"{len(picture) / 1e6:.1f} MB, median of {rounds}"
    report.table("Intake until the phone is told, ms", _medians(intakes[1:]), size)
    report.table("Verification, ms", _medians(verifications[1:]), size)


def _timed(stages: list[tuple[str, Any, str]], act: Any) -> dict[str, float]:  # noqa: ANN401
    watch = Stopwatch()
    with watch.around(stages), watch.stage("everything else"):
        act()
    return dict(watch.milliseconds)


def _medians(runs: list[dict[str, float]]) -> dict[str, dict[str, Any]]:
    names = sorted({name for run in runs for name in run}, key=_place)
    rows: dict[str, dict[str, Any]] = {
        name: {"ms": statistics.median(run.get(name, 0.0) for run in runs)} for name in names
    }
    rows["whole"] = {"ms": statistics.median(sum(run.values()) for run in runs)}
    return rows


def _place(name: str) -> int:
    order = [stage for stage, _, _ in _intake_stages() + _verification_stages()]
    return order.index(name) if name in order else len(order)


def _intake_stages() -> list[tuple[str, Any, str]]:
    return [
        ("may it come in (decision, upload row, key)", receiving, "begin"),
        ("receive, seal into quarantine", quarantine, "append"),
        ("open quarantine", quarantine, "open_upload"),
        ("hash what was received, policy, patient", intake, "_open"),
        ("identify, measure, scrub, hash", intake, "scrub"),
        ("second parser", intake, "check_clean"),
        ("seal", envelope, "seal"),
        ("write the blob, durably", blob_store(), "put"),
        ("grants, durably (keystore)", sealing, "grant_all"),
        ("rows and event (record)", intake, "_record"),
        ("their commit, durably", intake, "_seal"),
        ("forget quarantine", quarantine, "forget_bytes"),
        ("answer", intake, "answer"),
    ]


def _verification_stages() -> list[tuple[str, Any, str]]:
    return [
        ("open the original", quarantine, "open_unverified"),
        ("decode", renditions, "load"),
        ("scale, colours", renditions, "fit_within"),
        ("scale, colours", renditions, "shown_colours"),
        ("write as JPEG", renditions, "encode"),
        ("seal", envelope, "seal"),
        ("write the blobs, durably", blob_store(), "put"),
        ("grants, durably (keystore)", sealing, "grant_all"),
        ("rows and event (record)", verification, "mark_verified"),
        ("their commit, durably", verification, "_keep"),
        ("shred the upload's key, durably", quarantine, "end"),
    ]


def _promise(hospital: Hospital, data: bytes) -> Promise:
    details = Details(
        taken_at=datetime.now(UTC),
        encounter=None,
        sensitivity=Sensitivity.ORDINARY,
        consent_to_take=ConsentToTake.VERBAL,
        source=CaptureSource.FILE,
    )
    return Promise(
        upload=uuid4(),
        patient=hospital.patients[0],
        size=len(data),
        sha256=hashlib.sha256(data).digest(),
        details=details,
    )


def _pieces(data: bytes) -> list[bytes]:
    return [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
