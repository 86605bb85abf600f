"""As `driver`, for backups: forks die while they copy, restore and replay; others go on.

Run as `python -m tests.kill.restore_driver HOME REPORT`. Petra has agreed to two uses; then a
backup was taken; then she took one of them back. What is restored is the old backup, with the
journal of withdrawals.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

# The driver names the home and sets Django up: it comes first.
from tests.kill.driver import HOME, PREPARED, REPORT, crash, in_a_fork, prepare

# isort: split
from tests.cast import PETRA, asker
from tests.consenting import TEACHING, agreement_to, signed
from tests.kill.steps import BACKING_UP, RESTORING
from tests.taking import take

from safelight.audit.log import sequence_waiting
from safelight.audit.models import Event
from safelight.connectors.journal.file import FileJournal
from safelight.consent.models import Agreement, AgreementImage
from safelight.patients.models import Patient
from safelight.patients.selectors import known_patients
from safelight.people.models import StaffMember
from safelight.project.backup.errors import BackupRefusedError, NotReplayedError
from safelight.project.backup.manifest import read_manifest, verify
from safelight.project.backup.marker import is_restoring
from safelight.project.backup.replaying import finish_restore
from safelight.project.backup.restoring import carry_out, plan_restore
from safelight.project.backup.taking import alone_in, known_backups, take_backup
from safelight.project.starting import require_ready
from safelight.recall.services.withdrawing import Order, withdraw_for
from safelight.release.proving import has_key
from safelight.vault.custodians import Holder
from safelight.vault.kinds import CustodianKind
from safelight.vault.tombstones import keep_journal
from safelight.vocabulary.recall import WithdrawalScope

OUT = HOME.with_name("backups")
JOURNAL = HOME.with_name("withdrawals.jsonl")
ONE, LECTURE = TEACHING


def main() -> None:
    in_a_fork(prepare)
    in_a_fork(live)
    shutil.copytree(HOME, PREPARED)
    taking: dict[str, Callable[[], Any]] = {"left": backups_left, "restarted": taken_again}
    report = {f"taking: {name}": crash(step, take_one, taking) for name, step in BACKING_UP.items()}
    restoring: dict[str, Callable[[], Any]] = {"left": left, "restarted": restored_again}
    report |= {
        f"restoring: {name}": crash(step, restore_old, restoring)
        for name, step in RESTORING.items()
    }
    REPORT.write_text(json.dumps(report))


def live() -> None:
    alice = asker(StaffMember.objects.get(username="alice"))
    everybody = known_patients(Patient.objects.values_list("id", flat=True))
    petra = next(item.id for item in everybody if item.identity == PETRA)
    visit = signed(alice, petra, [take(alice, petra)], TEACHING)
    sequence_waiting()
    with alone_in(OUT):
        take_backup(OUT)
    order = Order(WithdrawalScope.USE, agreement_to(visit, ONE).id)
    withdraw_for(alice, petra, order, "called back on the known number")
    sequence_waiting()
    keep_journal()
    shutil.copyfile(HOME / "withdrawals.jsonl", JOURNAL)
    assert FileJournal(JOURNAL).read().destructions


def elsewhere() -> Path:
    return HOME.with_name("more")


def take_one() -> None:
    shutil.rmtree(elsewhere(), ignore_errors=True)
    with alone_in(elsewhere()):
        take_backup(elsewhere())


def backups_left() -> dict[str, Any]:
    """Does anything that is half there pass for whole?"""
    half = [path for path in elsewhere().iterdir() if path.is_dir()]
    return {
        "known": len(known_backups(elsewhere())),
        "whole": sum(is_whole(path) for path in half),
        "partial": sum(path.suffix == ".partial" for path in half),
    }


def is_whole(path: Path) -> bool:
    try:
        verify(path, read_manifest(path, "record"))
        verify(path / "keystore", read_manifest(path / "keystore", "keystore"))
    except BackupRefusedError:
        return False
    return path.suffix != ".partial"


def taken_again() -> dict[str, Any]:
    before = len(known_backups(elsewhere()))
    with alone_in(elsewhere()):
        made = take_backup(elsewhere()).path
    return {**backups_left(), "new": len(known_backups(elsewhere())) - before, "is": is_whole(made)}


def restore_old() -> None:
    (HOME / "withdrawals.jsonl").unlink(missing_ok=True)
    (backup,) = known_backups(OUT)
    carry_out(plan_restore(backup, "", "", JOURNAL), print)
    finish_restore(print, accept=False)


def served() -> bool:
    try:
        require_ready()
    except NotReplayedError:
        return False
    return True


def left() -> dict[str, Any]:
    """Is anything served that was withdrawn?"""
    if not served():
        return {"served": False, "marker": is_restoring(HOME)}
    return {"served": True, "marker": is_restoring(HOME), **state()}


def state() -> dict[str, Any]:
    images = AgreementImage.objects.filter(agreement__provision="permit")
    keys = {
        purpose: any(key_of(image) for image in images.filter(agreement__purpose=purpose))
        for purpose in (ONE.value, LECTURE.value)
    }
    return {
        "keys": keys,
        "status": dict(Agreement.objects.values_list("purpose", "status")),
        "told": Event.objects.filter(tag="backup:site:restored").count(),
        "waiting": Event.objects.filter(leaf_index=None).count(),
    }


def key_of(image: AgreementImage) -> bool:
    agreement: UUID = image.agreement_id
    return has_key(image.object_id, Holder(CustodianKind.AGREEMENT, agreement))


def restored_again() -> dict[str, Any]:
    """The operator does it once more: goes on where it was copied, else from the beginning."""
    if is_restoring(HOME) and json.loads((HOME / "restore.json").read_text())["is_copied"]:
        finish_restore(print, accept=False)
    elif is_restoring(HOME):
        restore_old()
    return {"served": served(), "marker": is_restoring(HOME), **state()}


if __name__ == "__main__":
    main()
