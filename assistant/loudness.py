"""How loud a stretch of sound is. Pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray


def rms_dbfs(samples: NDArray[np.int16]) -> float:
    """Root mean square of (samples,) int16 in dB below full scale; -96 for digital silence.

    A constant offset, which cheap converters add, is no sound: counted, it would hold every utterance open.
    """
    if not len(samples):
        return -96.0
    values = samples.astype(np.float64) / 32768
    power = float(values @ values / len(values) - (values.sum() / len(values)) ** 2)
    return max(-96.0, 10 * math.log10(power)) if power > 0 else -96.0
