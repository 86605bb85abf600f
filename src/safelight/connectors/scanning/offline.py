"""A process that gives up the network, and other processes, for good: by the kernel, not by promise.

Linux lets a process filter its own system calls (seccomp). The filter is a small program for the
kernel; no library is needed to hand it over, and nothing in the process can take it back.
"""

import ctypes
import errno
import platform
import struct
import sys
from typing import Final, NamedTuple

NO_NEW_PRIVILEGES: Final = 38  # prctl
FILTER_MODE, ALL_THREADS = 1, 1  # seccomp
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
CALL, MACHINE = 0, 4  # where the kernel tells which call it is, and of which machine's
ALLOW, END_PROCESS, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EACCES
OTHER_ABI: Final = 0x40000000  # calls of x86-64 by their numbers for 32 bits


class Calls(NamedTuple):
    """A machine, and the numbers of the calls that are refused on it."""

    machine: int
    seccomp: int
    refused: tuple[int, ...]


# socket, io_uring_setup; ptrace, process_vm_readv, process_vm_writev, pidfd_getfd
KNOWN: Final = {
    "x86_64": Calls(0xC000003E, 317, (41, 425, 101, 310, 311, 438)),
    "aarch64": Calls(0xC00000B7, 277, (198, 425, 117, 270, 271, 438)),
}


class _Program(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def shut_off() -> bool:
    """Refuse this process all sockets from now on; whether the kernel does so.

    Nor can it look into another process. It is not so on other systems than Linux, on machines not
    named here, and where the kernel or whatever contains us has no such filter.
    """
    calls = KNOWN.get(platform.machine()) if sys.platform == "linux" else None
    if calls is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    steps = _steps(calls)
    program = _Program(len(steps) // 8, steps)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.syscall(calls.seccomp, FILTER_MODE, ALL_THREADS, ctypes.byref(program)) == 0)


def _steps(calls: Calls) -> bytes:
    """The filter: what is refused fails with EACCES, what pretends to be another machine ends."""
    count = len(calls.refused)
    refused = [_step(JUMP_IF_EQUAL, call, count - at) for at, call in enumerate(calls.refused)]
    return b"".join(
        (
            _step(LOAD, MACHINE),
            _step(JUMP_IF_EQUAL, calls.machine, 1),
            _step(RETURN, END_PROCESS),
            _step(LOAD, CALL),
            _step(JUMP_IF_AT_LEAST, OTHER_ABI, len(refused) + 1),
            *refused,
            _step(RETURN, ALLOW),
            _step(RETURN, REFUSE),
        )
    )


def _step(code: int, operand: int, skip: int = 0) -> bytes:
    """One step; `skip` so many more if it is true."""
    return struct.pack("=HBBI", code, skip, 0, operand)
