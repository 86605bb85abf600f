"""A process that gives up the network, other processes and every change of a file, for good.

Linux lets a process filter its own system calls (seccomp). The filter is a small program for the
kernel; no library is needed to hand it over, and nothing in the process can take it back.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

NO_NEW_PRIVILEGES: Final = 38  # prctl
FILTER_MODE, ALL_THREADS = 1, 1  # seccomp
LOAD, JUMP_IF_EQUAL, JUMP_IF_AT_LEAST, JUMP_IF_ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Where the kernel tells which call it is, of which machine's, and what it is called with.
CALL, MACHINE, ARGUMENTS, EACH = 0, 4, 16, 8
ALLOW, END_PROCESS, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000 | errno.EACCES
OTHER_ABI: Final = 0x40000000  # calls of x86-64 by their numbers for 32 bits


CHANGES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
ANOTHER: Final = 0xFFFFFFFF  # any process but 0, which is oneself


class Calls(NamedTuple):
    """A machine, and the numbers of the calls that are refused on it.

    `partly` are refused if the argument at a place has any of some bits: to open a file for more
    than reading, to limit another process.
    """

    machine: int
    seccomp: int
    refused: tuple[int, ...]
    partly: tuple[tuple[int, int, int], ...]


# Each in this order. The network: socket, io_uring_setup. Other processes: ptrace,
# process_vm_readv, process_vm_writev, pidfd_getfd, kill, tkill, tgkill, rt_sigqueueinfo,
# rt_tgsigqueueinfo, pidfd_send_signal. Other programs: execve, execveat. Files: openat2, unlinkat,
# renameat, renameat2, truncate, linkat, symlinkat, mkdirat, mknodat, fchmod, fchmodat, fchmodat2,
# fchown, fchownat; and, where they are, creat, unlink, rmdir, rename, link, symlink, mkdir, mknod,
# chmod, chown, lchown. Partly: prlimit64, openat, open.
KNOWN: Final = {
    "x86_64": Calls(
        0xC000003E,
        317,
        (41, 425, 101, 310, 311, 438, 62, 200, 234, 129, 297, 424, 59, 322, 437, 263, 264, 316, 76,
         265, 266, 258, 259, 91, 268, 452, 93, 260, 85, 87, 84, 82, 86, 88, 83, 133, 90, 92, 94),
        ((302, 0, ANOTHER), (257, 2, CHANGES), (2, 1, CHANGES)),
    ),
    "aarch64": Calls(
        0xC00000B7,
        277,
        (198, 425, 117, 270, 271, 438, 129, 130, 131, 138, 240, 424, 221, 281, 437, 35, 38, 276, 45,
         37, 36, 34, 33, 52, 53, 452, 55, 54),
        ((261, 0, ANOTHER), (56, 2, CHANGES)),
    ),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def shut_off() -> bool:
    """Refuse this process all sockets from now on; whether the kernel does so.

    Nor can it look into another process or end one, start a program, or write, rename or remove a
    file. It is not so on other systems than Linux, on machines not
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
    looks = 3 * len(calls.partly)
    count = len(calls.refused)
    refused = [
        _step(JUMP_IF_EQUAL, call, count - at + looks) for at, call in enumerate(calls.refused)
    ]
    return b"".join(
        (
            _step(LOAD, MACHINE),
            _step(JUMP_IF_EQUAL, calls.machine, 1),
            _step(RETURN, END_PROCESS),
            _step(LOAD, CALL),
            _step(JUMP_IF_AT_LEAST, OTHER_ABI, count + looks + 1),
            *refused,
            *_looks(calls.partly),
            _step(RETURN, ALLOW),
            _step(RETURN, REFUSE),
        )
    )


def _looks(partly: Sequence[tuple[int, int, int]]) -> Iterator[bytes]:
    """For each of these calls: allowed, unless its argument has one of the bits."""
    for at, (call, place, bits) in enumerate(partly, start=1):
        rest = 3 * (len(partly) - at)
        yield _step(JUMP_IF_EQUAL, call, otherwise=2)
        # The lower half of 64 bits: both machines are little endian.
        yield _step(LOAD, ARGUMENTS + EACH * place)
        yield _step(JUMP_IF_ANY_BIT, bits, rest + 1, otherwise=rest)


def _step(code: int, operand: int, skip: int = 0, otherwise: int = 0) -> bytes:
    """One step; `skip` so many more if it is true, `otherwise` so many if it is not."""
    return struct.pack("=HBBI", code, skip, otherwise, operand)
