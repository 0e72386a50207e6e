"""Watches the sound server, so that no stream is believed after the server moved it to another device.

When a device disappears the server lets its streams go on from another one, without a word: the call's stream would
bring the microphone. So a stream's newest sound is held back until the server has been heard to say nothing about it.

Runs as a thread of its own with its own connection; the channels' threads ask it. Its lock is never held while it waits
for the server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from assistant.audio.capture.feed import reason_of
from assistant.audio.capture.server import SoundServer
from assistant.audio.capture.snapshot import Snapshot, Target
from assistant.errors import CaptureError
from assistant.faults import trace
from assistant.values import Channel

HOLD_SECONDS = 0.06  # a server's message about a move may come this much after the first sound of the wrong device

_LISTEN_SECONDS = 0.08  # a question costs as much as a block; in step with those, a channel could stay late for long
_FIRST_RECONNECT_SECONDS = 0.1
_LAST_RECONNECT_SECONDS = 2.0
_SLOWER = 1.1  # each wait is so much longer: a server that is back is noticed within a tenth of its absence


class Watched:
    """One recording stream under guard. Made by its channel's thread; judged by the guard's."""

    def __init__(self, tag: str, channel: Channel, target: Target, end: Callable[[], None]) -> None:
        """`end` has the stream give no more sound, upon which whoever waits for it wakes up. Called when it is cut."""
        self.tag = tag
        self.end = end
        self.channel = channel
        self.target = target
        self.was_seen = False  # the server says that it records what it should
        self.cut_reason: str | None = None  # set once, never taken back
        self.good_seconds = 0.0  # of a stream that is cut: what arrived up to then is its channel's voice all the same
        self.notice = ""  # what a user should know of the device now


class Guard(threading.Thread):
    """Knows at every moment what each channel should record, and which streams do."""

    def __init__(self, wanted: Mapping[Channel, str], snapshot: Snapshot) -> None:
        super().__init__(name="capture-guard", daemon=True)
        self._wanted = dict(wanted)
        self._changed = threading.Condition()
        self._snapshot: Snapshot | None = snapshot  # None while there is no server
        self._clear_seconds = 0.0  # up to this moment everything that the server had to say is known
        self._streams: list[Watched] = []
        self._is_stopped = False

    def stop(self) -> None:
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def target(self, channel: Channel) -> Target:
        """What to record now. Raises CaptureError with the reason when it isn't there."""
        with self._changed:
            if self._snapshot is None:
                raise CaptureError("the sound server ended or does not answer")
            return self._snapshot.target(channel, self._wanted)

    def watch(self, stream: Watched) -> None:
        with self._changed:
            self._streams.append(stream)

    def forget(self, stream: Watched) -> None:
        with self._changed:
            self._streams.remove(stream)

    def believed_until_seconds(self, stream: Watched) -> float:
        """Sound of `stream` that arrived up to this moment is its channel's voice for certain."""
        with self._changed:
            return stream.good_seconds if stream.cut_reason is not None else self._certain_seconds(stream)

    def wait_for_change(self, timeout_seconds: float) -> None:
        with self._changed:
            if not self._is_stopped:
                self._changed.wait(timeout_seconds)

    def run(self) -> None:
        retry_seconds = _FIRST_RECONNECT_SECONDS
        while not self._is_stopped:
            try:
                with SoundServer() as server:
                    server.subscribe()
                    retry_seconds = _FIRST_RECONNECT_SECONDS
                    self._serve(server)
            except Exception as error:  # noqa: BLE001 the channels tell it; without a guard none would be heard again
                trace(error)
                self._take(None, time.monotonic(), reason_of(error))
                self.wait_for_change(retry_seconds)
                retry_seconds = min(_SLOWER * retry_seconds, _LAST_RECONNECT_SECONDS)

    def _serve(self, server: SoundServer) -> None:
        quiet_seconds = None
        while not self._is_stopped:
            if quiet_seconds is None:
                asked_seconds = time.monotonic()
                self._take(server.snapshot(), asked_seconds, "")
            else:
                with self._changed:
                    self._clear_seconds = quiet_seconds
            quiet_seconds = server.quiet_until(_LISTEN_SECONDS)

    def _take(self, snapshot: Snapshot | None, asked_seconds: float, reason: str) -> None:
        with self._changed:
            is_new = snapshot != self._snapshot
            self._snapshot = snapshot
            for stream in self._streams:
                if stream.cut_reason is None:
                    stream.good_seconds = self._certain_seconds(stream)
                    stream.notice = snapshot.notice(stream.target) if snapshot else ""
                    stream.cut_reason = self._doubt(stream, snapshot, asked_seconds) if snapshot else reason
                    if stream.cut_reason is not None:
                        stream.end()
            self._clear_seconds = asked_seconds
            if is_new:
                self._changed.notify_all()

    def _certain_seconds(self, stream: Watched) -> float:
        return self._clear_seconds - HOLD_SECONDS if stream.was_seen else 0.0

    def _doubt(self, stream: Watched, snapshot: Snapshot, asked_seconds: float) -> str | None:
        """Why this stream can't be believed, None if it can. Caller holds the lock."""
        heard = snapshot.recorded.get(stream.tag)
        if heard is None:
            return f"{stream.target.description} is gone" if stream.was_seen else None
        is_there = any(source.index == stream.target.source_index for source in snapshot.sources)
        if not is_there:
            return f"{stream.target.description} is gone"
        if heard != stream.target.source_index:
            return f"the sound server exchanged {stream.target.description} for another device"
        try:
            target = snapshot.target(stream.channel, self._wanted)
        except CaptureError as error:
            return str(error)
        if target != stream.target:
            stream.good_seconds = asked_seconds  # it still heard the old device then, which was right until now
            return f"{stream.target.description} was exchanged for {target.description}"
        stream.was_seen = True
        return None
