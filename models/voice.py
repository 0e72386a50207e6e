"""Is there a voice? webrtcvad tells it block by block, Silero for a whole utterance."""

from __future__ import annotations

from typing import Any

import numpy as np
import webrtcvad
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ

BLOCK_SECONDS = 0.02  # webrtcvad takes 10, 20 or 30 ms
AGGRESSIVENESS = 2  # of 0..3; 3 loses soft voices, 1 opens on noise
SILERO_SAMPLES = 512  # of one of its frames: 32 ms
VOICED_FRAMES = 4  # 0.13 s: no syllable is shorter, and a click is
LOUDNESS, MOST_GAIN = 0.1, 30.0  # it is brought to -20 dBFS, but noise is not made of nothing


class WebRtcVoiceDetector:
    """Implements `assistant.ports.VoiceDetector`. One per channel, on the listening thread; microseconds a block."""

    block_seconds = BLOCK_SECONDS

    def __init__(self) -> None:
        self._vad = webrtcvad.Vad(AGGRESSIVENESS)

    def is_speech(self, samples: NDArray[np.int16]) -> bool:
        """`samples` is (320,) int16 at 16 kHz."""
        return bool(self._vad.is_speech(samples.tobytes(), SAMPLE_RATE_HZ))


def voice_probability(samples: NDArray[np.float32]) -> float:
    """How sure Silero (the copy that faster-whisper brings) is that somebody speaks for a moment: 0..1.

    `samples` is (samples,) float32 in -1..1 at 16 kHz. The loudest frame is brought to one level first, since it hears
    a soft voice badly. It takes 2 ms a second of sound, so it is asked of what is doubtful only. Any thread.
    """
    padded = np.zeros(max(1, -(-len(samples) // SILERO_SAMPLES)) * SILERO_SAMPLES, np.float32)
    padded[: len(samples)] = samples
    loudest = float(np.sqrt(np.mean(np.square(padded.reshape(-1, SILERO_SAMPLES)), axis=1)).max())
    detector: Any = get_vad_model()
    frames = np.sort(detector(padded * np.float32(min(MOST_GAIN, LOUDNESS / max(loudest, 1e-6)))).ravel())
    return float(frames[-min(VOICED_FRAMES, len(frames))])
