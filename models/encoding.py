"""The encoder's half of Whisper: log-mel features in short windows, continued with the memory of silence.

A short utterance is not padded to Whisper's 30 s window, which would cost most of the time of a decode. Only the speech
and a short tail of silence go through the encoder; its output is continued, position by position, with that of 30 s of
digital silence, which is encoded once when the model is loaded. The decoder then sees what it was trained on. In haste
some of that silence is left out again: the decoder only has to see that it lasts to the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ctranslate2
import numpy as np
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ

WINDOW_SECONDS = 30.0
WINDOW_POSITIONS = 1500  # of the encoder's output: 50 a second
FRAME_SAMPLES = 160  # of the log-mel spectrogram: 100 a second
# Each step of the decoder reads all positions. With every other one of the silence it makes no more mistakes in speech,
# but takes noises for words more often; with one in four it makes some, and without the end it repeats itself.
THINNED = 2


@dataclass(frozen=True, slots=True)
class Window:
    """How much silence is encoded behind the speech: at least `tail_seconds`, and up to `least_seconds` in all."""

    tail_seconds: float
    least_seconds: float

    def samples(self, speech_samples: int) -> int:
        wanted = max(speech_samples + self.tail_seconds * SAMPLE_RATE_HZ, self.least_seconds * SAMPLE_RATE_HZ)
        frames = min(round(wanted) // FRAME_SAMPLES, round(WINDOW_SECONDS * SAMPLE_RATE_HZ) // FRAME_SAMPLES)
        return (frames + frames % 2) * FRAME_SAMPLES  # the encoder halves the number of frames


FULL_WINDOW = Window(tail_seconds=WINDOW_SECONDS, least_seconds=WINDOW_SECONDS)


class Encoder:
    """The encoder of a loaded model. Raises RuntimeError or ValueError where the engine fails.

    Args:
        engine: a `faster_whisper.WhisperModel`.
    """

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._silence = self._encode(np.zeros(round(WINDOW_SECONDS * SAMPLE_RATE_HZ), np.float32))

    @property
    def width(self) -> int:
        """Numbers of the output for each position, by which Whisper's sizes can be told."""
        return int(self._silence.shape[2])

    def encode(self, samples: NDArray[np.float32], window: Window) -> Any:
        """(samples,) -> encoder output for the whole window, of which only the first part was computed."""
        return self._continued(self._encode(_padded(samples, window)), WINDOW_POSITIONS)

    def encode_thinned(self, sounds: Sequence[NDArray[np.float32]], window: Window) -> list[Any]:
        """The same for sounds that are decoded together, with less of the silence behind the longest one."""
        encoded = [self._encode(_padded(samples, window)) for samples in sounds]
        longest = max(one.shape[1] for one in encoded)
        return [self._continued(one, longest) for one in encoded]

    def _continued(self, encoded: NDArray[np.float32], positions: int) -> Any:
        """With all of the silence up to `positions`, and some of it from there on."""
        whole, thinned = self._silence[:, encoded.shape[1] : positions], self._silence[:, positions::THINNED]
        joined = np.concatenate([encoded, whole, thinned], axis=1)
        return ctranslate2.StorageView.from_array(np.ascontiguousarray(joined))

    def _encode(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """(samples,) -> (1, samples / 320, width): what the encoder makes of exactly these samples."""
        features = self._engine.feature_extractor(samples)[:, : len(samples) // FRAME_SAMPLES]
        view = ctranslate2.StorageView.from_array(np.ascontiguousarray(features[None], dtype=np.float32))
        return np.array(self._engine.model.encode(view, to_cpu=True))


def _padded(samples: NDArray[np.float32], window: Window) -> NDArray[np.float32]:
    """(samples,): as much of them as goes into the window, and silence behind them."""
    padded = np.zeros(window.samples(len(samples)), np.float32)
    heard = min(len(samples), len(padded))
    padded[:heard] = samples[:heard]
    return padded
