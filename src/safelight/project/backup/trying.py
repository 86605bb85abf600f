"""The inside of a drill, in a process of its own: restore into this home, replay, try everything.

Run by `safelight backup drill` as `python -m safelight.project.backup.trying BACKUP`. What is
printed counts and never names.
"""

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from safelight.project.starting import start_django
from safelight.vocabulary.errors import SafelightError

if __name__ == "__main__":
    start_django()

from safelight.audit.verification import verify_record
from safelight.consent.models import AgreementImage
from safelight.people.closings import opened_again
from safelight.photos.models import RenditionRow
from safelight.project.backup.drilling import EXPECTED, LIVE_JOURNAL
from safelight.project.backup.expectations import Expectations, read_expectations
from safelight.project.backup.manifest import read_manifest
from safelight.project.backup.replaying import finish_restore
from safelight.project.backup.restoring import carry_out, plan_restore
from safelight.project.wiring import home
from safelight.release.proving import has_key, opens
from safelight.vault.custodians import Holder, agreements_with_keys
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.photograph import PhotographState, Rendition

SAMPLE = 50
# Whose, which object, and in which form.
Row = tuple[UUID, UUID, str]


@dataclass(frozen=True)
class Tried:
    """One line of the drill: what was tried, how often, and how often it was not as it should be."""

    what: str
    tried: int
    wrong: int

    @property
    def line(self) -> str:
        return f"{'FAILED' if self.wrong else 'passed'}  {self.what}: tried {self.tried}, wrong {self.wrong}"


def try_backup(backup: Path) -> bool:
    """Restore, replay and try; whether all is as it should be."""
    journal = home() / LIVE_JOURNAL
    expected = read_expectations(home() / EXPECTED)
    plan = plan_restore(backup, "", "", journal if journal.exists() else None)
    carry_out(plan, _say)
    lines = [_log(backup, expected)]
    # Whether withdrawals are missing is what is found out below.
    finish_restore(_say, accept=True)
    lines += [_ended(expected), _over(expected), _destroyed(expected)]
    lines += [_in_force(expected), _in_care(expected), _closed(expected)]
    for tried in lines:
        _say(tried.line)
    return not any(tried.wrong for tried in lines)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _log(backup: Path, expected: Expectations) -> Tried:
    """The copy's log is whole, and a beginning of the live one. Before the replay adds to it."""
    report = verify_record(read_manifest(backup, "record").checkpoint or None)
    wrong = len(report.problems) + report.unlisted + (not expected.has_checkpoint)
    return Tried("entries of the log, a beginning of the live one", report.entries, wrong)


def _ended(expected: Expectations) -> Tried:
    """No agreement that ended on the live site has a custodian in the copy."""
    return Tried(
        "agreements that ended", len(expected.ended), len(expected.ended & agreements_with_keys())
    )


def _over(expected: Expectations) -> Tried:
    opened = sum(
        has_key(item, Holder(CustodianKind.AGREEMENT, agreement))
        for agreement, item in expected.over
    )
    return Tried("pictures of agreements that ended", len(expected.over), opened)


def _destroyed(expected: Expectations) -> Tried:
    """Nor does anything open whose key was destroyed for whatever reason, such as erasure."""
    single = [item for item in expected.destroyed if item.object_id is not None]
    opened = sum(
        has_key(item.object_id, Holder(item.kind, item.owner))
        for item in single
        if item.object_id is not None
    )
    return Tried("keys of single pictures that were destroyed", len(single), opened)


def _in_force(expected: Expectations) -> Tried:
    """Of what is permitted still and was there then, a sample opens."""
    rows = AgreementImage.objects.values_list("agreement", "object_id", "rendition")
    gone = _gone(expected)
    permitted = [row for row in rows if row[:2] in expected.in_force and row[1] not in gone]
    sample = _sample(permitted)
    shut = sum(
        not opens(item, Rendition(form), Holder(CustodianKind.AGREEMENT, agreement))
        for agreement, item, form in sample
    )
    return Tried("pictures of agreements in force", len(sample), shut)


def _closed(expected: Expectations) -> Tried:
    back = opened_again(set(expected.closed))
    return Tried("accounts that were closed", len(expected.closed), len(back))


def _gone(expected: Expectations) -> set[UUID | None]:
    return {item.object_id for item in expected.destroyed}


def _in_care(expected: Expectations) -> Tried:
    """Nothing was lost for care: a sample of the verified pictures opens."""
    gone = _gone(expected)
    rows = RenditionRow.objects.filter(photograph__state=PhotographState.VERIFIED.value)
    listed = rows.values_list("photograph__patient", "id", "rendition")
    sample = _sample([row for row in listed if row[1] not in gone])
    shut = sum(
        not opens(item, Rendition(form), Holder(CustodianKind.CARE, patient))
        for patient, item, form in sample
    )
    return Tried("pictures under care", len(sample), shut)


def _sample(rows: Sequence[Row]) -> list[Row]:
    return random.sample(rows, min(SAMPLE, len(rows)))


def main(backup: str) -> int:
    try:
        return 0 if try_backup(Path(backup)) else 1
    except SafelightError as error:
        _say(f"FAILED  {error.sentence}")
        return 1
    except Exception as error:  # noqa: BLE001 - a traceback could quote what is in a row
        _say(f"FAILED  the drill met {type(error).__name__}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
