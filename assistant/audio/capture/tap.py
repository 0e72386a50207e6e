"""What a Mac plays, or one program of it, heard through Core Audio's process taps by way of the package catap.

Needs macOS 14.2. Volume and mute don't touch it, and the system's mix follows the default output by itself. catap calls
`_on_buffer` on a thread of its own: it puts and returns. The channel's thread does the rest. Not yet run on a Mac.
"""

from __future__ import annotations

import queue
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.audio.capture.devices import Device, DeviceKind
from assistant.audio.capture.feed import Block
from assistant.audio.resampling import Resampler, bounded
from assistant.errors import CaptureError
from assistant.values import SAMPLE_RATE_HZ

EVERYTHING = "everything"

_QUEUE_BUFFERS = 1000  # 10 s
_WAIT_SECONDS = 0.05
_PROGRAM_CHECK_SECONDS = 0.5
_SAMPLES = {("float", 32): np.float32, ("signed_integer", 16): np.int16, ("signed_integer", 32): np.int32}


class TapFeed:
    """`wanted` is a program's name, or empty for all that is played. Raises CaptureError: not there, or refused."""

    def __init__(self, wanted: str) -> None:
        catap = _load()
        self._program = find_program(wanted)
        self.description = "What this Mac plays" if self._program is None else str(self._program.name)
        self._buffers: queue.Queue[tuple[float, Any]] = queue.Queue(_QUEUE_BUFFERS)
        self._rate_hz = SAMPLE_RATE_HZ  # of what comes
        self._resampler = Resampler(self._rate_hz, 1)
        self._checked_seconds = time.monotonic()
        try:
            self._session = (
                catap.record_system_audio(mono=True, on_buffer=self._on_buffer)
                if self._program is None
                else catap.record_process(self._program, mono=True, on_buffer=self._on_buffer)
            )
            self._session.start()
        except (OSError, RuntimeError, LookupError, ValueError) as error:
            raise CaptureError(
                f"{self.description} can't be opened ({error}); allow it in System Settings, Privacy & Security, "
                "Screen & System Audio Recording"
            ) from error

    def read(self) -> Block | None:
        self._check_program()
        try:
            arrived_seconds, buffer = self._buffers.get(timeout=_WAIT_SECONDS)
        except queue.Empty:
            if self._session.capture_failed:
                raise CaptureError(f"{self.description} is gone") from None
            return None
        mono = bounded(_samples(buffer)).mean(axis=1, keepdims=True, dtype=np.float32)
        before = self._go_on_at(round(buffer.format.sample_rate))
        samples = np.concatenate((before, self._resampler.process(mono)))[:, 0]
        return Block(arrived_seconds, samples, spoken=self._resampler.at_16_khz(len(mono)))

    def close(self) -> None:
        try:
            self._session.close()
        except (OSError, RuntimeError) as error:
            raise CaptureError(f"{self.description} could not be let go ({error})") from error

    def _on_buffer(self, buffer: Any) -> None:
        if not self._buffers.full():
            self._buffers.put_nowait((time.monotonic(), buffer))

    def _go_on_at(self, rate_hz: int) -> NDArray[np.int16]:
        """A headset's rate may change in the middle: (samples, 1) that are still held of the one before."""
        if rate_hz == self._rate_hz:
            return np.zeros((0, 1), np.int16)
        held = self._resampler.finish()
        self._rate_hz, self._resampler = rate_hz, Resampler(rate_hz, 1)
        return held

    def _check_program(self) -> None:
        """A tap of a program that has ended gives silence for ever."""
        if self._program is None or time.monotonic() - self._checked_seconds < _PROGRAM_CHECK_SECONDS:
            return
        self._checked_seconds = time.monotonic()
        if all(program.audio_object_id != self._program.audio_object_id for program in _programs()):
            raise CaptureError(f"{self.description} has ended")


def is_there() -> bool:
    """Does this system have process taps?"""
    try:
        _load()
    except ImportError:  # an older macOS
        return False
    return True


def list_outputs() -> list[Device]:
    names = dict.fromkeys(str(program.name) for program in _programs() if program.is_outputting)
    everything = Device(EVERYTHING, "What this Mac plays", DeviceKind.CALL_OUTPUT, True)
    return [everything] + [Device(name, name, DeviceKind.PROGRAM, False) for name in names]


def find_program(wanted: str) -> Any:
    """catap's process of that name, those that play first; None for all. Raises CaptureError with the reason."""
    if wanted in ("", EVERYTHING):
        return None
    found = [program for program in _programs() if wanted.casefold() in str(program.name).casefold()]
    if not found:
        raise CaptureError(f'no program "{wanted}" uses sound')
    return min(found, key=lambda program: not program.is_outputting)


def _programs() -> list[Any]:
    try:
        return list(_load().list_audio_processes())
    except OSError as error:
        raise CaptureError(f"the system doesn't say which programs play ({error})") from error


def _samples(buffer: Any) -> NDArray[np.float32]:
    """(frames, channels) in -1..1."""
    kind = _SAMPLES.get((buffer.format.sample_type, buffer.format.bits_per_sample))
    if kind is None:
        raise CaptureError(f"the system gives sound of {buffer.format.bits_per_sample} bits, which is not known here")
    sound = np.frombuffer(buffer.data, kind).reshape(-1, buffer.format.num_channels)
    if np.issubdtype(kind, np.integer):
        return sound.astype(np.float32) / np.float32(1 << (buffer.format.bits_per_sample - 1))
    return sound.astype(np.float32)


def _load() -> Any:
    import catap  # raises ImportError below macOS 14.2

    return catap
