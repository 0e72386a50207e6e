"""Hours of a call at accelerated speed: does memory grow, do the channels drift apart, how long does recovery take?

Two simulated devices, one 100 ppm fast and one 80 ppm slow, on a machine that is late at random, through all of capture
and recording. Each plays a click at every full second of true time: where the clicks lie in the recording is the drift.
"""

from __future__ import annotations

import fcntl
import os
import resource
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.capture.feed import Block
from assistant.audio.capture.live import LiveSource
from assistant.audio.recorder.outbox import Outbox
from assistant.audio.recorder.process import RecordingLoop
from assistant.audio.recorder.wire import receive
from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel
from benchmarks.capture.rig import recorded_side

_PPM = {Channel.YOU: 100.0, Channel.THEM: -80.0}
_BLOCK = 640  # 40 ms
_LATE_SECONDS = 0.004
_AHEAD_SECONDS = 5.0  # of the reader and of the other channel: half of what the pipe between them holds
_PIPE_BYTES = 1 << 20
_CLICK = 20_000


class _Time:
    """How far everybody is, so that nobody runs away."""

    def __init__(self, end_seconds: float) -> None:
        self.changed = threading.Condition()
        self.spoken_seconds = dict.fromkeys(Channel, 0.0)
        self.read_seconds = 0.0
        self.end_seconds = end_seconds

    def spoke(self, channel: Channel, seconds: float) -> None:
        with self.changed:
            self.spoken_seconds[channel] = seconds
            self.changed.notify_all()
            self.changed.wait_for(lambda: seconds - self._slowest_seconds() < _AHEAD_SECONDS, 10.0)

    def _slowest_seconds(self) -> float:
        return min(*self.spoken_seconds.values(), self.read_seconds)

    def read(self, seconds: float) -> None:
        with self.changed:
            self.read_seconds = max(self.read_seconds, seconds)
            self.changed.notify_all()


class _Feed:
    """A device whose blocks arrive as fast as they are taken, stamped with the time at which they would have."""

    description = "a simulated device"

    def __init__(self, channel: Channel, now: _Time, began_seconds: float) -> None:
        self._channel, self._now, self._began_seconds = channel, now, began_seconds
        self._rate_hz = SAMPLE_RATE_HZ * (1 + _PPM[channel] / 1e6)
        self._random = np.random.default_rng(1)
        self._samples = 0

    def read(self) -> Block | None:
        start, self._samples = self._samples, self._samples + _BLOCK
        end_seconds = self._samples / self._rate_hz
        if end_seconds > self._now.end_seconds:
            time.sleep(0.05)
            return None
        self._now.spoke(self._channel, end_seconds)
        samples = np.zeros(_BLOCK, np.int16)
        place = round(np.ceil(start / self._rate_hz) * self._rate_hz) - start
        if 0 <= place < _BLOCK:
            samples[place] = _CLICK
        return Block(self._began_seconds + end_seconds + self._random.exponential(_LATE_SECONDS), samples)

    def close(self) -> None:
        """Nothing is held."""


class _Backend:
    def __init__(self, now: _Time) -> None:
        self._now = now
        self._began_seconds = time.monotonic()

    def attach(self, channel: Channel) -> _Feed:
        return _Feed(channel, self._now, self._began_seconds)

    def wait_for_change(self, timeout_seconds: float) -> None:
        time.sleep(timeout_seconds)

    def stop(self) -> None:
        """Nothing waits."""


def measure(hours: float) -> list[str]:
    """Lines of a report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "call"
        now = _Time(hours * 3600)
        took_seconds, memory = _record(folder, now)
        memory.append(_resident_bytes())
        drift = _apart(folder)
        began = time.monotonic()
        finish(folder)
        packed_seconds = time.monotonic() - began
    early, late = memory[len(memory) // 10], memory[-1]
    return [
        f"{hours:g} h of both voices in {took_seconds:.0f} s: memory {early / 1e6:.0f} MB after a tenth, "
        f"{late / 1e6:.0f} MB at the end; channels apart at most {1000 * drift:.1f} ms; recovered (packed and "
        f"verified) in {packed_seconds:.1f} s"
    ]


def _record(folder: Path, now: _Time) -> tuple[float, list[float]]:
    ours, theirs = os.pipe()
    fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    out = Outbox(theirs)
    source = LiveSource(_Backend(now), tuple(Channel))
    recorder = CrashSafeRecorder(folder, tuple(Channel))
    memory: list[float] = []

    def read_along() -> None:
        with os.fdopen(ours, "rb") as pipe:
            while (message := receive(pipe)) is not None:
                if isinstance(message, AudioFrame):
                    now.read(message.start_seconds)
                    if message.start_seconds > len(memory) * now.end_seconds / 100:
                        memory.append(_resident_bytes())
                    if message.end_seconds > now.end_seconds - 1.0:
                        source.close()

    reader = threading.Thread(target=read_along)
    reader.start()
    began = time.monotonic()
    RecordingLoop(source, recorder, folder, out).run()
    out.flush(10.0)
    os.close(theirs)
    reader.join()
    recorder.close()
    return time.monotonic() - began, memory


def _apart(folder: Path) -> float:
    """The largest distance of the two channels' clicks of the same second."""
    places = [_clicks(recorded_side(folder, side)) for side in range(2)]
    both = set(places[0]) & set(places[1])
    return max(abs(places[0][second] - places[1][second]) for second in both)


def _clicks(samples: NDArray[np.int16]) -> dict[int, float]:
    """The full second that each click stands for, and where it lies."""
    loud = np.flatnonzero(samples > _CLICK // 3)
    loud = loud[np.diff(loud, prepend=-1000) > 100]
    return {round(place / SAMPLE_RATE_HZ): place / SAMPLE_RATE_HZ for place in loud}


def _resident_bytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
