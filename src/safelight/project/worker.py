"""The worker: verifies what was sealed, adds events to the log, sweeps. A thread or a process."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections

from safelight.audit.log import sequence_waiting
from safelight.capture.sweeping import sweep
from safelight.capture.verification import claim_next, verify
from safelight.consent.services.ending import expire_due, sweep_keys
from safelight.people.closings import remember_closings
from safelight.photos.moving import settle_unfinished_moves
from safelight.recall.certificate import certify_due
from safelight.recall.services.asking import ask_holders
from safelight.recall.services.cascade import carry_out_all
from safelight.recall.services.keeping import erase_due_custody
from safelight.redaction.sweeping import sweep_prepared
from safelight.vault.scrubbing import scrub_keystore, scrub_record
from safelight.vault.tombstones import keep_journal

IDLE_SECONDS = 0.1
SEQUENCE_SECONDS = 1.0
RECALL_SECONDS = 2.0
SWEEP_SECONDS = 600.0
BACKOFF_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Chore:
    """Something to do every so often, by a clock that never goes back."""

    def __init__(self, do: Callable[[], object], every_seconds: float) -> None:
        self._do, self._every, self._due = do, every_seconds, 0.0

    def run_if_due(self) -> None:
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + self._every
            self._do()


def run_worker(stop: threading.Event) -> None:
    """Work until `stop` is set. Any number of workers may run beside each other.

    What goes wrong is logged by its class alone (a message might hold what it should not), and
    tried again, later each time.
    """
    chores = [
        Chore(sequence_waiting, SEQUENCE_SECONDS),
        Chore(carry_out_all, RECALL_SECONDS),
        Chore(certify_due, RECALL_SECONDS),
        Chore(sweep, SWEEP_SECONDS),
        Chore(settle_unfinished_moves, SWEEP_SECONDS),
        Chore(expire_due, SWEEP_SECONDS),
        Chore(sweep_keys, SWEEP_SECONDS),
        Chore(sweep_prepared, SWEEP_SECONDS),
        Chore(erase_due_custody, SWEEP_SECONDS),
        Chore(remember_closings, SWEEP_SECONDS),
        Chore(keep_journal, SWEEP_SECONDS),
        Chore(scrub_keystore, SWEEP_SECONDS),
        Chore(scrub_record, SWEEP_SECONDS),
        Chore(ask_holders, SWEEP_SECONDS),
    ]
    backoff = BACKOFF_SECONDS
    while not stop.is_set():
        try:
            is_busy = _work(chores)
            backoff = BACKOFF_SECONDS
        except Exception as error:  # noqa: BLE001 - the worker outlives whatever it meets
            _log.warning("the worker met %s and goes on", type(error).__name__)
            close_old_connections()
            stop.wait(backoff)
            backoff = min(2 * backoff, LONGEST_BACKOFF_SECONDS)
        else:
            if not is_busy:
                stop.wait(IDLE_SECONDS)
    close_old_connections()


def _work(chores: list[Chore]) -> bool:
    """One picture and the chores that are due; whether there was a picture."""
    for chore in chores:
        chore.run_if_due()
    upload = claim_next()
    if upload is not None:
        verify(upload)
    return upload is not None
