"""The virtual sound card, and a recorder that listens to it."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.recorder import RecorderSource
from assistant.audio.recording import read_recording
from assistant.errors import RecordingError
from assistant.values import AudioFrame, AudioGap, Status
from tests.conftest import VirtualAudio

RATE_HZ = 48_000  # of the virtual card


@contextmanager
def sound_card(server: str) -> Iterator[VirtualAudio]:
    """A private sound server, which this process and its children find."""
    with tempfile.TemporaryDirectory(prefix="depthcue-bench-") as folder:
        audio = VirtualAudio(Path(folder), server)
        audio("start")
        os.environ.update(audio.environment)
        try:
            yield audio
        finally:
            audio("stop")


class Recording(threading.Thread):
    """Records into `folder` and reads along, as a session would, until `stop`."""

    def __init__(self, folder: Path, mic: str = "mic", call: str = "call") -> None:
        super().__init__(daemon=True)
        self.folder = folder
        self.source = RecorderSource(mic, call)
        self.source.record_into(folder)
        self.items: list[AudioGap | Status] = []
        self.frames = 0
        self._clock: int | None = None
        self.start()

    def run(self) -> None:
        self._clock = threading.get_native_id()
        with suppress(RecordingError):  # said before as a state
            while (item := self.source.read()) is not None:
                if isinstance(item, AudioFrame):
                    self.frames += 1
                else:
                    self.items.append(item)

    def stop(self) -> None:
        self.source.close()
        self.join()

    @property
    def gaps(self) -> list[AudioGap]:
        return [item for item in self.items if isinstance(item, AudioGap)]

    def processor_seconds(self) -> dict[str, float]:
        """Used so far by the process that records, by the server's clients that it runs, and by reading along."""
        assert self._clock is not None
        recorder = self.source.process_id
        reading = _used(Path(f"/proc/self/task/{self._clock}/stat"))
        clients = sum(_used(Path(f"/proc/{pid}/stat")) for pid in children(recorder))
        return {"recorder": _used(Path(f"/proc/{recorder}/stat")), "parec": clients, "reading": reading}


def children(process_id: int) -> list[int]:
    tasks = Path(f"/proc/{process_id}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _used(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def recorded(folder: Path) -> NDArray[np.float32]:
    """(samples, 2) of a recording, finished or raw, in -1..1."""
    blocks = [np.zeros((0, 2), np.int16), *read_recording(folder).blocks()]
    return np.concatenate(blocks).astype(np.float32) / np.float32(32768)


def recorded_side(folder: Path, side: int) -> NDArray[np.int16]:
    """(samples,) of one channel, without the other in memory."""
    return np.concatenate([np.zeros(0, np.int16), *(block[:, side] for block in read_recording(folder).blocks())])
