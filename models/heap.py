"""How the C library of Linux keeps what the engines have freed.

A decode takes tens of megabytes and frees them again, and a long utterance takes more than that. By itself glibc gives
each thread a heap of its own, which grows to what was ever wanted of it, and puts large blocks there, too, once it has
seen some: what is kept of a call comes to lie between them, and nothing goes back. From hour to hour it was more.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
import threading
from collections.abc import Iterator
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -3, -4, -8  # of mallopt(3)
# What is larger comes from the system and goes back to it. Smaller, and a decode spends its time on fetching pages.
LARGE_BYTES = 4 << 20
# So much may lie free at the end of the heap. It would be next to nothing, now that what is large has a fixed limit.
FREE_BYTES = 64 << 20
MOST_MAPPED = 1 << 16  # glibc's own: how many blocks the system may be asked for one by one
KEPT_BYTES = 1 << 30

_keeping = threading.Lock()
_keepers = 0


def keep_small() -> None:
    """For this process: one heap for all its threads, if there are none yet beside the main one. Nothing with another C
    library."""
    if (libc := _glibc()) is not None:
        for option, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, LARGE_BYTES), (_TRIM_THRESHOLD, FREE_BYTES)):
            libc.mallopt(option, value)


@contextlib.contextmanager
def keeping_what_is_freed() -> Iterator[None]:
    """While a recording is transcribed as fast as it goes. Its decodes, of several windows each, want the same large
    blocks again and again, and fetching their pages anew took one second in fifteen. Any thread, several at once."""
    _keep(1)
    try:
        yield
    finally:
        _keep(-1)


def _keep(more: int) -> None:
    global _keepers
    with _keeping:
        _keepers += more
        if (libc := _glibc()) is not None:
            libc.mallopt(_MMAP_MAX, 0 if _keepers else MOST_MAPPED)
            libc.mallopt(_TRIM_THRESHOLD, KEPT_BYTES if _keepers else FREE_BYTES)
        if not _keepers:
            give_back()


def give_back() -> None:
    """What lies free between what is kept goes back to the system, which takes some milliseconds. Any thread."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
