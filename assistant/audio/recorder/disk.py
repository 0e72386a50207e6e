"""Says in time that a disk will be full, and when a recording has to end so that all of it is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from assistant.errors import RecordingError
from assistant.plain import roughly
from assistant.values import State, Status

RESERVE_BYTES = 4_000_000  # left free at the end: what was said last is still written down, and the recording closed
_WARNINGS_SECONDS = (600.0, 120.0)
_RELIEF = 1.5  # a warning is given again once there was so much more room than it warned of
_CHECK_SECONDS = 2.0


class DiskWatch:
    """Asked after each frame, it looks at the disk every two seconds. `free_seconds` is how long a recording fits."""

    def __init__(
        self, folder: Path, free_seconds: Callable[[], float], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._folder = folder
        self._free_seconds = free_seconds
        self._clock = clock
        self._next_check = clock()
        self._told = float("inf")  # the smallest of the warnings that stand

    def check(self) -> Status | None:
        """A warning that is new.

        Raises:
            RecordingError: the disk is as full as it may become; stop now.
        """
        if self._clock() < self._next_check:
            return None
        self._next_check = self._clock() + _CHECK_SECONDS
        free_seconds = self._free_seconds()
        if free_seconds <= 0:
            raise RecordingError(
                f"The recording stopped before the disk was full, so that everything said up to now is kept in "
                f"{self._folder}. What is said from now on is not recorded. Free some space on that disk, then start "
                "a new recording."
            )
        if free_seconds > _RELIEF * self._told:
            self._told = float("inf")
        due = [limit for limit in _WARNINGS_SECONDS if free_seconds <= limit < self._told]
        if not due:
            return None
        self._told = min(due)
        return Status(
            State.WARNING,
            f"The disk is nearly full: about {roughly(free_seconds)} more can be recorded. Free some space on the "
            f"disk that holds {self._folder}; else the recording ends then, and what was recorded is kept.",
        )
