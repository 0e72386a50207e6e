"""How loud a channel is just now. Runs on the listening thread; never blocks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from assistant.values import SILENCE_DBFS, AudioFrame, Channel, Level

LEVEL_SECONDS = 0.1  # between two readings of a meter


class Meter:
    """Peaks of a channel, a few times a second."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._pieces: list[NDArray[np.int16]] = []
        self._next_seconds = 0.0

    def measure(self, frame: AudioFrame) -> Level | None:
        self._pieces.append(frame.samples)
        if frame.end_seconds < self._next_seconds:
            return None
        self._next_seconds = frame.end_seconds + LEVEL_SECONDS
        level = Level(self._channel, round(peak_dbfs(np.concatenate(self._pieces)), 1))
        self._pieces.clear()
        return level


def peak_dbfs(samples: NDArray[np.int16]) -> float:
    peak = int(np.max(np.abs(samples.astype(np.int32)), initial=0)) / 32768
    return 20 * math.log10(peak) if peak else SILENCE_DBFS
