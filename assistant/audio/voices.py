"""Do two channels carry two voices, or the same sound twice?

A call that was recorded with one voice per channel alternates: now one side is loud, now the other, and what they carry
is not alike. A mono recording saved as stereo, or one microphone pair in a room, carries the same sound in both.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ

BLOCK_SAMPLES = 8192  # 0.51 s: a power of two for the transform, about a word

_ACTIVE_RMS = 100.0  # of int16, -50 dBFS: below it a block says nothing
_ALIKE = 0.4  # likeness of two microphones in a room is above, of two voices below
_LAG_SAMPLES = SAMPLE_RATE_HZ // 50  # 20 ms: sound travels 7 m, further than two microphones stand apart
_LOUDER = 10.0 ** (10.0 / 20.0)  # 10 dB
_SHARE = 0.1  # of the active blocks: both people say something in that much of a call
_ENOUGH_BLOCKS = 40  # after 20 s of sound a plain case is decided
_PLAIN_SHARE = 0.3
_LIMIT_BLOCKS = 1200  # 10 min of sound, silence not counted: longer announcements at the start are not known


class VoiceComparison:
    """Feed blocks of both channels until `is_decided`, then ask `are_two_voices`."""

    def __init__(self) -> None:
        self._active = 0
        self._unlike = 0
        self._first_louder = 0
        self._second_louder = 0

    def add(self, first: NDArray[np.int16], second: NDArray[np.int16]) -> None:
        """Each is (BLOCK_SAMPLES,) int16."""
        one, two = first.astype(np.float64), second.astype(np.float64)
        loudness_one, loudness_two = (float(np.sqrt(np.mean(block**2))) for block in (one, two))
        if max(loudness_one, loudness_two) < _ACTIVE_RMS:
            return
        self._active += 1
        self._unlike += _likeness(one, two) < _ALIKE
        self._first_louder += loudness_one > _LOUDER * loudness_two
        self._second_louder += loudness_two > _LOUDER * loudness_one

    @property
    def is_decided(self) -> bool:
        if self._active >= _LIMIT_BLOCKS:
            return True
        return self._active >= _ENOUGH_BLOCKS and self._unlike >= _PLAIN_SHARE * self._active

    @property
    def are_two_voices(self) -> bool:
        """Unlike sound in both, or the same sound that leans now to one side, now to the other (a line with echo)."""
        enough = _SHARE * self._active
        leans_both_ways = min(self._first_louder, self._second_louder) >= enough
        return self._active > 0 and (self._unlike >= enough or leans_both_ways)


def _likeness(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """Largest normalised cross-correlation within the lag, 0..1. Wraps round at the ends, which 20 ms allow."""
    energy = float(np.sqrt(np.sum(one**2) * np.sum(two**2)))
    if energy == 0.0:
        return 0.0
    correlation = np.fft.irfft(np.fft.rfft(one) * np.conj(np.fft.rfft(two)))
    near = np.concatenate((correlation[: _LAG_SAMPLES + 1], correlation[-_LAG_SAMPLES:]))
    return float(np.max(np.abs(near))) / energy
