"""Plays a recording, both voices in both ears.

`Player` belongs to one thread (the window's) and never waits. Each stretch that is played has a thread of its own,
which opens the output, reads the recording and writes: it alone waits for the disk and for the sound card.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.outputs import Output, open_output
from assistant.audio.recorded import read_recording
from assistant.errors import PlaybackError, RecordingError
from assistant.values import SAMPLE_RATE_HZ

_WRITE_SECONDS = 0.02  # a pause is heard as late as this
_PATIENCE_SECONDS = 1.0  # for an output that takes nothing any more: a window must not hang with it


class Player:
    """One recording. A failure never stops the program: it is asked for."""

    def __init__(self, audio: Path, output: Callable[[], Output] = open_output) -> None:
        """`audio` is what `read_recording` takes.

        Raises:
            RecordingError: it can't be read.
        """
        self._recording = read_recording(audio)
        self._open_output = output
        self._position_seconds = 0.0
        self._stretch: _Stretch | None = None  # what plays, or played to its end
        self._newest: _Stretch | None = None  # the same, or one that a pause has stopped: it may still hold the device

    @property
    def length_seconds(self) -> float:
        return self._recording.length_seconds

    @property
    def is_playing(self) -> bool:
        return self._stretch is not None and not self._stretch.is_over

    @property
    def position_seconds(self) -> float:
        """What is heard now, or what a press on play would begin with."""
        if self._stretch is not None:
            self._position_seconds = min(self._stretch.heard_seconds, self.length_seconds)
        return self._position_seconds

    @property
    def failure(self) -> str:
        """Why nothing is heard, for a person; empty while all is well."""
        return self._stretch.failure if self._stretch is not None else ""

    def play(self, from_seconds: float | None = None) -> None:
        """Be heard from there, or from where it stands; from the beginning where that is the end. Returns at once."""
        start_seconds = self.position_seconds if from_seconds is None else from_seconds
        if start_seconds >= self.length_seconds:
            start_seconds = 0.0
        before = self._stop()
        blocks = self._recording.blocks
        self._stretch = self._newest = _Stretch(max(0.0, start_seconds), blocks, self._open_output, before)
        self._stretch.start()

    def pause(self) -> None:
        """Be silent, a moment later."""
        self._position_seconds = self.position_seconds
        self._stop()
        self._stretch = None

    def seek(self, to_seconds: float) -> None:
        """Stand there; what plays goes on from there."""
        to_seconds = min(max(0.0, to_seconds), self.length_seconds)
        if self.is_playing:
            self.play(to_seconds)
        else:
            self.pause()
            self._position_seconds = to_seconds

    def close(self) -> None:
        """Be silent, and return when no thread is left; one that a hung sound server holds ends with the program."""
        before = self._stop()
        if before is not None:
            before.join(_PATIENCE_SECONDS)

    def _stop(self) -> _Stretch | None:
        if self._newest is not None:
            self._newest.stop()
        return self._newest


class _Stretch(threading.Thread):
    """Plays from a moment until it is stopped or the recording ends."""

    def __init__(
        self,
        start_seconds: float,
        blocks: Callable[[float], Iterator[NDArray[np.int16]]],
        output: Callable[[], Output],
        before: _Stretch | None,
    ) -> None:
        super().__init__(name="playback", daemon=True)
        self._start_seconds = start_seconds
        self._blocks = blocks
        self._open_output = output
        self._before = before
        self._stopped = threading.Event()
        self._progress = (0.0, 0.0)  # seconds that were taken, and when; replaced as one
        self._latency_seconds = 0.0
        self.is_over = False
        self.failure = ""

    @property
    def heard_seconds(self) -> float:
        """The output says what it took; what of that is heard follows from its latency and the time since."""
        written_seconds, at_seconds = self._progress
        if not written_seconds:
            return self._start_seconds
        since_seconds = 0.0 if self.is_over else time.monotonic() - at_seconds
        waiting_seconds = 0.0 if self.is_over else max(0.0, self._latency_seconds - since_seconds)
        return self._start_seconds + max(0.0, written_seconds - waiting_seconds)

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        try:
            if self._before is not None:
                self._before.join()  # a device may be anybody's only once
                self._before = None
            if not self._stopped.is_set():
                self._play()
        except (PlaybackError, RecordingError) as error:
            self.failure = str(error)
        finally:
            self.is_over = True

    def _play(self) -> None:
        output = self._open_output()
        try:
            self._latency_seconds = output.latency_seconds
            step = round(_WRITE_SECONDS * SAMPLE_RATE_HZ)
            for block in self._blocks(self._start_seconds):
                sound = mixed(block)
                for first in range(0, len(sound), step):
                    if self._stopped.is_set():
                        return
                    piece = sound[first : first + step]
                    output.write(piece)
                    self._progress = (self._progress[0] + len(piece) / SAMPLE_RATE_HZ, time.monotonic())
            output.finish()
        finally:
            output.close()


def mixed(block: NDArray[np.int16]) -> NDArray[np.int16]:
    """(samples, 2) to (samples,): both voices at their own loudness; they seldom speak at once."""
    sound: NDArray[np.int16] = np.clip(block.sum(axis=1, dtype=np.int32), -32768, 32767).astype(np.int16)
    return sound
