"""One channel's sound becomes utterances with their audio.

Runs on the listening thread; the decode worker reads `open_utterance` under the session's lock. Never blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.loudness import rms_dbfs_of_each
from assistant.ports import VoiceDetector
from assistant.speech.kept_samples import KeptSamples
from assistant.speech.segmenter import Edge, Segmenter
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel

# What is softer than the floor is no voice of this call, whatever the detector says. It lies this far below the loudest
# voice heard on the channel: a soft microphone loses no word, and a loud one lets no murmur of the other side in.
VOICE_RANGE_DB = 40.0
LOWEST_FLOOR_DBFS, HIGHEST_FLOOR_DBFS = -88.0, -55.0
KEPT_SECONDS = 1.0  # audio kept between utterances: more than onset and pre-roll
TAIL_SECONDS = 0.14  # of silence behind the voice that a decode hears; more only costs time
LONGEST_FED_GAP_SECONDS = 1.0  # a longer gap ends any utterance; the rest of it is skipped


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Audio of an utterance, open or ended. `samples` is (samples,) float32 in -1..1."""

    channel: Channel
    start_seconds: float
    voice_end_seconds: float
    samples: NDArray[np.float32]

    @property
    def end_seconds(self) -> float:
        return self.start_seconds + len(self.samples) / SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    channel: Channel
    at_seconds: float  # when it was noticed


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    utterance: Utterance
    at_seconds: float  # when the silence was long enough: the endpoint


class Listener:
    """Feed it a channel's frames and gaps in order; it says when speech starts and ends."""

    def __init__(self, channel: Channel, detector: VoiceDetector, segmenter: Segmenter | None = None) -> None:
        self.channel = channel
        self._detector = detector
        self._segmenter = segmenter or Segmenter()
        self._block = round(detector.block_seconds * SAMPLE_RATE_HZ)
        self._audio = KeptSamples(np.int16)  # the tail not yet seen by the detector included
        self._seen = 0  # sample number up to which blocks were judged
        self._utterance_start: int | None = None
        self.loudest_voice_dbfs = LOWEST_FLOOR_DBFS  # of the blocks so far
        self.voice_seconds = 0.0  # so far

    @property
    def position_seconds(self) -> float:
        """How far this channel was judged."""
        return self._seen / SAMPLE_RATE_HZ

    @property
    def is_silent_after_speech(self) -> bool:
        """The open utterance has been silent for as long as a decode of it needs: its end may be near."""
        return self._segmenter.is_open and self._segmenter.silence_seconds > TAIL_SECONDS - 1e-6

    @property
    def open_span_seconds(self) -> tuple[float, float] | None:
        """Start and end of what `open_utterance` gives, without its audio."""
        if self._utterance_start is None:
            return None
        return self._utterance_start / SAMPLE_RATE_HZ, self._audible_end(self._seen)[0] / SAMPLE_RATE_HZ

    def open_utterance(self) -> Utterance | None:
        """The utterance in progress, up to now (or to its tail, once it is silent)."""
        return self._cut_out(self._seen) if self._utterance_start is not None else None

    def hear(self, item: AudioFrame | AudioGap) -> list[SpeechStarted | SpeechEnded]:
        if isinstance(item, AudioGap):
            return self._hear_gap(item)
        return self._append(item.samples)

    def finish(self) -> list[SpeechStarted | SpeechEnded]:
        """The sound is over: what is open ends here."""
        rest = self._audio.end - self._seen
        edges = self._append(np.zeros(-rest % self._block, np.int16)) if rest else []
        return edges + self.interrupt()

    def interrupt(self) -> list[SpeechStarted | SpeechEnded]:
        """Nothing is heard from here on, for a time that nobody knows: what is open ends here."""
        boundary = self._segmenter.finish()
        return [] if boundary is None else [self._ended(round(boundary.at_seconds * SAMPLE_RATE_HZ))]

    def _hear_gap(self, gap: AudioGap) -> list[SpeechStarted | SpeechEnded]:
        end = round(gap.end_seconds * SAMPLE_RATE_HZ)
        missing = max(0, end - self._audio.end)
        fed = min(missing, round(LONGEST_FED_GAP_SECONDS * SAMPLE_RATE_HZ))
        edges = self._append(np.zeros(fed, np.int16))
        skipped = (missing - fed) // self._block * self._block
        if skipped and self._utterance_start is None:
            self._segmenter.skip(skipped / SAMPLE_RATE_HZ)
            self._seen += skipped
            self._audio.jump(self._seen)
        # What is less than a block stays, or all that follows would stand too early.
        return edges + self._append(np.zeros(max(0, end - self._audio.end), np.int16))

    def _append(self, samples: NDArray[np.int16]) -> list[SpeechStarted | SpeechEnded]:
        self._audio.append(samples)
        edges: list[SpeechStarted | SpeechEnded] = []
        blocks = (self._audio.end - self._seen) // self._block
        if blocks:
            unseen = self._audio.between(self._seen, self._seen + blocks * self._block).reshape(blocks, self._block)
            for block, loudness_dbfs in zip(unseen, rms_dbfs_of_each(unseen), strict=True):
                edges += self._judge(block, loudness_dbfs)
        if self._utterance_start is None:
            self._audio.forget_before(self._seen - round(KEPT_SECONDS * SAMPLE_RATE_HZ))
        return edges

    def _judge(self, block: NDArray[np.int16], loudness_dbfs: float) -> list[SpeechStarted | SpeechEnded]:
        floor_dbfs = min(max(self.loudest_voice_dbfs - VOICE_RANGE_DB, LOWEST_FLOOR_DBFS), HIGHEST_FLOOR_DBFS)
        is_speech = loudness_dbfs > floor_dbfs and self._detector.is_speech(block)
        if is_speech:
            self.loudest_voice_dbfs = max(self.loudest_voice_dbfs, loudness_dbfs)
            self.voice_seconds += self._detector.block_seconds
        self._seen += self._block
        boundary = self._segmenter.process(self._block / SAMPLE_RATE_HZ, is_speech, loudness_dbfs)
        if boundary is None:
            return []
        at = round(boundary.at_seconds * SAMPLE_RATE_HZ)
        if boundary.edge is Edge.START:
            self._utterance_start = max(at, self._audio.start)
            return [SpeechStarted(self.channel, self.position_seconds)]
        ended = self._ended(at)
        if boundary.edge is Edge.END:
            return [ended]
        self._utterance_start = at
        self._audio.forget_before(at)
        return [ended, SpeechStarted(self.channel, self.position_seconds)]

    def _ended(self, end: int) -> SpeechEnded:
        utterance = self._cut_out(end)
        self._utterance_start = None
        return SpeechEnded(utterance, self.position_seconds)

    def _cut_out(self, end: int) -> Utterance:
        start = self._utterance_start
        assert start is not None
        end, voice_end_seconds = self._audible_end(end)
        piece = self._audio.between(start, end)
        return Utterance(
            self.channel, start / SAMPLE_RATE_HZ, voice_end_seconds, piece.astype(np.float32) / np.float32(32768)
        )

    def _audible_end(self, end: int) -> tuple[int, float]:
        """Sample number and end of the voice of an utterance that is cut out at `end`: a tail of silence is enough."""
        voice_end_seconds = min(self._segmenter.voice_end_seconds, end / SAMPLE_RATE_HZ)
        return min(end, round((voice_end_seconds + TAIL_SECONDS) * SAMPLE_RATE_HZ)), voice_end_seconds
