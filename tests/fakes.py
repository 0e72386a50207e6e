"""Scripted parts for tests of policy. Tests that judge words use real weights instead."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from assistant.errors import CaptureError, TranscriptionError
from assistant.ports import Effort, Hypothesis, Lead
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, Stamped, Status, Word

FRAME_SECONDS = 0.02
FRAME = round(FRAME_SECONDS * SAMPLE_RATE_HZ)
LOUD = 8000


def sound(seconds: float, is_voice: bool) -> NDArray[np.int16]:
    """(samples,) int16: a loud square wave where somebody speaks, digital silence elsewhere."""
    samples = round(seconds * SAMPLE_RATE_HZ)
    wave = np.where(np.arange(samples) // 40 % 2, LOUD, -LOUD).astype(np.int16)
    return wave if is_voice else np.zeros(samples, np.int16)


def frames_of(tracks: Mapping[Channel, NDArray[np.int16]], frame_samples: int = FRAME) -> Iterator[AudioFrame]:
    """Whole tracks in frames as a source gives them: one of each channel, then the next."""
    for start in range(0, max(map(len, tracks.values())), frame_samples):
        for channel, track in tracks.items():
            if start < len(track):
                yield AudioFrame(channel, start / SAMPLE_RATE_HZ, track[start : start + frame_samples])


class LoudnessDetector:
    """Takes everything loud for speech."""

    block_seconds = FRAME_SECONDS

    def is_speech(self, samples: NDArray[np.int16]) -> bool:
        return bool(np.abs(samples).max(initial=0) >= LOUD)


class ScriptedSource:
    """Plays (seconds, is_voice) stretches per channel, in frames of 20 ms, both channels interleaved."""

    def __init__(self, **scenes: list[tuple[float, bool]]) -> None:
        self.channels = tuple(Channel(name) for name in scenes)
        self.duration_seconds = None
        self._items = frames_of(
            {Channel(name): np.concatenate([sound(*stretch) for stretch in scene]) for name, scene in scenes.items()}
        )
        self.is_closed = False
        self.before: Callable[[float], None] = lambda at_seconds: None
        self.raises_at_seconds: float | None = None

    def read(self) -> AudioFrame | AudioGap | Status | None:
        if self.is_closed:
            return None
        item = next(self._items, None)
        if isinstance(item, AudioFrame):
            self.before(item.start_seconds)
            if self.raises_at_seconds is not None and item.start_seconds >= self.raises_at_seconds:
                raise CaptureError("The sound server has gone. Start it again.")
        return item

    def close(self) -> None:
        self.is_closed = True


class SpokenSource(ScriptedSource):
    """A scripted source that plays at the speed of speech, times `speed`."""

    def __init__(self, speed: float, **scenes: list[tuple[float, bool]]) -> None:
        super().__init__(**scenes)
        self._speed = speed
        self._started = time.monotonic()

    def read(self) -> AudioFrame | AudioGap | Status | None:
        item = super().read()
        if isinstance(item, AudioFrame):
            time.sleep(max(0.0, item.end_seconds / self._speed - (time.monotonic() - self._started)))
        return item


class CountingTranscriber:
    """Hears one word every half second of sound: "w0 w1 w2 ...". Behind its own beginning an utterance goes on."""

    name = "counting"

    def __init__(self, delay_seconds: float = 0.0, fails_after: int | None = None) -> None:
        self._delay_seconds = delay_seconds
        self._fails_after = fails_after
        self.efforts: list[Effort] = []
        self.leads: list[Lead | None] = []
        self.is_nonsense = False

    def transcribe(self, samples: NDArray[np.float32], effort: Effort, lead: Lead | None = None) -> Hypothesis:
        self.efforts.append(effort)
        self.leads.append(lead)
        if self._fails_after is not None and len(self.efforts) > self._fails_after:
            raise TranscriptionError("The engine is gone.")
        time.sleep(self._delay_seconds)
        seconds = len(samples) / SAMPLE_RATE_HZ - (lead.seconds if lead else 0.0)
        count = max(1, round(seconds / 0.5))
        first = len(lead.words) if lead and effort is Effort.PARTIAL else 0
        words = tuple(Word(f"w{first + i}", i * 0.5, i * 0.5 + 0.4) for i in range(count))
        return Hypothesis(words, -2.0 if self.is_nonsense else -0.3, 0.9 if self.is_nonsense else 0.1, 1.0)


class ListSink:
    """Keeps all events."""

    def __init__(self) -> None:
        self.stamped: list[Stamped] = []
        self.is_closed = False

    def next(self, stamped: Stamped) -> None:
        assert not self.is_closed, "an event after the end"
        self.stamped.append(stamped)

    def close(self) -> None:
        self.is_closed = True

    def of(self, kind: type) -> list:
        return [stamped.event for stamped in self.stamped if isinstance(stamped.event, kind)]


class RecordingConversation:
    """Says nothing and remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple] = []

    def speech_started(self, channel, at_seconds):
        self.told.append(("started", channel, round(at_seconds, 2)))
        return []

    def utterance_locked(self, update, at_seconds):
        self.told.append(("locked", update.channel, round(at_seconds, 2)))
        return []

    def utterance_refined(self, before, update):
        self.told.append(("refined", update.channel, before.text))
        return []

    def clock(self, at_seconds):
        self.told.append(("clock", None, at_seconds))
        return []

    def asked(self, follow_up_id, at_seconds):
        self.told.append(("asked", follow_up_id, at_seconds))
        return []

    def dismissed(self, follow_up_id, at_seconds):
        self.told.append(("dismissed", follow_up_id, at_seconds))
        return []

    def finish(self, at_seconds):
        self.told.append(("finish", None, at_seconds))
        return []
