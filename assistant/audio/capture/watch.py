"""What a channel's sound says about its device: is it digital silence, is it clipped?

Runs on the channel's thread; never blocks. Pure.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ, Channel, State, Status

WHO = {Channel.YOU: "Your microphone", Channel.THEM: "The call's sound"}

SILENCE_SECONDS = 10.0
CLIPPED_LEVEL = 32_700  # of 32768: a converter's or a mixer's end of scale, give or take what resampling does to it
CLIPPED_SHARE = 0.002  # of a second's samples: a dropped pen is less
_CLIPPED_SECONDS = 3  # such seconds within _CLIPPED_WITHIN_SECONDS make it worth saying
_CLIPPED_WITHIN_SECONDS = 30

_WHY_SILENT = {
    Channel.YOU: "it is muted, or another microphone is in use",
    Channel.THEM: "nobody has spoken yet, or the output that plays the call is muted or another one",
}
_LOWER = {
    Channel.YOU: "Lower the microphone's level in the system's sound settings, or move it away.",
    Channel.THEM: "Lower the volume in the program that plays the call.",
}


class SoundWatch:
    """Feed it a channel's sound in order. It says each thing once: silence each time anew, clipping once."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._zeros = 0
        self._second: list[NDArray[np.int16]] = []
        self._second_samples = 0
        self._seconds = 0
        self._clipped: list[int] = []  # numbers of the seconds that were
        self._told_clipping = False

    def hear(self, samples: NDArray[np.int16]) -> list[Status]:
        """What a user should know now; `samples` is (samples,) at 16 kHz."""
        told = {State.SILENT: self._silence(samples), State.WARNING: self._clipping(samples)}
        return [Status(state, message, self._channel) for state, message in told.items() if message]

    def _silence(self, samples: NDArray[np.int16]) -> str:
        limit = SILENCE_SECONDS * SAMPLE_RATE_HZ
        was_told = self._zeros >= limit
        self._zeros = 0 if np.count_nonzero(samples) else self._zeros + len(samples)
        if self._zeros < limit or was_told:
            return ""
        return (
            f"{WHO[self._channel]} has been digital silence for {SILENCE_SECONDS:.0f} s: "
            f"{_WHY_SILENT[self._channel]}. The recording goes on."
        )

    def _clipping(self, samples: NDArray[np.int16]) -> str:
        if self._told_clipping:
            return ""
        self._second.append(samples)
        self._second_samples += len(samples)
        if self._second_samples < SAMPLE_RATE_HZ:
            return ""
        self._seconds += 1
        self._second_samples = 0
        if clipped_share(np.concatenate(self._second)) > CLIPPED_SHARE:
            self._clipped.append(self._seconds)
        self._second.clear()
        recent = [second for second in self._clipped if second > self._seconds - _CLIPPED_WITHIN_SECONDS]
        self._clipped = recent
        self._told_clipping = len(recent) >= _CLIPPED_SECONDS
        if not self._told_clipping:
            return ""
        return f"{WHO[self._channel]} is clipped: it is too loud, and words are distorted. {_LOWER[self._channel]}"


def clipped_share(samples: NDArray[np.int16]) -> float:
    """Of (samples,), how many stand at the end of the scale."""
    return float(np.mean(np.abs(samples.astype(np.int32)) >= CLIPPED_LEVEL)) if len(samples) else 0.0
