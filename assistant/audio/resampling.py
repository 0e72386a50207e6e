"""Any rate to 16 kHz, as a stream: filters that start anew with every piece would be heard at each seam."""

from __future__ import annotations

from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ


def bounded(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same sound within -1..1, and silence where a broken file or device gives no number.

    To be called before anything is mixed or filtered: one NaN or 1e30 in a filter spoils a tenth of a second.
    """
    sound: NDArray[np.float32] = np.nan_to_num(np.clip(samples, -1.0, 1.0), copy=False, nan=0.0)
    return sound


def as_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """-1..1 to int16, rounded, without dither: digital silence has to stay exact, because it means a muted device."""
    scaled = samples * np.float32(32768.0)
    np.rint(scaled, out=scaled)
    np.maximum(scaled, np.float32(-32768.0), out=scaled)
    np.minimum(scaled, np.float32(32767.0), out=scaled)  # in one place: numpy's clip and copies take half as long again
    return scaled.astype(np.int16)


class Resampler:
    """For one stream of `channels` channels. A stream that is at 16 kHz passes as it is."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._rate_hz = rate_hz
        self._channels = channels
        self._stream: Any = None
        if rate_hz != SAMPLE_RATE_HZ:
            self._stream = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, channels, dtype="float32", quality="HQ")

    def process(self, samples: NDArray[np.float32]) -> NDArray[np.int16]:
        """(samples, channels) at the stream's rate, `bounded`, to (fewer or more, channels)."""
        return as_int16(samples if self._stream is None else self._stream.resample_chunk(samples))

    def at_16_khz(self, samples: int) -> float:
        """How many at 16 kHz so many of the stream's are; `process` gives them by fits and starts, 30 ms at once."""
        return samples * SAMPLE_RATE_HZ / self._rate_hz

    def finish(self) -> NDArray[np.int16]:
        """What the filter still holds."""
        nothing = np.zeros((0, self._channels), np.float32)
        return as_int16(nothing if self._stream is None else self._stream.resample_chunk(nothing, last=True))
