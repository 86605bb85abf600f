"""A process that lets copies of itself die at every step, and writes down what was left behind.

Run as `python -m tests.kill.driver HOME REPORT` with HOME as an empty directory. This process
never opens a database: everything happens in forks, each of which is a server of its own.
"""

import hashlib
import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

HOME, REPORT = Path(sys.argv[1]), Path(sys.argv[2])
os.environ |= {
    "SAFELIGHT_MODE": "demo",
    "SAFELIGHT_HOME": str(HOME),
    "SAFELIGHT_DATABASE_URL": "",
    "SAFELIGHT_KEYSTORE_URL": "",
    "DJANGO_SETTINGS_MODULE": "safelight.project.settings",
}

import django  # noqa: E402 - the home must be named first

django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402
from tests.cast import Cast, asker, open_cheap_root_key, set_the_stage  # noqa: E402
from tests.kill.steps import TAKING, VERIFYING, Step, arm  # noqa: E402
from tests.pictures import CANARY, Sending, jpeg  # noqa: E402

from safelight.audit.log import sequence  # noqa: E402
from safelight.audit.models import Event  # noqa: E402
from safelight.capture.errors import UploadNotFoundError  # noqa: E402
from safelight.capture.models import Upload, UploadState  # noqa: E402
from safelight.capture.selectors import safe_offset  # noqa: E402
from safelight.capture.services.receiving import receive  # noqa: E402
from safelight.capture.sweeping import sweep  # noqa: E402
from safelight.capture.verification import verify_waiting  # noqa: E402
from safelight.engines import envelope  # noqa: E402
from safelight.patients.models import Patient  # noqa: E402
from safelight.people.models import StaffMember  # noqa: E402
from safelight.photos.models import Photograph, RenditionRow  # noqa: E402
from safelight.photos.selectors import photograph  # noqa: E402
from safelight.project.starting import migrate  # noqa: E402
from safelight.vault.custodians import Holder  # noqa: E402
from safelight.vault.keystore.models import Custodian, Grant  # noqa: E402
from safelight.vault.kinds import CustodianKind  # noqa: E402
from safelight.vault.models import SealedObject  # noqa: E402
from safelight.vault.ports import wiring  # noqa: E402
from safelight.vault.unseal import open_object  # noqa: E402

