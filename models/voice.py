"""Is there a voice? webrtcvad tells it block by block, Silero for a whole utterance."""

from __future__ import annotations

from typing import Any

import numpy as np
import webrtcvad
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from assistant.loudness import rms_dbfs
from assistant.values import SAMPLE_RATE_HZ

BLOCK_SECONDS = 0.02  # webrtcvad takes 10, 20 or 30 ms
AGGRESSIVENESS = 2  # of 0..3; 3 loses soft voices, 1 opens on noise
# webrtcvad takes a soft voice for noise, though Whisper understands it well. As long as no voice of an ordinary level
# was heard, a second detector hears what stands out of a soft channel's noise as if it were spoken nearer.
SOFT_DBFS = -45.0  # root mean square of a block
SOFT_GAIN = 10 ** (35 / 20)
STANDS_OUT_DB = 8.0
NOISE_RISES_DB = 0.1  # a block: so fast the noise may grow before it is taken for a voice; between words it is heard
SILENCE_DBFS = -90.0  # tells nothing of the noise: a call's program leaves out what it takes for none
ORDINARY_BLOCKS = 25  # of voice above that, half a second: a knock or a cough is shorter
SILERO_SAMPLES = 512  # of one of its frames: 32 ms
VOICED_FRAMES = 4  # 0.13 s: no syllable is shorter, and a click is
LOUDNESS, MOST_GAIN = 0.1, 30.0  # it is brought to -20 dBFS, but noise is not made of nothing


class WebRtcVoiceDetector:
    """Implements `assistant.ports.VoiceDetector`. One per channel, on the listening thread; microseconds a block."""

    block_seconds = BLOCK_SECONDS

    def __init__(self) -> None:
        self._vad = webrtcvad.Vad(AGGRESSIVENESS)
        self._vad_of_soft = webrtcvad.Vad(AGGRESSIVENESS)
        self._noise_dbfs = 0.0
        self._ordinary_blocks = 0

    def is_speech(self, samples: NDArray[np.int16]) -> bool:
        """`samples` is (320,) int16 at 16 kHz."""
        is_speech = bool(self._vad.is_speech(samples.tobytes(), SAMPLE_RATE_HZ))
        if self._ordinary_blocks >= ORDINARY_BLOCKS:
            return is_speech
        loudness_dbfs = rms_dbfs(samples)
        if loudness_dbfs > SILENCE_DBFS:
            self._noise_dbfs = min(loudness_dbfs, self._noise_dbfs + NOISE_RISES_DB)
        if loudness_dbfs >= SOFT_DBFS:
            self._ordinary_blocks += is_speech
            return is_speech
        return self._is_soft_voice(samples, loudness_dbfs) or is_speech

    def _is_soft_voice(self, samples: NDArray[np.int16], loudness_dbfs: float) -> bool:
        nearer = np.clip(np.rint((samples - samples.mean()) * SOFT_GAIN), -32768, 32767).astype(np.int16)
        is_voice = bool(self._vad_of_soft.is_speech(nearer.tobytes(), SAMPLE_RATE_HZ))
        return is_voice and loudness_dbfs > self._noise_dbfs + STANDS_OUT_DB


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
