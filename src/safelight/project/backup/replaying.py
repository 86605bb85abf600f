"""Replaying withdrawals after a restore, before anything is served.

Rooms add a step to REPLAY_STEPS for what they take back. A step looks at the rows, the tombstones
and the journal, mends what contradicts them and says how much it mended. It is idempotent: a crash
anywhere leads to the whole list again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from safelight.audit.log import sequence_waiting
from safelight.audit.models import Event
from safelight.audit.services import Entry, record
from safelight.audit.verification import verify_record
from safelight.connectors.journal.file import read_journal
from safelight.consent.services.ending import end_without_keys, expire_due, sweep_keys
from safelight.consent.services.visiting import end_every_visit, end_ways_in
from safelight.consulting.services.recalling import end_every_question
from safelight.exporting.replaying import end_every_link
from safelight.people.closings import close_again, remember_closings
from safelight.people.presence import end_every_session
from safelight.project.backup.errors import RestoreRefusedError, WithdrawalsMissingError
from safelight.project.backup.marker import (
    JOURNAL,
    Marker,
    read_marker,
    remove_marker,
    write_marker,
)
from safelight.project.wiring import home
from safelight.recall.replaying import lock_again, take_out_again
from safelight.recall.services.cascade import carry_out_all
from safelight.sharing.replaying import end_every_share
from safelight.teaching.services.screens import send_every_screen_away
from safelight.vault.scrubbing import scrub_keystore
from safelight.vault.tombstones import destroy_again, destroyed, keep_journal
from safelight.vocabulary.events import EventTag


@dataclass(frozen=True)
class ReplayStep:
    """What one room takes back again; `replay` says how much there was to mend.

    A step of `older_record` ends what the present record would know better, so it waits for a
    record that is not the present one.
    """

    name: str
    replay: Callable[[], int]
    older_record: bool = False


def destroy_what_came_back() -> int:
    """Keys that the journal or a tombstone calls destroyed, and that an old keystore brought back."""
    path = home() / JOURNAL
    told = read_journal(path).destructions if path.exists() else ()
    return destroy_again([*told, *destroyed()])


def end_visits_and_sessions() -> int:
    """An older record brings back sessions that were ended since; whoever had one signs in again."""
    return end_every_session("restored") + end_every_visit()


# In this order: keys first, then what the rows say, then keys of what the rows say is over.
REPLAY_STEPS = (
    ReplayStep("pictures locked again under legal custody", lock_again),
    ReplayStep("keys destroyed again", destroy_what_came_back),
    ReplayStep("agreements without a key ended", end_without_keys),
    ReplayStep("agreements that ran out ended", expire_due),
    ReplayStep("keys of ended agreements destroyed", sweep_keys),
    ReplayStep("pictures taken out of the record again", take_out_again),
    ReplayStep("consequences of withdrawals carried out", carry_out_all),
    ReplayStep("accounts closed again", close_again),
    # What was revoked since is not known, so nothing of it goes on.
    ReplayStep("shares ended", end_every_share, older_record=True),
    ReplayStep("links to copies ended", end_every_link, older_record=True),
    ReplayStep("questions to colleagues ended", end_every_question, older_record=True),
    ReplayStep("screens sent away", send_every_screen_away, older_record=True),
    ReplayStep("ways into the portal ended", end_ways_in, older_record=True),
    ReplayStep("sessions ended", end_visits_and_sessions),
)


def replay(*, is_older_record: bool) -> dict[str, int]:
    """Every step that is needed, each with how much it mended."""
    steps = (step for step in REPLAY_STEPS if is_older_record or not step.older_record)
    return {step.name: step.replay() for step in steps}


def finish_restore(say: Callable[[str], None], *, accept: bool) -> None:
    """Replay what was withdrawn and let the site serve again; goes on wherever it was left.

    WithdrawalsMissingError, and nothing may be served, while withdrawals may be missing and nobody
    has accepted that. RestoreRefusedError when the copying itself was interrupted.
    """
    marker = read_marker(home())
    if not marker.is_copied:
        raise RestoreRefusedError(
            "Copying was interrupted; restore the backup once more. What was here is moved aside."
        )
    if accept and not marker.is_accepted:
        marker = marker.accepted()
        write_marker(home(), marker)
    if marker.may_miss_withdrawals and not marker.is_accepted:
        raise WithdrawalsMissingError(missing_sentence(marker))
    problems = _verify(marker, say)
    mended = replay(is_older_record=marker.record_at is not None)
    for name, count in mended.items():
        say(f"{name}: {count}")
    _tell(marker, mended, problems)
    scrub_keystore()
    remember_closings()
    keep_journal()
    remove_marker(home())


def missing_sentence(marker: Marker) -> str:
    return (
        f"Withdrawals after {_said(marker)} are not known to what was restored, and would come "
        "back to life; so would accounts that were closed. Find a newer journal of withdrawals "
        "(--journal FILE), or have the privacy officer decide, and then run "
        "`safelight restore --accept-missing-withdrawals`."
    )


def coverage_sentence(marker: Marker) -> str:
    """What is known of withdrawals, in a sentence for whoever restores."""
    if marker.known_until is None:
        return "One half of the system is the present one, so no withdrawal is missing."
    return f"Withdrawals are known up to {_said(marker)}; what was withdrawn after that is not."


def _said(marker: Marker) -> str:
    return f"{marker.known_until:%Y-%m-%d %H:%M:%S} UTC"


def _verify(marker: Marker, say: Callable[[str], None]) -> int:
    """How many problems the restored record has; a damaged one is told, and may be all there is."""
    report = verify_record(marker.checkpoint or None)
    for problem in report.problems:
        say(f"The record is not as it was signed: {problem.sentence}")
    return len(report.problems) + report.unlisted


def _tell(marker: Marker, mended: dict[str, int], problems: int) -> None:
    """The event, once, however often the replay was interrupted; and the log signed over it."""
    times = {
        "record_at": marker.record_at,
        "keystore_at": marker.keystore_at,
        "journal_until": marker.journal_until,
    }
    if not Event.objects.filter(id=marker.id).exists():
        told = {name: moment.isoformat() if moment else None for name, moment in times.items()}
        counts = [f"{name}: {count}" for name, count in mended.items()]
        details = {**told, "accepted": marker.is_accepted, "problems": problems, "mended": counts}
        record(Entry(tag=EventTag.BACKUP_RESTORED, actor=None, details=details, id=marker.id))
    sequence_waiting()
