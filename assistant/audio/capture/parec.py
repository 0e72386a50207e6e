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
from dataclasses import replace
from itertools import count

import numpy as np

from assistant.audio.capture.feed import Block
from assistant.audio.capture.guard import Guard, Watched
from assistant.audio.capture.server import TAG
from assistant.audio.capture.snapshot import Snapshot, Target
from assistant.audio.resampling import Resampler
from assistant.errors import CaptureError
from assistant.values import Channel

_LATENCY_MSEC = 40  # a block costs the same however long it is: at 20 ms capture took half as much again
_WAIT_SECONDS = 0.02
_STOP_SECONDS = 0.1
_SERVER_RATE_HZ = 48_000  # PulseAudio's own way to 16 kHz takes off 4 dB at 6 kHz and 16 at 7, where "s" and "f" are
_PIPE_BYTES = 1 << 20  # five seconds, should this program be held up
_READ_BYTES = 1 << 16
_CHANNELS = 2  # PipeWire's way from two to one adds 3 dB, and clips what is loud; PulseAudio takes the mean, as here
_FRAME_BYTES = 2 * _CHANNELS

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
        self._stream = Watched(f"{os.getpid()}-{next(_numbers)}", channel, target)
        self._held: deque[Block] = deque()
        self._odd = b""
        self._resampler = Resampler(_SERVER_RATE_HZ, 1)
        ours, theirs = os.pipe()
        with suppress(OSError):  # a user may have used up what the system grants; the usual size does, too
            fcntl.fcntl(ours, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._output = os.fdopen(ours, "rb", buffering=0)
        try:
            self._process = subprocess.Popen(
                _command(target, self._stream.tag), stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            self._output.close()
            raise CaptureError(f"parec can't be started ({error.strerror})") from error
        finally:
            os.close(theirs)
        guard.watch(self._stream)

    def read(self) -> Block | None:
        cut_reason = self._stream.cut_reason  # asked first: what was good until the cut is given out before it
        believed_seconds = self._guard.believed_until_seconds(self._stream)
        if self._held and self._held[0].arrived_seconds <= believed_seconds:
            return replace(self._held.popleft(), notice=self._stream.notice)
        if cut_reason is not None:
            raise CaptureError(cut_reason)
        self._receive()
        return None

    def close(self) -> None:
        self._guard.forget(self._stream)
        self._process.kill()
        self._process.wait()
        self._output.close()

    def _receive(self) -> None:
        if not select.select([self._output], [], [], _WAIT_SECONDS)[0]:
            return
        data = os.read(self._output.fileno(), _READ_BYTES)
        arrived_seconds = time.monotonic()
        if not data:
            raise CaptureError(f"{self.description} is gone, or the sound server ended")
        data = self._odd + data
        whole = len(data) - len(data) % _FRAME_BYTES
        self._odd = data[whole:]
        sound = np.frombuffer(data[:whole], "<i2").astype(np.float32).reshape(-1, _CHANNELS)
        mono = (sound[:, :1] + sound[:, 1:]) / np.float32(_CHANNELS * 32768.0)  # numpy's mean takes four times as long
        self._held.append(Block(arrived_seconds, self._resampler.process(mono)[:, 0]))


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
