"""Voice detection by webrtcvad. One detector per channel, used by the listening thread; a block takes microseconds."""

from __future__ import annotations

import numpy as np
import webrtcvad
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ

BLOCK_SECONDS = 0.02  # webrtcvad takes 10, 20 or 30 ms
AGGRESSIVENESS = 2  # of 0..3; 3 loses soft voices, 1 opens on noise


class WebRtcVoiceDetector:
    """Implements `assistant.ports.VoiceDetector`."""

    block_seconds = BLOCK_SECONDS

    def __init__(self) -> None:
        self._vad = webrtcvad.Vad(AGGRESSIVENESS)

    def is_speech(self, samples: NDArray[np.int16]) -> bool:
        """`samples` is (320,) int16 at 16 kHz."""
        return bool(self._vad.is_speech(samples.tobytes(), SAMPLE_RATE_HZ))
