"""A simulated room with a loudspeaker and a microphone in it, and voices to stand in it.

The room is a direct sound and exponentially decaying noise behind it (Polack's model); the loudspeaker is small and may
be driven too loud.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import soundfile
from numpy.typing import NDArray

from assistant.demo import INTERVIEW
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel
from tests.fakes import frames_of

Sound = NDArray[np.float64]


@dataclass(frozen=True)
class Room:
    delay_seconds: float = 0.003
    level_db: float = -3.0  # of the echo against the call
    reverberation_seconds: float = 0.3
    reverberation: float = 0.5  # amplitude against the direct sound
    drive: float = 0.0  # the loudspeaker clips softly at so many times the voice's mean level; 0 does not

    def echo(self, call: Sound) -> Sound:
        random = np.random.default_rng(7)
        times = np.arange(round(0.5 * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        response = random.standard_normal(len(times)) * 10.0 ** (-3.0 * times / self.reverberation_seconds)
        response[:16] = 0.0
        response *= self.reverberation / np.sqrt(np.sum(response**2))
        response[0] += 1.0
        response /= np.sqrt(np.sum(response**2))
        played = _high_passed(call, 200.0)
        if self.drive:
            limit = self.drive * np.sqrt(np.mean(played[np.abs(played) > 0.01] ** 2))
            played = limit * np.tanh(played / limit)
        late = np.concatenate((np.zeros(round(self.delay_seconds * SAMPLE_RATE_HZ)), response))
        size = 1 << (len(played) + len(late)).bit_length()
        heard = np.fft.irfft(np.fft.rfft(played, size) * np.fft.rfft(late, size), size)[: len(call)]
        return 10.0 ** (self.level_db / 20.0) * heard


def interview(start_seconds: float, seconds: float) -> tuple[Sound, Sound]:
    """A stretch of the demo: the interviewer's voice alone, the candidate's alone."""
    sound, rate_hz = soundfile.read(
        INTERVIEW, start=round(start_seconds * SAMPLE_RATE_HZ), frames=round(seconds * SAMPLE_RATE_HZ)
    )
    assert rate_hz == SAMPLE_RATE_HZ
    return sound[:, 0].copy(), sound[:, 1].copy()


def as_samples(sound: Sound) -> NDArray[np.int16]:
    return np.clip(np.rint(sound * 32768), -32768, 32767).astype(np.int16)


def frames(microphone: Sound, call: Sound) -> Iterator[AudioFrame]:
    return frames_of({Channel.YOU: as_samples(microphone), Channel.THEM: as_samples(call)})


def _high_passed(sound: Sound, corner_hz: float) -> Sound:
    pitches_hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE_HZ)
    return np.fft.irfft(np.fft.rfft(sound) * (pitches_hz**4 / (pitches_hz**4 + corner_hz**4)), len(sound))
