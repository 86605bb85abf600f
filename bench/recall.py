"""Everything of one patient taken back: when the first request is denied, and when all is carried out."""

import hashlib
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from bench.consenting import agree_by_name, milliseconds
from bench.hospital import Hospital
from bench.report import Report
from safelight.capture.rules import Details, Promise
from safelight.capture.services.receiving import receive
from safelight.capture.verification import verify_waiting
from safelight.people.sessions import digest
from safelight.photos.models import Photograph
from safelight.project.demo.drawing import big_photograph
from safelight.recall.models import Consequence
from safelight.recall.services.cascade import carry_out_all
from safelight.recall.services.withdrawing import Order, withdraw_for
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.sharing.services.giving import NewShare, give
from safelight.vocabulary.photograph import CaptureSource, ConsentToTake, Rendition, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import WithdrawalScope

SHARED = 5
CHECKED = "The bench called back on the number in the record."


@dataclass
class Watcher:
    """Somebody who asks for one picture again and again, and notes when they are first refused."""

    asked: Asked
    denied_at: float | None = None

    def run(self) -> None:
        while self.denied_at is None:
            asked_at = time.perf_counter()
            try:
                open_photograph(self.asked)
            except AccessRefusedError:
                self.denied_at = asked_at


def measure(report: Report, hospital: Hospital, pictures: int, shares: int) -> None:
    """One patient with so many pictures, one agreement, and so many shares under it."""
    patient = hospital.patients[1]
    taken = [_take(hospital, patient, number) for number in range(pictures)]
    verify_waiting()
    agreement = agree_by_name(hospital, patient, taken[:SHARED], Purpose.SECOND_OPINION)
    for _ in range(shares):
        give(hospital.asker, patient, _share(agreement, taken[:SHARED]))
    watcher = Watcher(Asked(digest(hospital.cookie()), taken[0], Rendition.DISPLAY))
    looking = threading.Thread(target=watcher.run)
    looking.start()
    time.sleep(0.5)
    since = time.perf_counter()
    withdraw_for(hospital.asker, patient, Order(WithdrawalScope.EVERYTHING), CHECKED)
    answered = time.perf_counter() - since
    looking.join()
    carried = milliseconds(carry_out_all) / 1000
    denied = (watcher.denied_at or 0.0) - since
    open_lines = Consequence.objects.filter(settled_at=None).count()
    report.table(
        f"Everything taken back: {pictures} pictures, {shares} shares",
        {
            "the first request that was denied had been asked after, ms": {"": denied * 1000},
            "the page could answer after, ms": {"": answered * 1000},
            "the worker had carried all out after, s": {"": carried},
            "lines that it left open": {"": open_lines},
        },
        "one session asks for a picture again and again meanwhile",
    )
    assert not Photograph.objects.filter(patient=patient, state="verified").exists()


def _take(hospital: Hospital, patient: UUID, number: int) -> UUID:
    data = big_photograph(megapixels=0.1, target_bytes=20_000, seed=number)
    details = Details(
        taken_at=datetime.now(UTC),
        encounter=None,
        sensitivity=Sensitivity.ORDINARY,
        consent_to_take=ConsentToTake.VERBAL,
        source=CaptureSource.FILE,
    )
    promise = Promise(
        upload=uuid4(),
        patient=patient,
        size=len(data),
        sha256=hashlib.sha256(data).digest(),
        details=details,
    )
    answer = receive(hospital.asker, promise, 0, iter([data]))
    if answer.photograph is None:
        raise RuntimeError("not taken in")
    return answer.photograph


def _share(agreement: UUID, pictures: list[UUID]) -> NewShare:
    return NewShare(
        agreement=agreement,
        photographs=tuple(pictures),
        address="rhea@recipient.example",
        question="What would you do?",
        days=7,
        openings=20,
    )
