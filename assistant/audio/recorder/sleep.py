"""Has the computer slept? The clock that captures are stamped with stands still meanwhile, another one goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

_SURE_SECONDS = 1.0  # the two clocks are read one after the other, and a busy machine may stop us in between


class SleepWatch:
    """`awake` stands still during sleep, `always` does not; both in seconds from any beginning."""

    def __init__(self, awake: Callable[[], float] = time.monotonic, always: Callable[[], float] | None = None) -> None:
        self._awake = awake
        self._always = always or _always_seconds
        self._ahead_seconds = self._measured()

    def take_slept_seconds(self) -> float:
        """How long the computer slept since the last call; 0.0 nearly always."""
        slept_seconds = self._measured() - self._ahead_seconds
        if slept_seconds < _SURE_SECONDS:
            return 0.0
        self._ahead_seconds += slept_seconds
        return slept_seconds

    def _measured(self) -> float:
        return self._always() - self._awake()


def _always_seconds() -> float:
    """Linux has a clock of its own for it. On macOS CLOCK_MONOTONIC goes on during sleep, unlike `time.monotonic()`.
    Windows' monotonic clock counts sleep itself: there it is found as lost sound, by the streams' clocks."""
    clock = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    return time.monotonic() if clock is None else time.clock_gettime(clock)
