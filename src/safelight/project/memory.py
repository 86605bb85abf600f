"""Memory that one picture has left is kept for the next one (glibc)."""

import ctypes

# mallopt(3). A picture is millions of bytes: given back to the kernel after each request, it is
# mapped in anew page by page for the next, which costs more than opening the picture does.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
LARGEST_KEPT = 32 << 20  # what glibc allows at most; anything larger goes back at once
MOST_KEPT = 64 << 20  # for each arena
ARENAS = 2


def keep_freed_memory() -> None:
    """Call it before threads begin; no effect where the C library has no `mallopt`."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, ARENAS)
        mallopt(M_MMAP_THRESHOLD, LARGEST_KEPT)
        mallopt(M_TRIM_THRESHOLD, MOST_KEPT)
