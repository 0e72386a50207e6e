"""Listens to the real sound server as a session does, and says what of two tones is in what was heard."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.capture import LiveSource
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, State, Status
from tests.conftest import VirtualAudio
from tests.waiting import PATIENCE_SECONDS

YOU, THEM = Channel.YOU, Channel.THEM
MICROPHONE_HZ, CALL_HZ = 440.0, 1000.0
PITCHES_HZ = {YOU: MICROPHONE_HZ, THEM: CALL_HZ}
TONE_AMPLITUDE = 0.3


class Listener:
    """Reads a source on a thread of its own, as the session does, and keeps everything."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self.items: list[AudioFrame | AudioGap | Status] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.source.close()
        self._thread.join()

    def _run(self) -> None:
        while (item := self.source.read()) is not None:
            with self._changed:
                self.items.append(item)
                self._changed.notify()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, PATIENCE_SECONDS), self.statuses()

    def hear(self, channel: Channel, seconds: float) -> None:
        """Wait for that much more of a channel."""
        until_seconds = self.heard_seconds(channel) + seconds
        self.wait_until(lambda: self.heard_seconds(channel) >= until_seconds)

    def hear_tone(self, channel: Channel, pitch_hz: float) -> None:
        """Wait for a quarter of a second of it from now on: players and devices take their time."""
        begin = len(self.items)

        def is_heard() -> bool:
            new = [i.samples for i in self.items[begin:] if isinstance(i, AudioFrame) and i.channel is channel]
            return int(np.sum(loudness(np.concatenate([np.zeros(0), *new]) / 32768, pitch_hz) > 0.25)) > 12

        self.wait_until(is_heard)

    def heard_seconds(self, channel: Channel) -> float:
        heard = [item for item in list(self.items) if isinstance(item, AudioFrame) and item.channel is channel]
        return sum(len(frame.samples) for frame in heard) / SAMPLE_RATE_HZ

    def end_seconds(self, channel: Channel) -> float:
        """Up to where the channel has been given out."""
        given = [item for item in list(self.items) if not isinstance(item, Status) and item.channel is channel]
        return given[-1].end_seconds if given else 0.0

    def statuses(self, state: State | None = None) -> list[Status]:
        return [item for item in list(self.items) if isinstance(item, Status) and state in (None, item.state)]

    def states(self, channel: Channel) -> list[State]:
        return [status.state for status in self.statuses() if status.channel is channel]

    def gaps(self, channel: Channel) -> list[AudioGap]:
        return [item for item in self.items if isinstance(item, AudioGap) and item.channel is channel]

    def absences(self, channel: Channel) -> list[AudioGap]:
        """Gaps for want of the device. A busy machine makes others."""
        return [gap for gap in self.gaps(channel) if "too busy" not in gap.reason]

    def sound(self, channel: Channel) -> NDArray[np.float64]:
        """The channel from 0.0, gaps as silence; nothing may overlap or be missing."""
        parts, end_seconds = [], 0.0
        for item in self.items:
            if isinstance(item, Status) or item.channel is not channel:
                continue
            assert item.start_seconds == pytest.approx(end_seconds, abs=1e-9)
            end_seconds = item.end_seconds
            gap = round((item.end_seconds - item.start_seconds) * SAMPLE_RATE_HZ)
            parts.append(item.samples / 32768 if isinstance(item, AudioFrame) else np.zeros(gap))
        return np.concatenate(parts)


@contextmanager
def playing(audio: VirtualAudio, *sounds: tuple[Path, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    players = [audio.play(file, device) for file, device in sounds]
    try:
        yield players
    finally:
        for player in players:
            player.kill()
            player.wait()


def loudness(sound: NDArray[np.float64], pitch_hz: float) -> NDArray[np.float64]:
    """The amplitude of a tone in each 20 ms."""
    blocks = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    wave = np.exp(-2j * np.pi * pitch_hz * np.arange(320) / SAMPLE_RATE_HZ)
    return np.abs(blocks @ wave) * 2 / 320


def carries(sound: NDArray[np.float64], pitch_hz: float) -> bool:
    """Some 20 ms hold more of this tone than of the other one, whose edges touch every pitch a little."""
    other_hz = CALL_HZ if pitch_hz == MICROPHONE_HZ else MICROPHONE_HZ
    mine, others = loudness(sound, pitch_hz), loudness(sound, other_hz)
    return bool(np.any((mine > 0.01) & (mine > others)))


def recorders() -> list[str]:
    """Processes parec that record from this test's sound server."""
    found, server = [], f"PULSE_SERVER={os.environ['PULSE_SERVER']}".encode()
    for process in Path("/proc").iterdir():
        try:
            arguments = (process / "cmdline").read_bytes()
            if arguments.split(b"\0")[0] == b"parec" and server in (process / "environ").read_bytes().split(b"\0"):
                found.append(process.name)
        except OSError:  # no process, or one that has just ended
            continue
    return found
