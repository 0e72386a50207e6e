"""How loud a stretch of sound is. Pure."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from assistant.values import SILENCE_DBFS


def rms_dbfs(samples: NDArray[np.int16]) -> float:
    """Root mean square of (samples,) int16 in dB below full scale; `SILENCE_DBFS` for digital silence.

    A constant offset, which cheap converters add, is no sound: counted, it would hold every utterance open.
    """
    if not len(samples):
        return SILENCE_DBFS
    values = samples.astype(np.float64) / 32768
    power = float(values @ values / len(values) - (values.sum() / len(values)) ** 2)
    return max(SILENCE_DBFS, 10 * math.log10(power)) if power > 0 else SILENCE_DBFS
