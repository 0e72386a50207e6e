"""What a user wants kept, by the time at which it was spoken: sound is handled some tenths of a second later.

The thread of the commands tells, the main thread asks.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import replace

from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap

AFTER_PAUSE_SECONDS = 0.05  # of sound dropped behind a pause, since it may be older than it seems


class Pauses:
    """All times are of `time.monotonic()`, `origin_seconds` being that of the call's 0.0.

    Sound counts as spoken when it arrived from the system. How long a device held it before, as a Bluetooth headset
    does for some tenths of a second, nobody tells: by so much all presses act earlier in what was said there. What was
    said in the last moment of a pause is therefore kept where the delay is longer than `AFTER_PAUSE_SECONDS`.

    Args:
        turns_seconds: presses so far: a pause begins, ends, and so on.
    """

    def __init__(self, turns_seconds: Iterable[float] = ()) -> None:
        self._lock = threading.Lock()
        self._turns_seconds = list(turns_seconds)
        self._stopped_seconds = math.inf

    @property
    def turns_seconds(self) -> list[float]:
        with self._lock:
            return list(self._turns_seconds)

    @property
    def is_on(self) -> bool:
        with self._lock:
            return len(self._turns_seconds) % 2 == 1

    @property
    def is_stopped(self) -> bool:
        with self._lock:
            return self._stopped_seconds < math.inf

    @property
    def kept_until_seconds(self) -> float:
        """As of now nothing that is spoken later is kept."""
        return self._spans_seconds()[-1][1]

    def begin(self, at_seconds: float) -> None:
        self._turn(at_seconds, is_on=False)

    def end(self, at_seconds: float) -> None:
        self._turn(at_seconds, is_on=True)

    def stop(self, at_seconds: float) -> None:
        """For good; of several the earliest counts."""
        with self._lock:
            self._stopped_seconds = min(self._stopped_seconds, at_seconds)

    def keeps(self, at_seconds: float) -> bool:
        return any(begin <= at_seconds < end for begin, end in self._spans_seconds())

    def outside(self, item: AudioFrame | AudioGap, origin_seconds: float) -> list[AudioFrame | AudioGap]:
        """What of `item` was spoken before the stop, and while there was no pause."""
        spans = self._spans_seconds()
        parts = (_within(item, begin - origin_seconds, end - origin_seconds) for begin, end in spans)
        return [part for part in parts if part is not None]

    def _spans_seconds(self) -> list[tuple[float, float]]:
        """Of what is kept; one whose end is not behind its beginning is empty."""
        with self._lock:
            begins = (-math.inf, *(turn + AFTER_PAUSE_SECONDS for turn in self._turns_seconds[1::2]))
            ends = (*self._turns_seconds[::2], math.inf)
            stopped_seconds = self._stopped_seconds
        return [(begin, min(end, stopped_seconds)) for begin, end in zip(begins, ends, strict=False)]

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
