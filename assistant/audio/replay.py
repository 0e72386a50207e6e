"""Paces a source by the wall clock, so that a recording arrives as a call would.

`read` runs on the listening thread and waits there; `close` may come from any thread and ends the wait.
"""

from __future__ import annotations

import threading
import time

from assistant.audio.around import SourceAround
from assistant.ports import AudioSource
from assistant.values import AudioFrame, AudioGap, Status


class PacedSource(SourceAround):
    """Gives out each frame when its last sample has been spoken, never earlier; never drops one when the reader is
    late. The clock starts with the first `read`. `speed` 1.0 is real time, 2.0 twice as fast.

    Raises:
        ValueError: `speed` is not positive.
    """

    def __init__(self, source: AudioSource, speed: float) -> None:
        if not speed > 0:
            raise ValueError(f"a speed is more than {speed}")
        super().__init__(source)
        self._speed = speed
        self._started_seconds: float | None = None
        self._closed = threading.Event()

    def read(self) -> AudioFrame | AudioGap | Status | None:
        if self._started_seconds is None:
            self._started_seconds = time.monotonic()
        item = super().read()
        if isinstance(item, AudioFrame | AudioGap):
            due_seconds = self._started_seconds + item.end_seconds / self._speed
            self._closed.wait(max(0.0, due_seconds - time.monotonic()))
        return None if self._closed.is_set() else item

    def close(self) -> None:
        self._closed.set()
        super().close()
