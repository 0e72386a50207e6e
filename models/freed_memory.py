"""Freed memory goes back to the system. Any thread.

A decode takes tens of megabytes and frees them in pieces. What is kept of it, or of the call, comes to lie between
them, and the C library of Linux gives back only what lies at the end of a heap: from hour to hour it holds more.
"""

from __future__ import annotations

import ctypes
import platform
from functools import cache
from typing import Any


def give_back() -> None:
    """Some milliseconds; nothing where the C library does not hold on to it so (it is not glibc)."""
    if (trim := _malloc_trim()) is not None:
        trim(0)


@cache
def _malloc_trim() -> Any:
    is_glibc = platform.libc_ver()[0] == "glibc"
    return ctypes.CDLL(None).malloc_trim if is_glibc else None
