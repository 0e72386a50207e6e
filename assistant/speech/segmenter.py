"""Where does an utterance start and end?

Runs on the listening thread, one per channel; never blocks. Sees decisions and loudness, not samples, so that any voice
detector can feed it and a test can say "three seconds of silence" in one call.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum


class Edge(Enum):
    START = "start"
    END = "end"
    CUT = "cut"  # still speaking: the utterance grew too long and goes on as the next one


@dataclass(frozen=True, slots=True)
class Boundary:
    edge: Edge
    at_seconds: float  # where the audio of the utterance begins or ends, on the channel's clock


@dataclass(frozen=True, slots=True)
class SegmenterSettings:
    """Values as measured on two-channel telephone calls: short ends cost little, since a short utterance
    is decoded behind the one before it."""

    onset_blocks: int = 3  # of the last `onset_of_blocks`: fewer is a click
    onset_of_blocks: int = 5
    pre_roll_seconds: float = 0.3  # detectors notice late; without it first words are lost
    # (voice so far, silence that ends it): "Yes." is often followed by more; a long turn must not wait long.
    pauses_seconds: tuple[tuple[float, float], ...] = ((0.0, 0.5), (1.0, 0.3), (3.0, 0.2), (6.0, 0.12), (12.0, 0.06))
    limit_seconds: float = 25.0  # Whisper's window is 30 s; the rest is room for pre-roll and padding
    cut_within_seconds: float = 13.0  # a forced cut goes to the quietest block of these last seconds


class Segmenter:
    """Turns voice decisions into utterance boundaries.

    Feed every block in order, gaps as silence. Boundaries alternate START, then END or CUT; after a CUT the next
    utterance has started at the same instant, which lies in the past.
    """

    def __init__(self, settings: SegmenterSettings | None = None) -> None:
        self._settings = settings or SegmenterSettings()
        self._clock_seconds = 0.0
        self._recent: deque[tuple[float, bool]] = deque(maxlen=self._settings.onset_of_blocks)  # (start, is_speech)
        self._loudness: deque[tuple[float, float]] = deque()  # (middle of the block, dBFS) of the open utterance
        self._start_seconds: float | None = None  # None between utterances
        self._voice_end_seconds = 0.0
        self._last_end_seconds = 0.0

    @property
    def is_open(self) -> bool:
        return self._start_seconds is not None

    @property
    def silence_seconds(self) -> float:
        """How long the open utterance has been silent."""
        return self._clock_seconds - self._voice_end_seconds if self.is_open else 0.0

    @property
    def voice_end_seconds(self) -> float:
        """End of the last block of speech."""
        return self._voice_end_seconds

    def process(self, block_seconds: float, is_speech: bool, loudness_dbfs: float = 0.0) -> Boundary | None:
        """Advance by one block and return the boundary that it completes, if any.

        Raises:
            ValueError: `block_seconds` is not positive.
        """
        if block_seconds <= 0:
            raise ValueError(f"a block can't last {block_seconds} s")
        start_seconds = self._clock_seconds
        self._clock_seconds += block_seconds
        self._recent.append((start_seconds, is_speech))
        if is_speech:
            self._voice_end_seconds = self._clock_seconds
        if self._start_seconds is None:
            return self._open()
        self._loudness.append((start_seconds + block_seconds / 2, loudness_dbfs))
        while self._loudness[0][0] < self._clock_seconds - self._settings.cut_within_seconds:
            self._loudness.popleft()
        return self._close(self._start_seconds) or self._cut(self._start_seconds)

    def skip(self, seconds: float) -> None:
        """Advance over a stretch in which nothing can be heard. Only between utterances."""
        self._clock_seconds += seconds
        self._last_end_seconds = self._clock_seconds
        self._recent.clear()

    def finish(self) -> Boundary | None:
        """The sound is over: end what is open."""
        return self._end() if self.is_open else None

    def _open(self) -> Boundary | None:
        voiced = [start for start, is_speech in self._recent if is_speech]
        if len(voiced) < self._settings.onset_blocks:
            return None
        # Pre-roll never reaches back into the previous utterance, or its last word would be heard twice.
        self._start_seconds = max(voiced[0] - self._settings.pre_roll_seconds, self._last_end_seconds, 0.0)
        return Boundary(Edge.START, self._start_seconds)

    def _close(self, start_seconds: float) -> Boundary | None:
        voice_seconds = self._voice_end_seconds - start_seconds
        pause_seconds = max(
            (from_seconds, pause)
            for from_seconds, pause in self._settings.pauses_seconds
            if from_seconds <= voice_seconds
        )[1]
        return self._end() if self.silence_seconds > pause_seconds - 1e-6 else None

    def _end(self) -> Boundary:
        self._start_seconds = None
        self._last_end_seconds = self._clock_seconds
        self._loudness.clear()
        self._recent.clear()
        return Boundary(Edge.END, self._clock_seconds)

    def _cut(self, start_seconds: float) -> Boundary | None:
        if self._clock_seconds - start_seconds < self._settings.limit_seconds:
            return None
        quietest_seconds, _ = min(self._loudness, key=lambda block: block[1])
        self._start_seconds = self._last_end_seconds = quietest_seconds
        return Boundary(Edge.CUT, quietest_seconds)
