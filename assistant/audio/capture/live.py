"""A live call as an audio source.

Threads: one for each channel and what the backend runs; the listening thread reads; any thread closes.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from assistant.audio.capture.call_clock import CallClock
from assistant.audio.capture.channel import ChannelCapture
from assistant.audio.capture.feed import Backend
from assistant.audio.capture.mixer import Mixer
from assistant.values import AudioFrame, AudioGap, Channel, Status

_CLOSE_SECONDS = 0.3


class LiveSource:
    """Microphone and call. Recording begins with the constructor.

    After `close`, `read` still gives out what had been taken in by then (and the gap of a channel that is lost), then
    None. That is not all that was spoken: whoever wants that closes some tenths of a second later.

    Args:
        origin_seconds: `time.monotonic()` at the call's 0.0, of a call that goes on; otherwise the first sound sets it.
    """

    def __init__(
        self,
        backend: Backend,
        channels: Sequence[Channel],
        warnings: Sequence[Status] = (),
        origin_seconds: float | None = None,
    ) -> None:
        self._backend = backend
        self._channels = tuple(channels)
        self._mixer = Mixer(channels)
        self._call_clock = CallClock(origin_seconds)
        for warning in warnings:
            self._mixer.tell(warning)
        self._captures = [ChannelCapture(channel, backend, self._mixer, self._call_clock) for channel in channels]
        for capture in self._captures:
            capture.start()

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._channels

    @property
    def duration_seconds(self) -> float | None:
        return None

    @property
    def origin_seconds(self) -> float | None:
        """`time.monotonic()` at the call's 0.0, as of now; None before the first sound."""
        return self._call_clock.origin_seconds

    def read(self) -> AudioFrame | AudioGap | Status | None:
        return self._mixer.next()

    def wait(self, timeout_seconds: float) -> bool:
        """Will `read` return at once? Asked for so long at most, by the thread that reads."""
        return self._mixer.wait(timeout_seconds)

    def close(self) -> None:
        """Returns within 0.3 s; nothing that listens is left behind."""
        for capture in self._captures:
            capture.stop()
        self._backend.stop()
        until_seconds = time.monotonic() + _CLOSE_SECONDS
        for capture in self._captures:
            capture.join(max(0.0, until_seconds - time.monotonic()))
        self._mixer.end()
