"""What a user wants kept, by the time at which it was spoken: sound is handled some tenths of a second later.

The thread of the commands tells, the main thread asks.
"""

from __future__ import annotations

import math
import threading
from dataclasses import replace

from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap


class Pauses:
    """All times are of `time.monotonic()`, `origin_seconds` being that of the call's 0.0."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns_seconds: list[float] = []  # a pause begins, ends, and so on

    @property
    def is_on(self) -> bool:
        with self._lock:
            return len(self._turns_seconds) % 2 == 1

    def begin(self, at_seconds: float) -> None:
        self._turn(at_seconds, is_on=False)

    def end(self, at_seconds: float) -> None:
        self._turn(at_seconds, is_on=True)

    def outside(self, item: AudioFrame | AudioGap, origin_seconds: float) -> list[AudioFrame | AudioGap]:
        """What of `item` was spoken while there was no pause."""
        with self._lock:
            turns_seconds = (-math.inf, *self._turns_seconds, math.inf)
        spans = zip(turns_seconds[::2], turns_seconds[1::2], strict=False)  # a last pause that lasts has no other end
        parts = (_within(item, begin - origin_seconds, end - origin_seconds) for begin, end in spans)
        return [part for part in parts if part is not None]

    def _turn(self, at_seconds: float, is_on: bool) -> None:
        with self._lock:
            if (len(self._turns_seconds) % 2 == 1) is is_on:
                self._turns_seconds.append(max([at_seconds, *self._turns_seconds[-1:]]))


def _within(item: AudioFrame | AudioGap, begin_seconds: float, end_seconds: float) -> AudioFrame | AudioGap | None:
    if begin_seconds <= item.start_seconds and item.end_seconds <= end_seconds:
        return item
    if isinstance(item, AudioGap):
        start_seconds, end_seconds = max(item.start_seconds, begin_seconds), min(item.end_seconds, end_seconds)
        return (
            replace(item, start_seconds=start_seconds, end_seconds=end_seconds) if start_seconds < end_seconds else None
        )
    first = math.ceil(_samples(begin_seconds - item.start_seconds, item))
    beyond = math.floor(_samples(end_seconds - item.start_seconds, item))
    if first >= beyond:
        return None
    return replace(item, start_seconds=item.start_seconds + first / SAMPLE_RATE_HZ, samples=item.samples[first:beyond])


def _samples(seconds: float, frame: AudioFrame) -> float:
    """Within the frame."""
    return min(max(seconds * SAMPLE_RATE_HZ, 0.0), float(len(frame.samples)))
