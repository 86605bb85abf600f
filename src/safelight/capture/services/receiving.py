"""Receiving: one call per connection, from the first byte to the answer."""

from collections.abc import Iterable, Iterator

from django.db import DatabaseError

from safelight.capture.errors import OffsetConflictError, RecordUnavailableError
from safelight.capture.models import Upload, UploadState
from safelight.capture.rules import Promise
from safelight.capture.selectors import Answer, AnswerState, answer
from safelight.capture.services.beginning import begin
from safelight.capture.services.intake import take_in
from safelight.capture.services.refusing import record_failure
from safelight.people.asker import Asker
from safelight.vault import quarantine
from safelight.vault.custodians import unwrapped_once
from safelight.vault.errors import KeyMissingError, TakenOverError, VaultError


def receive(asker: Asker, promise: Promise, offset: int, pieces: Iterable[bytes]) -> Answer:
    """Take what arrives behind `offset`; when the picture is whole, seal it into the record.

    The answer is *receiving* with the offset to go on from when the connection ended early;
    *sealed*, *duplicate* or *refused* when the picture is whole. Asking again after that gives
    the same answer and reads nothing. Raises a SafelightError when nothing could be decided; the
    picture is then still to be sent.
    """
    try:
        with unwrapped_once():
            row = begin(asker, promise)
        if row.state != UploadState.RECEIVING:
            return answer(row)
        return _go_on(row, promise, offset, pieces)
    except DatabaseError as error:
        raise RecordUnavailableError from error


def _go_on(row: Upload, promise: Promise, offset: int, pieces: Iterable[bytes]) -> Answer:
    try:
        size = _append(row, offset, pieces)
    except TakenOverError:
        row.refresh_from_db()
        if row.state == UploadState.RECEIVING:
            raise
        return answer(row)  # whoever took over has finished meanwhile
    if size < row.promised_size:
        return Answer(AnswerState.RECEIVING, size)
    with unwrapped_once():
        return take_in(row, promise.sha256)


def _append(row: Upload, offset: int, pieces: Iterable[bytes]) -> int:
    """Seal the pieces into quarantine, behind what is there.

    INVARIANT: sending again from the beginning takes back nothing that has arrived. When a line
    drops that was in use before, browsers repeat the whole request by themselves, over another
    connection and unseen by the page, which goes on from the right place a moment later.
    """
    there = quarantine.received(row.id)
    if offset not in {0, there}:
        raise OffsetConflictError(there)
    fresh = _behind(there - offset, pieces)
    try:
        return quarantine.append(row.id, fresh, offset=there, promised_size=row.promised_size)
    except TakenOverError:
        raise
    except KeyMissingError as error:
        # The upload's key is gone and so is what it sealed; a new key lets it start over.
        quarantine.forget_bytes(row.id)
        quarantine.begin(row.id)
        raise OffsetConflictError(0) from error
    except VaultError as error:
        record_failure(row, error)
        raise


def _behind(known: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What follows the first `known` bytes, which are here already; the digest will judge both."""
    for piece in pieces:
        fresh = piece[known:]
        known -= len(piece) - len(fresh)
        if fresh:
            yield fresh
