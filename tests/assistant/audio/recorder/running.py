"""The loop of the recording process, with a source that gives what it is told to."""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path

import numpy as np

from assistant.audio.recorder.pauses import Pauses
from assistant.audio.recorder.process import RecordingLoop
from assistant.audio.recorder.wire import Message
from assistant.audio.recording import CrashSafeRecorder
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, Status
from tests.assistant.audio.recorder.reader import on_disk
from tests.waiting import PATIENCE_SECONDS, wait_until

YOU, THEM = Channel.YOU, Channel.THEM
ORIGIN_SECONDS = 1000.0


class Source:
    """Gives what it is told to."""

    channels = (YOU, THEM)

    def __init__(self, origin_seconds: float | None) -> None:
        self.origin_seconds = origin_seconds
        self._changed = threading.Condition()
        self._items: deque[AudioFrame | Status] = deque()
        self._is_awaited = False  # all that was given has been handled, and more is waited for
        self._is_closed = False

    def give(self, *items: AudioFrame | Status) -> None:
        """Once closed it takes nothing in."""
        with self._changed:
            if not self._is_closed:
                self._items.extend(items)
            self._is_awaited = False
            self._changed.notify_all()

    def hear(self, start_seconds: float, end_seconds: float, *channels: Channel) -> None:
        """Of these channels, or both."""
        samples = np.full(round((end_seconds - start_seconds) * SAMPLE_RATE_HZ), 1000, np.int16)
        self.give(*(AudioFrame(channel, start_seconds, samples) for channel in channels or self.channels))

    def wait(self, timeout_seconds: float) -> bool:
        with self._changed:
            if timeout_seconds > 0 and not self._items:
                self._is_awaited = True
                self._changed.notify_all()
            return self._changed.wait_for(lambda: self._items or self._is_closed, timeout_seconds) is not False

    def wait_idle(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._is_awaited, PATIENCE_SECONDS)

    def read(self) -> AudioFrame | Status | None:
        with self._changed:
            return self._items.popleft() if self._items else None

    def close(self) -> None:
        with self._changed:
            self._is_closed = True
            self._changed.notify()


class Running:
    """The loop on a thread of its own; `sent` is what it gave out."""

    def __init__(
        self, folder: Path, source: Source, pauses: Pauses | None = None, is_alone: bool = False, goes_on: bool = False
    ) -> None:
        self._folder, self.source = folder, source
        self._recorder = CrashSafeRecorder(folder, source.channels)
        self.sent: list[Message] = []
        self.loop = RecordingLoop(source, self._recorder, folder, self, pauses=pauses, goes_on=goes_on)  # type: ignore[arg-type]
        self.loop.alone_since_seconds = time.monotonic() if is_alone else None
        self._threads = [threading.Thread(target=self.loop.run)]
        self._threads[0].start()

    def send(self, message: Message) -> None:
        self.sent.append(message)

    def stop(self, at_seconds: float) -> None:
        self._threads.append(threading.Thread(target=self.loop.stop, args=(ORIGIN_SECONDS + at_seconds,)))
        self._threads[-1].start()
        wait_until(lambda: self.loop.pauses.is_stopped)

    def goes_on(self) -> None:
        """For some time, and some beats."""
        time.sleep(0.05)
        assert all(thread.is_alive() for thread in self._threads)

    def kept_seconds(self) -> tuple[float, float]:
        """Wait for the end: of each channel where its last sound ends."""
        wait_until(lambda: not any(thread.is_alive() for thread in self._threads))
        self.close()
        recorded = on_disk(self._folder)
        you, them = (
            float((np.flatnonzero(side)[-1] + 1) / SAMPLE_RATE_HZ) if side.any() else 0.0 for side in recorded.T
        )
        return you, them

    def close(self) -> None:
        self.source.close()
        for thread in self._threads:
            thread.join()
        self._recorder.close()
