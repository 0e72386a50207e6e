"""What the channels' threads hear, in one order.

Threads: each channel's thread puts, the listening thread takes. Nobody holds the lock for longer than a deque's
operation; only `next` waits.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence

from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, Status

_WAIT_FOR_OTHER_SECONDS = 0.5  # a channel that is heard but late is waited for so long, then the other goes ahead
_MOST_SAMPLES = 120 * SAMPLE_RATE_HZ  # of a channel, 4 MB: a reader that is further behind has failed


class Mixer:
    """Puts the channels' frames and gaps in the order of their times."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self._changed = threading.Condition()
        self._queues: dict[Channel, deque[tuple[float, AudioFrame | AudioGap]]] = {name: deque() for name in channels}
        self._held = dict.fromkeys(channels, 0)  # samples in each queue
        self._statuses: deque[Status] = deque()
        self._silent: set[Channel] = set()  # not heard now: nobody waits for these
        self._dropped: dict[Channel, AudioGap] = {}
        self._is_ended = False

    def put(self, item: AudioFrame | AudioGap) -> None:
        with self._changed:
            queue = self._queues[item.channel]
            if self._held[item.channel] >= _MOST_SAMPLES:
                self._drop(item)
                return
            if dropped := self._dropped.pop(item.channel, None):
                queue.append((time.monotonic(), dropped))
            queue.append((time.monotonic(), item))
            self._held[item.channel] += _samples(item)
            self._silent.discard(item.channel)
            if self._first() is not None:  # otherwise the other channel's is waited for
                self._changed.notify()

    def tell(self, status: Status) -> None:
        with self._changed:
            self._statuses.append(status)
            self._changed.notify()

    def lost(self, channel: Channel) -> None:
        """Until its next frame nobody waits for this channel."""
        with self._changed:
            self._silent.add(channel)
            self._changed.notify()

    def end(self) -> None:
        with self._changed:
            self._is_ended = True
            for channel, dropped in self._dropped.items():
                self._queues[channel].append((time.monotonic(), dropped))
            self._dropped.clear()
            self._changed.notify()

    def wait(self, timeout_seconds: float) -> bool:
        """Is there a next item, or the end, within this time?"""
        until_seconds = time.monotonic() + timeout_seconds
        with self._changed:
            while not (self._statuses or self._first() is not None or self._is_ended):
                left_seconds = until_seconds - time.monotonic()
                if left_seconds <= 0:
                    return False
                self._changed.wait(min(left_seconds, max(0.0, self._patience_seconds())))
            return True

    def next(self) -> AudioFrame | AudioGap | Status | None:
        """Wait for the next item; None after `end`, when all that was heard has been taken."""
        with self._changed:
            while not self.wait(_WAIT_FOR_OTHER_SECONDS):
                pass
            if self._statuses:
                return self._statuses.popleft()
            queue = self._first()
            if queue is None:
                return None
            _, item = queue.popleft()
            self._held[item.channel] -= _samples(item)
            return item

    def _patience_seconds(self) -> float:
        """How long the other channel's item is still waited for; nobody tells when that is over."""
        queue = self._earliest()
        return _WAIT_FOR_OTHER_SECONDS - (time.monotonic() - queue[0][0] if queue else 0.0)

    def _first(self) -> deque[tuple[float, AudioFrame | AudioGap]] | None:
        """The queue that holds the next item, unless the other channel's is waited for."""
        queue = self._earliest()
        if queue is None:
            return None
        is_waited_for = any(not queue and name not in self._silent for name, queue in self._queues.items())
        is_patient = time.monotonic() - queue[0][0] < _WAIT_FOR_OTHER_SECONDS
        if is_waited_for and is_patient and not self._is_ended:
            return None
        return queue

    def _earliest(self) -> deque[tuple[float, AudioFrame | AudioGap]] | None:
        ready = [queue for queue in self._queues.values() if queue]
        return min(ready, key=lambda queue: queue[0][1].start_seconds, default=None)

    def _drop(self, item: AudioFrame | AudioGap) -> None:
        before = self._dropped.get(item.channel)
        start_seconds = before.start_seconds if before else item.start_seconds
        reason = "the computer was too busy to take the sound in; close other programs"
        self._dropped[item.channel] = AudioGap(item.channel, start_seconds, item.end_seconds, reason)


def _samples(item: AudioFrame | AudioGap) -> int:
    return len(item.samples) if isinstance(item, AudioFrame) else 0
