"""The way out of the recording process, which never waits for the program that reads.

A program that is busy, or stopped in a debugger, must not hold up a recording. What it doesn't take is kept for it up
to a limit; beyond that frames are left out of what it gets (the recording has them), and a gap says so.
"""

from __future__ import annotations

import os
import time
from collections import deque

from assistant.audio.recorder.wire import Message, encode
from assistant.values import AudioFrame, AudioGap, Channel

_MOST_BYTES = 64 << 20  # a quarter of an hour of both voices
_FLUSH_STEP_SECONDS = 0.01
LEFT_OUT = "the program was too busy to listen; the recording has it"


class Outbox:
    """`descriptor` is the pipe's writing end; where the system can, it is made non-blocking. One thread."""

    def __init__(self, descriptor: int, most_bytes: int = _MOST_BYTES) -> None:
        self._descriptor = descriptor
        self._most_bytes = most_bytes
        self._waiting: deque[memoryview] = deque()
        self._waiting_bytes = 0
        self._left_out: dict[Channel, AudioGap] = {}
        self.is_broken = False  # nobody reads any more
        if os.name == "posix":  # elsewhere a reader that stops may hold the recording up once the pipe is full
            os.set_blocking(descriptor, False)

    def send(self, message: Message) -> None:
        """Hand over what the pipe takes now; nothing where nobody reads any more."""
        if self.is_broken:
            return
        if isinstance(message, AudioFrame) and self._waiting_bytes > self._most_bytes:
            self._leave_out(message)
        else:
            self._tell_what_was_left_out(message)
            self._put(message)
        self._push()

    def flush(self, timeout_seconds: float) -> None:
        """Wait until the reader has taken everything, or has gone, or the time is over."""
        until_seconds = time.monotonic() + timeout_seconds
        for gap in self._left_out.values():
            self._put(gap)
        self._left_out.clear()
        self._push()
        while self._waiting and not self.is_broken and time.monotonic() < until_seconds:
            time.sleep(_FLUSH_STEP_SECONDS)
            self._push()

    def _put(self, message: Message) -> None:
        data = memoryview(encode(message))
        self._waiting.append(data)
        self._waiting_bytes += len(data)

    def _push(self) -> None:
        while self._waiting and not self.is_broken:
            data = self._waiting[0]
            try:
                written = os.write(self._descriptor, data)
            except BlockingIOError:
                return
            except OSError:
                self.is_broken = True
                return
            self._waiting_bytes -= written
            if written == len(data):
                self._waiting.popleft()
            else:
                self._waiting[0] = data[written:]

    def _leave_out(self, frame: AudioFrame) -> None:
        before = self._left_out.get(frame.channel)
        start_seconds = before.start_seconds if before else frame.start_seconds
        self._left_out[frame.channel] = AudioGap(frame.channel, start_seconds, frame.end_seconds, LEFT_OUT)

    def _tell_what_was_left_out(self, message: Message) -> None:
        if isinstance(message, AudioFrame | AudioGap) and (gap := self._left_out.pop(message.channel, None)):
            self._put(gap)
