"""Listens to one channel for as long as the call lasts, whatever happens to the device.

Runs as a thread of its own, which attaches, reads and closes the feeds; it waits for the device, never for a reader.
"""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray

from assistant.audio.capture.call_clock import CallClock
from assistant.audio.capture.clock import StreamClock
from assistant.audio.capture.feed import Backend, Feed, reason_of
from assistant.audio.capture.mixer import Mixer
from assistant.audio.capture.stretch import Stretch
from assistant.audio.capture.watch import WHO, SoundWatch
from assistant.errors import CaptureError
from assistant.faults import trace
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, State, Status

_MOST_SAMPLES = SAMPLE_RATE_HZ // 8  # of a frame: no channel may run ahead of the other by more

_FIRST_RETRY_SECONDS = 0.1
_LAST_RETRY_SECONDS = 2.0
_STALLED_SECONDS = 2.0  # a device that is there and gives nothing
_SMALL_GAP_SECONDS = 0.3  # at the start the channels begin this close together, on a busy machine: silence, not a loss
_TOLD_AGAIN_SECONDS = 300.0  # the same of a device, should it still or again be so


class ChannelCapture(threading.Thread):
    """Turns one device's feeds into contiguous frames, gaps and messages, on the call's clock."""

    def __init__(self, channel: Channel, backend: Backend, mixer: Mixer, call_clock: CallClock) -> None:
        super().__init__(name=f"capture-{channel}", daemon=True)
        self._channel = channel
        self._backend = backend
        self._mixer = mixer
        self._call_clock = call_clock
        self._stopped = threading.Event()
        self._position = 0  # samples from the call's 0.0 to the end of what was given out
        self._is_heard = False
        self._reason = "it was not there when the recording began"  # why it is not, for the gap
        self._lost_since_seconds: float | None = None
        self._watch = SoundWatch(channel)
        self._told_seconds: dict[str, float] = {}  # what of a device, and when

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        retry_seconds = _FIRST_RETRY_SECONDS
        while not self._stopped.is_set():
            try:
                feed = self._backend.attach(self._channel)
                try:
                    self._follow(feed)
                finally:
                    self._call_clock.leave(self._channel)
                    feed.close()
            except Exception as error:  # noqa: BLE001 told, and tried again: no voice is missing without a word
                was_heard = self._is_heard
                trace(error)
                self._lose(reason_of(error))
                if was_heard and isinstance(error, CaptureError):
                    retry_seconds = _FIRST_RETRY_SECONDS
                    continue  # most losses are a device that was exchanged: try at once
                self._backend.wait_for_change(retry_seconds)
                retry_seconds = min(2 * retry_seconds, _LAST_RETRY_SECONDS)
        self._leave()

    def _follow(self, feed: Feed) -> None:
        clock, stretch = StreamClock(), Stretch()
        rest = np.zeros(0, np.int16)
        heard_seconds = time.monotonic()
        is_placed = False
        while not self._stopped.is_set():
            block = feed.read()
            if block is None:
                if time.monotonic() - heard_seconds > _STALLED_SECONDS:
                    raise CaptureError(f"{feed.description} gives no sound")
                continue
            heard_seconds = time.monotonic()
            self._notice(block.notice)
            clock.add(block.arrived_seconds, len(block.samples) if block.spoken is None else block.spoken)
            rest = np.concatenate((rest, stretch.process(block.samples)))
            clock.move(-stretch.speed * len(block.samples) / SAMPLE_RATE_HZ)
            if not clock.is_primed:
                continue
            if not is_placed:
                if not len(new := self._place(clock, rest, feed)):
                    continue  # all of it was heard before, by the feed before
                rest, is_placed = new, True
            if loss_seconds := clock.take_loss_seconds():  # first: what was lost is nothing to keep pace with
                stretch.speed = 0.0  # what it was to mend is part of the gap; the next estimate takes seconds
                self._gap(round(loss_seconds * SAMPLE_RATE_HZ), "the computer was too busy, and sound was lost")
                self._call_clock.lose(self._channel)
            self._keep_pace(clock, stretch)
            for at in range(0, len(rest), _MOST_SAMPLES):  # a frame costs the same however long it is
                self._frame(rest[at : at + _MOST_SAMPLES])
            rest = rest[:0]

    def _place(self, clock: StreamClock, heard: NDArray[np.int16], feed: Feed) -> NDArray[np.int16]:
        """Lay the first sound of a feed where it belongs; returns what is left of it after what was heard before."""
        origin_seconds = self._call_clock.join(self._channel, clock.start_seconds)
        begins = round((clock.start_seconds - origin_seconds) * SAMPLE_RATE_HZ)
        if begins < self._position:
            heard = heard[self._position - begins :]
        elif self._position == 0 and begins < _SMALL_GAP_SECONDS * SAMPLE_RATE_HZ:
            heard = np.concatenate((np.zeros(begins, np.int16), heard))
        elif begins > self._position:
            self._gap(begins - self._position, self._reason)
        if len(heard) and self._lost_since_seconds is not None:
            message = f"{WHO[self._channel]} is heard again, from {feed.description}."
            self._mixer.tell(Status(State.DEVICE_BACK, message, self._channel))
            self._lost_since_seconds = None
        self._is_heard = self._is_heard or len(heard) > 0
        return heard

    def _keep_pace(self, clock: StreamClock, stretch: Stretch) -> None:
        if (apart_seconds := clock.take_apart_seconds()) is not None:
            moved_seconds = self._call_clock.agree(self._channel, apart_seconds)
            clock.move(moved_seconds)
            stretch.speed = clock.speed_for(apart_seconds - moved_seconds)

    def _gap(self, samples: int, reason: str) -> None:
        start_seconds = self._position / SAMPLE_RATE_HZ
        self._position += samples
        self._mixer.put(AudioGap(self._channel, start_seconds, self._position / SAMPLE_RATE_HZ, reason))

    def _frame(self, samples: NDArray[np.int16]) -> None:
        self._mixer.put(AudioFrame(self._channel, self._position / SAMPLE_RATE_HZ, samples))
        self._position += len(samples)
        for status in self._watch.hear(samples):
            self._mixer.tell(status)

    def _notice(self, notice: str) -> None:
        """What a user should know of the device, each time anew, but not every moment."""
        now_seconds = time.monotonic()
        if notice and now_seconds - self._told_seconds.get(notice, float("-inf")) > _TOLD_AGAIN_SECONDS:
            self._told_seconds[notice] = now_seconds
            self._mixer.tell(Status(State.WARNING, notice, self._channel))

    def _lose(self, reason: str) -> None:
        self._is_heard = False
        self._mixer.lost(self._channel)
        if self._lost_since_seconds is None:
            self._lost_since_seconds = time.monotonic()
            self._reason = reason
            message = f"{WHO[self._channel]} is not heard: {reason}. It is tried again until it is back."
            self._mixer.tell(Status(State.DEVICE_LOST, message, self._channel))

    def _leave(self) -> None:
        """A channel that is lost when the call ends still says what was not heard."""
        origin_seconds = self._call_clock.origin_seconds
        if self._lost_since_seconds is not None and origin_seconds is not None:
            missing = round((time.monotonic() - origin_seconds) * SAMPLE_RATE_HZ) - self._position
            if missing > 0:
                self._gap(missing, self._reason)
