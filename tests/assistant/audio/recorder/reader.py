"""Reads what the recording process gives out, as a session does, and what it left on the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.audio.recorder import RecorderSource
from assistant.audio.recorder.source import BROKE_OFF
from assistant.audio.recording import read_recording
from assistant.errors import CaptureError, RecordingError
from assistant.sealing.keys import FileKey
from assistant.values import AudioFrame, AudioGap, Channel, State, Status
from tests.waiting import PATIENCE_SECONDS, wait_until


class Reader:
    """Reads a source on a thread of its own, as the session does, and keeps everything."""

    def __init__(self, folder: Path, key: FileKey | None = None) -> None:
        self.folder = folder
        self.source = RecorderSource()
        self.source.record_into(folder, key)
        self.items: list[AudioFrame | AudioGap | Status] = []
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            while (item := self.source.read()) is not None:
                self.items.append(item)
        except (CaptureError, RecordingError) as error:
            self.failure = error

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        wait_until(is_so, lambda: [item for item in self.items if isinstance(item, Status)])

    def hear(self, seconds: float = 0.3) -> None:
        """Wait for that much more of both channels."""
        until = {channel: self.end_seconds(channel) + seconds for channel in Channel}
        self.wait_until(lambda: all(self.end_seconds(channel) >= until[channel] for channel in Channel))

    def end_seconds(self, channel: Channel) -> float:
        ends = [item.end_seconds for item in list(self.items) if self.is_sound(item, channel)]
        return ends[-1] if ends else 0.0

    def told_seconds(self, channel: Channel) -> float:
        """Where the newest frame or gap ends."""
        items = [item for item in list(self.items) if not isinstance(item, Status) and item.channel is channel]
        return items[-1].end_seconds if items else 0.0

    @staticmethod
    def is_sound(item: Any, channel: Channel) -> bool:
        return isinstance(item, AudioFrame) and item.channel is channel

    def gaps(self, channel: Channel) -> list[AudioGap]:
        return [item for item in list(self.items) if isinstance(item, AudioGap) and item.channel is channel]

    def breaks(self, channel: Channel) -> list[AudioGap]:
        """Gaps for want of the recorder. A busy machine makes others."""
        return [gap for gap in self.gaps(channel) if gap.reason == BROKE_OFF]

    def states(self) -> list[State]:
        return [item.state for item in list(self.items) if isinstance(item, Status)]

    def close(self) -> None:
        self.source.close()
        self.join()

    def join(self) -> None:
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


def is_alive(process_id: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False


def on_disk(folder: Path) -> NDArray[np.int16]:
    return np.concatenate([np.zeros((0, 2), np.int16), *read_recording(folder).blocks()])


def press_now(source: RecorderSource, press: Callable[[float], None]) -> float:
    """Where the call's clock stands."""
    pressed_seconds = time.monotonic()
    press(pressed_seconds)
    assert source.origin_seconds is not None
    return pressed_seconds - source.origin_seconds
