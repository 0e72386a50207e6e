"""How the C library of Linux keeps what the engines have freed.

A decode takes tens of megabytes and frees them again, and a long utterance takes more than that. By itself glibc gives
each thread a heap of its own, which grows to what was ever wanted of it, and puts large blocks there, too, once it has
seen some: what is kept of a call comes to lie between them, and nothing goes back. From hour to hour it was more.
"""

from __future__ import annotations

import ctypes
import platform
from functools import cache

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of mallopt(3)
# What is larger comes from the system and goes back to it. Smaller, and a decode spends its time on fetching pages.
LARGE_BYTES = 4 << 20
# So much may lie free at the end of the heap. It would be next to nothing, now that what is large has a fixed limit.
FREE_BYTES = 64 << 20


def keep_small() -> None:
    """For this process: one heap for all its threads, if there are none yet beside the main one. Nothing with another C
    library."""
    if (libc := _glibc()) is not None:
        for option, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, LARGE_BYTES), (_TRIM_THRESHOLD, FREE_BYTES)):
            libc.mallopt(option, value)


def give_back() -> None:
    """What lies free between what is kept goes back to the system, which takes some milliseconds. Any thread."""
    if (libc := _glibc()) is not None:
        libc.malloc_trim(0)


@cache
def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
