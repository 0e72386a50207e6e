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
    return rms_dbfs_of_each(samples[None])[0] if len(samples) else SILENCE_DBFS


def rms_dbfs_of_each(blocks: NDArray[np.int16]) -> list[float]:
    """The same of each row of (blocks, samples): of many at once each costs far less."""
    values = blocks.astype(np.float64) / 32768
    powers = np.einsum("bs,bs->b", values, values) / blocks.shape[1] - values.mean(axis=1) ** 2
    return [max(SILENCE_DBFS, 10 * math.log10(power)) if power > 0 else SILENCE_DBFS for power in powers.tolist()]