# What a process wrote outlives its death; only a power cut asks whether the disk has it.
os.fsync = lambda _descriptor: None  # type: ignore[assignment]
for _database in settings.DATABASES.values():
    _database["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"

PREPARED = HOME.with_name("prepared")
PICTURE = jpeg(size=(1200, 900))
SAMPLES = [PICTURE[at : at + 24] for at in range(2000, len(PICTURE) - 24, 50_000)]
# The first bytes of every JPEG that is written here, renditions among them.
PLAIN = [CANARY, *SAMPLES, b"\xff\xd8\xff\xe0\x00\x10JFIF"]
KINDS = {
    "original": envelope.Kind.ORIGINAL,
    "display": envelope.Kind.DISPLAY,
    "thumbnail": envelope.Kind.THUMBNAIL,
}


def main() -> None:
    in_a_fork(prepare)
    shutil.copytree(HOME, PREPARED)
    report = {f"taking: {name}": crash(step, take) for name, step in TAKING.items()}
    in_a_fork(restore)
    in_a_fork(take)
    shutil.rmtree(PREPARED)
    shutil.copytree(HOME, PREPARED)
    report |= {
        f"verifying: {name}": crash(step, verify_waiting) for name, step in VERIFYING.items()
    }
    REPORT.write_text(json.dumps(report))


def in_a_fork(act: Callable[[], object]) -> int:
    """Run `act` in a process of its own; the signal it died of, or 0."""
    child = os.fork()
    if child == 0:
        try:
            wiring.root = open_cheap_root_key(HOME)
            act()
        except BaseException:  # noqa: BLE001 - a fork must never run on as a second driver
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a fork failed; see its traceback above")
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def crash(
    step: Step,
    act: Callable[[], object],
    looks: Mapping[str, Callable[[], object]] | None = None,
) -> dict[str, Any]:
    """What is left when `act` dies at `step`, and what becomes of it after a restart."""
    restore()

    def doomed() -> None:
        arm(step)
        act()

    outcome: dict[str, Any] = {"signal": in_a_fork(doomed)}
    for name, look in (looks or {"left": left, "restarted": restarted}).items():
        outcome[name] = looked_at(look)
    return outcome


def looked_at(look: Callable[[], object]) -> Any:
    """What a process that starts now finds."""
    path = HOME.with_name("look.json")
    in_a_fork(lambda: path.write_text(json.dumps(look())))
    return json.loads(path.read_text())


def prepare() -> Cast:
    migrate()
    return set_the_stage()


def restore() -> None:
    shutil.rmtree(HOME)
    shutil.copytree(PREPARED, HOME)


def alices_sending() -> tuple[Any, Sending]:
    alice = asker(StaffMember.objects.get(username="alice"))
    patient = min(Patient.objects.values_list("id", flat=True))
    return alice, Sending(PICTURE, patient, uuid5(patient, "upload"))


def take() -> None:
    alice, sending = alices_sending()
    receive(alice, sending.promise, 0, sending.pieces())


def left() -> dict[str, Any]:
    """Before anything is mended: is each picture whole, and is anything readable?"""
    return {
        "photographs": Photograph.objects.count(),
        "whole": all(is_whole(row) for row in Photograph.objects.all()),
        "shown": Photograph.objects.filter(state="verified").count(),
        "told": Event.objects.filter(tag="photograph:record:sealed").count(),
        "readable": readable(),
    }


def is_whole(row: Photograph) -> bool:
    """Every rendition that has a row opens under the patient's care; the original as recorded."""
    plain = {item.rendition: opened(item, row.patient_id) for item in row.renditions.all()}
    expected = {"original"} if row.state == "sealed" else set(KINDS)
    digest = hashlib.sha256(plain["original"]).hexdigest()
    return set(plain) == expected and digest == photograph(row.id).sha256


def opened(item: RenditionRow, patient: UUID) -> bytes:
    return open_object(item.id, KINDS[item.rendition], Holder(CustodianKind.CARE, patient))


def readable() -> list[str]:
    """The files of the home in which anything of the picture stands in clear."""
    files = [path for path in HOME.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(part in path.read_bytes() for part in PLAIN)]


def restarted() -> dict[str, Any]:
    """The page resumes, a worker works, a day passes, the sweeper sweeps."""
    alice, sending = alices_sending()
    try:
        offset = safe_offset(alice, sending.patient, sending.upload)
    except UploadNotFoundError:
        offset = 0
    answer = receive(alice, sending.promise, offset, sending.pieces(offset))
    later()
    verify_waiting()
    sweep()
    sequence()
    return {
        "answer": answer.state.value,
        "states": list(Photograph.objects.values_list("state", flat=True)),
        "uploads": list(Upload.objects.values_list("state", flat=True)),
        "whole": all(is_whole(row) for row in Photograph.objects.all()),
        "sealed_objects": SealedObject.objects.count(),
        "blobs": sum(path.is_file() for path in (HOME / "blobs").rglob("*")),
        "quarantined": sum(path.is_file() for path in (HOME / "quarantine").rglob("*")),
        "grants": Grant.objects.count(),
        "intake_keys": Custodian.objects.filter(kind=CustodianKind.INTAKE.value).count(),
        "sealed_events": Event.objects.filter(tag="photograph:record:sealed").count(),
        "verified_events": Event.objects.filter(tag="photograph:record:verified").count(),
        "readable": readable(),
    }


def later() -> None:
    """Two hours pass: claims run out, leftovers are old enough to be swept."""
    past = timezone.now() - timedelta(hours=2)
    for path in [*(HOME / "blobs").rglob("*"), *(HOME / "quarantine").rglob("*")]:
        os.utime(path, (time.time() - 7200, time.time() - 7200))
    Custodian.objects.filter(kind=CustodianKind.INTAKE.value).update(created_at=past)
    Upload.objects.filter(state=UploadState.SEALED).update(verification_claimed_at=past)


if __name__ == "__main__":
    main()
