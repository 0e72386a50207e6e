"""When was a device's first sample spoken, and does it lose any? Told from nothing but when its blocks arrive.

A block arrives at the earliest when its last sample has been spoken, and often later: the machine was busy. So
`arrival - samples so far / rate` lies above the true start, and its lower envelope follows it. A device whose own clock
is slow lets the envelope rise by some millionths; lost samples let it step up and stay.
"""

from __future__ import annotations

import math
import statistics
from collections import deque
from collections.abc import Sequence

from assistant.values import SAMPLE_RATE_HZ

_PRIMING_SECONDS = 0.3  # before this much sound the first estimate is not worth having
_LOSS_SECONDS = 0.02  # smaller steps are told from drift only by time, and are treated as drift
_LOSS_WATCH_SECONDS = 2.0
_LOSS_SURE_SECONDS = 1.5  # a step that lasts so long is no delay that will be caught up
_YOUNG_SECONDS = 8.0  # so long after a start, which was judged in a hurry, it is judged anew, and mended fast
_DRIFT_WINDOWS = 8  # of a second each; of a quarter while a stream is young
_APART_SECONDS = 0.002  # below this, estimates are no better than what they would mend; half of it while it is young
_MENDED_WINDOWS = 12  # what is beyond that is mended at this pace: no faster, because the estimates are windows old
_MOST_SPEED = 2e-3  # devices are 1e-4 off, bad ones 2e-4; the ear notices 5e-3


class StreamClock:
    """For one attachment of one device. Feed it each block's arrival (seconds of `time.monotonic()`) and length."""

    def __init__(self) -> None:
        self._samples = 0.0
        self._reference_seconds = float("inf")  # start of the stream, as all that was given out is placed
        self._recent: deque[tuple[float, float]] = deque()  # arrival, estimate of the start
        self._windows: deque[float] = deque(maxlen=_DRIFT_WINDOWS)
        self._window_end_seconds = 0.0
        self._lowest_seconds = float("inf")
        self._has_news = False

    @property
    def is_primed(self) -> bool:
        return self._samples >= _PRIMING_SECONDS * SAMPLE_RATE_HZ

    @property
    def start_seconds(self) -> float:
        """When the first sample was spoken; certain enough once `is_primed`."""
        return self._reference_seconds

    def add(self, arrived_seconds: float, samples: float) -> None:
        if not self.is_primed:
            self._samples += samples
            self._reference_seconds = min(self._reference_seconds, arrived_seconds - self._samples / SAMPLE_RATE_HZ)
            self._window_end_seconds = arrived_seconds + self._window_seconds
            return
        self._samples += samples
        estimate_seconds = arrived_seconds - self._samples / SAMPLE_RATE_HZ
        self._recent.append((arrived_seconds, estimate_seconds))
        while self._recent[0][0] < arrived_seconds - _LOSS_WATCH_SECONDS:
            self._recent.popleft()
        self._lowest_seconds = min(self._lowest_seconds, estimate_seconds)
        if arrived_seconds >= self._window_end_seconds:
            self._windows.append(self._lowest_seconds)
            self._has_news = True
            self._lowest_seconds = float("inf")
            self._window_end_seconds = arrived_seconds + self._window_seconds

    @property
    def _is_young(self) -> bool:
        return self._samples < _YOUNG_SECONDS * SAMPLE_RATE_HZ

    @property
    def _window_seconds(self) -> float:
        return 0.25 if self._is_young else 1.0

    def take_loss_seconds(self) -> float:
        """How much sound the device lost since the last call; 0.0 nearly always. Asked after each `add`."""
        if not self._recent or self._recent[-1][1] - self._reference_seconds < _LOSS_SECONDS:
            return 0.0  # nearly always: the newest block came in time
        if self._recent[-1][0] - self._recent[0][0] < _LOSS_SURE_SECONDS:
            return 0.0
        step_seconds = min(estimate for _, estimate in self._recent) - self._reference_seconds
        if step_seconds < _LOSS_SECONDS:
            return 0.0
        self._reference_seconds += step_seconds
        self._windows.clear()
        self._lowest_seconds = float("inf")
        return step_seconds

    def take_apart_seconds(self) -> float | None:
        """How far the device lies behind what was given out (negative: before it); None but once a window.

        Asked after each `add`.
        """
        if not self._has_news or len(self._windows) < _DRIFT_WINDOWS:
            return None
        self._has_news = False
        # Late blocks tell nothing, so all windows have to say that the device is slow. That it is fast most of them
        # have to: a single block that comes unusually early would move the sound for good.
        slow_seconds = min(self._windows) - self._reference_seconds
        fast_seconds = self._reference_seconds - statistics.median(self._windows)
        return slow_seconds if slow_seconds > 0.0 else -fast_seconds if fast_seconds > 0.0 else 0.0

    def move(self, seconds: float) -> None:
        """All that was given out lies that much later than it was taken to."""
        self._reference_seconds += seconds

    def speed_for(self, apart_seconds: float) -> float:
        """By how much (1e-4: ten samples in a hundred thousand) to quicken the stream so that it is less far apart."""
        beyond_seconds = max(0.0, abs(apart_seconds) - (_APART_SECONDS / 2 if self._is_young else _APART_SECONDS))
        speed = min(beyond_seconds / (_MENDED_WINDOWS * self._window_seconds), _MOST_SPEED)
        return -math.copysign(speed, apart_seconds)


def earliest_arrival(pieces: Sequence[tuple[float, float]]) -> float:
    """When the last of these pieces (arrival, length in seconds) had come, were all as early as the earliest."""
    earliest_seconds, following_seconds = float("inf"), 0.0
    for arrived_seconds, length_seconds in reversed(pieces):
        earliest_seconds = min(earliest_seconds, arrived_seconds + following_seconds)
        following_seconds += length_seconds
    return earliest_seconds
