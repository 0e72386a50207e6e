"""One `parec` process per channel: records a named source of the sound server and nothing else.

Each feed belongs to its channel's thread. The process ends with the feed, and with this program however that ends.
"""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import subprocess
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from itertools import count

import numpy as np

from assistant.audio.capture.clock import earliest_arrival
from assistant.audio.capture.feed import Block
from assistant.audio.capture.guard import Guard, Watched
from assistant.audio.capture.server import TAG
from assistant.audio.capture.snapshot import Snapshot, Target
from assistant.audio.resampling import Resampler
from assistant.errors import CaptureError
from assistant.values import Channel

_LATENCY_MSEC = 50  # of the server's pieces: each costs the same however long it is
_WAIT_SECONDS = 0.1
_BLOCK_SECONDS = 0.08  # pieces are handled so many at a time, because handling costs more than waking up for them
_STOP_SECONDS = 0.1
_SERVER_RATE_HZ = 48_000  # PulseAudio's own way to 16 kHz takes off 4 dB at 6 kHz and 16 at 7, where "s" and "f" are
_PIPE_BYTES = 1 << 20  # five seconds, should this program be held up
_READ_BYTES = 1 << 16
_CHANNELS = 2  # PipeWire's way from two to one adds 3 dB, and clips what is loud; PulseAudio takes the mean, as here
_FRAME_BYTES = 2 * _CHANNELS
_SECOND_BYTES = _FRAME_BYTES * _SERVER_RATE_HZ

_numbers = count(1)


class ServerBackend:
    """Both channels by way of the sound server; `snapshot` is what it has as the call begins."""

    def __init__(self, wanted: Mapping[Channel, str], snapshot: Snapshot) -> None:
        self._guard = Guard(wanted, snapshot)
        self._guard.start()

    def attach(self, channel: Channel) -> ParecFeed:
        return ParecFeed(channel, self._guard)

    def wait_for_change(self, timeout_seconds: float) -> None:
        self._guard.wait_for_change(timeout_seconds)

    def stop(self) -> None:
        self._guard.stop()
        self._guard.join(_STOP_SECONDS)


class ParecFeed:
    """Raises CaptureError when the channel's device isn't there."""

    def __init__(self, channel: Channel, guard: Guard) -> None:
        target = guard.target(channel)
        self.description = target.description
        self._guard = guard
        tag = f"{os.getpid()}-{next(_numbers)}"
        self._held: deque[tuple[float, bytes]] = deque()  # when it arrived; whole frames
        self._odd = b""
        self._flows = True
        self._end_reason: str | None = None
        self._resampler = Resampler(_SERVER_RATE_HZ, 1)
        ours, theirs = os.pipe()
        with suppress(OSError):  # a user may have used up what the system grants; the usual size does, too
            fcntl.fcntl(ours, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._output = os.fdopen(ours, "rb", buffering=0)
        try:
            self._process = subprocess.Popen(
                _command(target, tag), stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            self._output.close()
            raise CaptureError(f"parec can't be started ({error.strerror})") from error
        finally:
            os.close(theirs)
        self._stream = Watched(tag, channel, target, end=self._process.kill)
        guard.watch(self._stream)

    def read(self) -> Block | None:
        # Asked first: what was good until then is given out before.
        reason = self._stream.cut_reason or self._end_reason
        believed_seconds = self._guard.believed_until_seconds(self._stream)
        good = [piece for piece in self._held if piece[0] <= believed_seconds]
        is_last = reason is not None or not self._flows
        if good and (is_last or sum(len(data) for _, data in good) >= _BLOCK_SECONDS * _SECOND_BYTES):
            for _ in good:
                self._held.popleft()
            return self._block(good)
        if reason is not None:
            raise CaptureError(reason)
        self._receive()
        return None

    def close(self) -> None:
        self._guard.forget(self._stream)
        self._process.kill()
        self._process.wait()
        self._output.close()

    def _receive(self) -> None:
        self._flows = bool(select.select([self._output], [], [], _WAIT_SECONDS)[0])
        if not self._flows:
            return
        data = os.read(self._output.fileno(), _READ_BYTES)
        arrived_seconds = time.monotonic()
        if not data:
            self._end_reason = f"{self.description} is gone, or the sound server ended"
            return
        data = self._odd + data
        whole = len(data) - len(data) % _FRAME_BYTES
        self._odd = data[whole:]
        self._held.append((arrived_seconds, data[:whole]))

    def _block(self, pieces: list[tuple[float, bytes]]) -> Block:
        data = b"".join(data for _, data in pieces)
        sound = np.frombuffer(data, "<i2").reshape(-1, _CHANNELS)
        mono = np.add(sound[:, :1], sound[:, 1:], dtype=np.float32)  # numpy's mean takes four times as long
        mono *= np.float32(1 / (_CHANNELS * 32768.0))
        arrived_seconds = earliest_arrival([(arrived, len(data) / _SECOND_BYTES) for arrived, data in pieces])
        samples, spoken = self._resampler.process(mono)[:, 0], self._resampler.at_16_khz(len(mono))
        return Block(arrived_seconds, samples, self._stream.notice, spoken)


def _command(target: Target, tag: str) -> list[str]:
    # The pipe alone would end an orphan only with its next sound; the kernel's signal ends it at once.
    with_us = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
    only = [] if target.playing_index is None else [f"--monitor-stream={target.playing_index}"]
    return [
        *with_us,
        "parec",
        "--raw",
        "--format=s16le",
        f"--rate={_SERVER_RATE_HZ}",
        f"--channels={_CHANNELS}",
        f"--latency-msec={_LATENCY_MSEC}",
        f"--device={target.source_name}",
        *only,
        "--client-name=Depthcue",
        f"--property={TAG}={tag}",
    ]
