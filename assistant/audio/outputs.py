"""Where recorded sound is made heard: the sound server through `pacat`, else an output device through PortAudio.

An output belongs to the thread that opened it, which it makes wait.
"""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.audio.capture import portaudio
from assistant.audio.capture.opening import server_name
from assistant.errors import CaptureError, PlaybackError
from assistant.values import SAMPLE_RATE_HZ

_SERVER_LATENCY_SECONDS = 0.06
_PIPE_BYTES = 4096  # the least that the system gives; what is in it is not heard yet
_BYTES_PER_SECOND = 2 * SAMPLE_RATE_HZ
_END_SECONDS = 2.0
ADVICE = "Plug in headphones or loudspeakers, then press play again. The transcript can be read without them."


class Output(Protocol):
    latency_seconds: float  # from taking a sample to its being heard, about

    def write(self, sound: NDArray[np.int16]) -> None:
        """Take (samples,) int16 at 16 kHz; waits until there is room. Raises PlaybackError."""
        ...

    def finish(self) -> None:
        """Wait until everything was heard."""
        ...

    def close(self) -> None:
        """Be silent at once."""
        ...


def open_output() -> Output:
    """The system's default output.

    Raises:
        PlaybackError: there is none; the text says what to do.
    """
    if server_name() is not None and shutil.which("pacat") is not None:
        return ServerOutput()
    return DeviceOutput()


class ServerOutput:
    """A `pacat` process, which ends with the output, and with this program however that ends."""

    def __init__(self) -> None:
        self.latency_seconds = _SERVER_LATENCY_SECONDS + _PIPE_BYTES / _BYTES_PER_SECOND
        with_us = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
        command = [
            *with_us, "pacat", "--playback", "--raw", "--format=s16le", f"--rate={SAMPLE_RATE_HZ}", "--channels=1",
            f"--latency-msec={round(1000 * _SERVER_LATENCY_SECONDS)}", "--client-name=Depthcue",
            "--stream-name=Recording",
        ]  # fmt: skip
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                pipesize=_PIPE_BYTES,
            )
        except OSError as error:
            raise PlaybackError(f"The recording can't be heard: pacat can't be started ({error.strerror}).") from error

    def write(self, sound: NDArray[np.int16]) -> None:
        rest = memoryview(sound.astype("<i2", copy=False).tobytes())
        try:
            assert self._process.stdin is not None
            while rest:
                rest = rest[self._process.stdin.write(rest) :]
        except OSError as error:
            raise PlaybackError(f"The recording is not heard any more: the sound server ended. {ADVICE}") from error

    def finish(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended by itself
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()


class DeviceOutput:
    """PortAudio's default output."""

    def __init__(self) -> None:
        try:
            sounddevice: Any = portaudio.load()
        except CaptureError as error:
            raise PlaybackError(f"The recording can't be heard: {error}") from error
        self._error: type[Exception] = sounddevice.PortAudioError
        try:
            with portaudio.opening(self):
                self._stream = sounddevice.OutputStream(
                    samplerate=SAMPLE_RATE_HZ, channels=1, dtype="int16", latency="low"
                )
                self._stream.start()
        except (self._error, ValueError) as error:  # ValueError: there is no default device
            raise PlaybackError(f"The recording can't be heard: no output can be opened. {ADVICE}") from error
        self.latency_seconds = float(self._stream.latency)

    def write(self, sound: NDArray[np.int16]) -> None:
        try:
            self._stream.write(sound.reshape(-1, 1))
        except self._error as error:
            raise PlaybackError(f"The recording is not heard any more: the output is gone. {ADVICE}") from error

    def finish(self) -> None:
        with suppress(self._error):
            self._stream.stop()

    def close(self) -> None:
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)
        portaudio.closed(self)
