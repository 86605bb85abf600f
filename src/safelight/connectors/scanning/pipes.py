"""Messages between two processes: a length of four bytes, then so many bytes. Never for ever."""

import os
import select
import struct
import time

LENGTH = struct.Struct(">I")
LONGEST_ANSWER = 1_000_000  # bytes
PIECE = 1 << 16


class PipeError(Exception):
    """The other side is gone, too slow, or sends more than is agreed. Stays in this package."""


class Deadline:
    """A moment after which nothing is waited for."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then. Raises PipeError when it has passed."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise PipeError
        return left


def send(pipe: int, message: bytes, deadline: Deadline) -> None:
    """Write it all to a pipe that does not block. Raises PipeError."""
    view = memoryview(LENGTH.pack(len(message)) + message)
    while view:
        _wait(pipe, select.POLLOUT, deadline)
        try:
            view = view[os.write(pipe, view[:PIECE]) :]
        except BlockingIOError:
            continue
        except OSError as error:
            raise PipeError from error


def receive(pipe: int, deadline: Deadline, longest: int = LONGEST_ANSWER) -> bytes:
    """One message from a pipe that does not block. Raises PipeError."""
    (length,) = LENGTH.unpack(_exactly(pipe, LENGTH.size, deadline))
    if length > longest:
        raise PipeError
    return _exactly(pipe, length, deadline)


def _exactly(pipe: int, count: int, deadline: Deadline) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        _wait(pipe, select.POLLIN, deadline)
        try:
            piece = os.read(pipe, min(PIECE, count - len(parts)))
        except BlockingIOError:
            continue
        except OSError as error:
            raise PipeError from error
        if not piece:
            raise PipeError
        parts += piece
    return bytes(parts)


def _wait(pipe: int, event: int, deadline: Deadline) -> None:
    # poll, not select: a server has more open files than select can count.
    poller = select.poll()
    poller.register(pipe, event)
    if not poller.poll(deadline.left() * 1000):
        raise PipeError
