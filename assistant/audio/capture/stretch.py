"""Sound a little faster or slower, by some millionths up to some thousandths: how a device keeps pace with another.

A sample put in or left out is a step in the waveform, which harms an "s"; here the delay changes so slowly that nothing
is harmed. (What soxr offers for rates that vary turns the phase, and turns it again whenever the rate goes through 1.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assistant.audio.resampling import as_int16

_HALF = 24  # samples to either side of a filter that lets 7.3 kHz of 8 through unharmed
_BETA = 7.0  # of its Kaiser window: what it adds lies 70 dB below
_FINE = 64  # filters for a sample of delay; between two of them a line will do
_BEYOND = 0.125  # samples: a piece may end that far beyond the sample at which it began
_MOST_CHANGE = 0.05  # samples of delay, within a piece: two filters, and evenly from one to the other


class Stretch:
    """One stream. As long as `speed` was never anything but 0.0, sound passes as it is, at once; then 1.5 ms later."""

    def __init__(self) -> None:
        self.speed = 0.0  # 1e-4: of 10,001 samples that come in 10,000 come out
        self._sound = np.zeros(_HALF, np.int16)  # what was given out last, and what was not yet
        self._at = float(_HALF)  # place of the next sample to give out

    def process(self, samples: NDArray[np.int16]) -> NDArray[np.int16]:
        """(samples,) to (fewer or more,)."""
        self._sound = np.concatenate((self._sound, samples))
        if self.speed == 0.0 and self._at.is_integer():
            pieces = [self._sound[int(self._at) :]]
            self._at = float(len(self._sound))
        else:
            pieces = [np.zeros(0, np.int16)]
            most = int(_MOST_CHANGE / max(abs(self.speed), 1e-9))
            while (count := min(most, self._ready())) > 0:
                pieces.append(self._piece(count))
        past = int(self._at) - _HALF
        self._sound = self._sound[past:]
        self._at -= past
        return np.concatenate(pieces)

    def _ready(self) -> int:
        """How many samples can be given out now."""
        return int((len(self._sound) - _HALF - 1 - self._at) / (1.0 + self.speed))

    def _piece(self, count: int) -> NDArray[np.int16]:
        first = int(self._at)
        around = self._sound[first - _HALF + 1 : first + _HALF + count].astype(np.float32) / np.float32(32768.0)
        before = self._at - first
        behind = before + count * self.speed
        sound = np.correlate(around, _delay(before))
        if behind != before:
            share = np.arange(count, dtype=np.float32) / np.float32(count)
            sound += share * (np.correlate(around, _delay(behind)) - sound)
        self._at += count * (1.0 + self.speed)
        return as_int16(sound)


def _delay(samples: float) -> NDArray[np.float32]:
    """A filter whose output lies that far (0 to 1, or a little beyond) behind the middle one of its taps."""
    place = (samples + _BEYOND) * _FINE
    share = np.float32(place % 1)
    taps: NDArray[np.float32] = _FILTERS[int(place)] * (1 - share) + _FILTERS[int(place) + 1] * share
    return taps


def _filters() -> NDArray[np.float32]:
    """(delays, taps), a `_FINE` part of a sample between one and the next, the first with a delay of -`_BEYOND`."""
    delays = np.arange(round((1 + 2 * _BEYOND) * _FINE) + 1) / _FINE - _BEYOND
    places = np.arange(-_HALF + 1, _HALF + 1) - delays[:, np.newaxis]
    taps = np.sinc(places) * np.i0(_BETA * np.sqrt(np.maximum(0.0, 1.0 - (places / _HALF) ** 2)))
    whole: NDArray[np.float32] = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
    return whole


_FILTERS = _filters()
