"""The call's clock, which both channels share: where its 0.0 lies on the computer's.

Each device counts its samples by a clock of its own, some millionths fast or slow. That the channels stay together is
what matters: by how much one device differs from the other its sound has to be stretched. What they have in common is
no fault of either: both are devices of one card, or the computer's clock is the one that is off, or the computer was
busy and everything came late. Then the call goes by the devices, whose sound is left as it is, and 0.0 moves instead.
A device that is heard alone is followed altogether.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

from assistant.values import Channel

_STEP_SECONDS = 0.001  # a smaller move of 0.0 is worth no word


class CallClock:
    """Asked by the channels' threads and by whoever reads.

    Args:
        origin_seconds: `time.monotonic()` at the call's 0.0, of a call that goes on; otherwise the first sound sets it.
    """

    def __init__(self, origin_seconds: float | None = None) -> None:
        self._lock = threading.Lock()
        self._origin_seconds = origin_seconds
        self._apart_seconds: dict[Channel, float | None] = {}  # of those that are heard; None: not known yet
        self._untold_seconds: dict[Channel, float] = {}  # by which 0.0 has moved since a channel was told

    @property
    def origin_seconds(self) -> float | None:
        """`time.monotonic()` at the call's 0.0, as of now; None before the first sound."""
        return self._origin_seconds

    def join(self, channel: Channel, start_seconds: float) -> float:
        """A stream of `channel` is heard, from `start_seconds` of `time.monotonic()` on; returns where 0.0 lies."""
        with self._lock:
            if self._origin_seconds is None:
                self._origin_seconds = start_seconds
            self._apart_seconds[channel] = None
            self._untold_seconds[channel] = 0.0
            return self._origin_seconds

    def leave(self, channel: Channel) -> None:
        with self._lock:
            self._apart_seconds.pop(channel, None)
            self._untold_seconds.pop(channel, None)

    def lose(self, channel: Channel) -> None:
        """Its device lost sound: what it told before that says nothing of how it goes on."""
        with self._lock:
            self._apart_seconds[channel] = None

    def agree(self, channel: Channel, apart_seconds: float) -> float:
        """Tell by how much the channel's device has come to lie behind where its sound was laid (negative: before it);
        returns by how much 0.0, and with it all that was laid, has moved since it was asked last."""
        with self._lock:
            assert self._origin_seconds is not None
            self._apart_seconds[channel] = apart_seconds - self._untold_seconds[channel]
            common_seconds = _common(self._apart_seconds.values())
            if abs(common_seconds) >= _STEP_SECONDS:
                self._origin_seconds += common_seconds
                for each, apart in self._apart_seconds.items():
                    self._apart_seconds[each] = (apart or 0.0) - common_seconds
                    self._untold_seconds[each] += common_seconds
            moved_seconds, self._untold_seconds[channel] = self._untold_seconds[channel], 0.0
            return moved_seconds


def _common(apart_seconds: Collection[float | None]) -> float:
    """What all have in common: nothing, unless all are known and on the same side."""
    known = [apart for apart in apart_seconds if apart is not None]
    if len(known) < len(apart_seconds):
        return 0.0
    return min(known) if min(known) > 0 else max(known) if max(known) < 0 else 0.0
