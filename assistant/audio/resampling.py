"""Any rate to 16 kHz, as a stream: filters that start anew with every piece would be heard at each seam."""

from __future__ import annotations

from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ


def as_int16(samples: NDArray[np.float32]) -> NDArray[np.int16]:
    """-1..1 to int16, rounded and without dither: digital silence has to stay exact, because it means a muted device.

    Broken files hold NaN and infinities; neither is a sound.
    """
    scaled = np.nan_to_num(samples * np.float32(32768.0), nan=0.0, posinf=32767.0, neginf=-32768.0)
    whole: NDArray[np.int16] = np.clip(np.rint(scaled), -32768, 32767).astype(np.int16)
    return whole


class Resampler:
    """For one stream of `channels` channels. A stream that is at 16 kHz passes as it is."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._channels = channels
        self._stream: Any = None
        if rate_hz != SAMPLE_RATE_HZ:
            self._stream = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, channels, dtype="float32", quality="HQ")

    def process(self, samples: NDArray[np.float32]) -> NDArray[np.int16]:
        """(samples, channels) in -1..1 at the stream's rate, to (fewer or more, channels)."""
        return as_int16(samples if self._stream is None else self._stream.resample_chunk(samples))

    def finish(self) -> NDArray[np.int16]:
        """What the filter still holds."""
        nothing = np.zeros((0, self._channels), np.float32)
        return as_int16(nothing if self._stream is None else self._stream.resample_chunk(nothing, last=True))
