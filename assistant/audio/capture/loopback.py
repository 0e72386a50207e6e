"""What an output of Windows plays, heard through WASAPI's loopback by way of the package soundcard.

Loopback gives nothing at all while nothing plays; soundcard fills that in with zeros by the clock. The channel's thread
does everything here. Not yet run on Windows: soundcard has the same interface on Linux, where the tests use it.
"""

from __future__ import annotations

import ctypes
import sys
import time
from typing import Any

import numpy as np

from assistant.audio.capture.devices import Device, DeviceKind
from assistant.audio.capture.feed import Block
from assistant.audio.resampling import Resampler, bounded
from assistant.errors import CaptureError

_RATE_HZ = 48_000  # asked of Windows, which converts where a device has another one
_BLOCK_SAMPLES = 960
_DEFAULT_CHECK_SECONDS = 0.2


class LoopbackFeed:
    """`wanted` is the name of an output, empty for the default, which is followed. Raises CaptureError: not there."""

    def __init__(self, wanted: str) -> None:
        _join_com()
        output = find_output(wanted)
        self.description = str(output.name)
        self._followed = "" if wanted else output.id
        self._checked_seconds = time.monotonic()
        self._resampler = Resampler(_RATE_HZ, 1)
        try:
            microphone = _load().get_microphone(output.id, include_loopback=True)
            self._recorder = microphone.recorder(_RATE_HZ, blocksize=_BLOCK_SAMPLES)
            self._recorder.__enter__()
        except (RuntimeError, IndexError) as error:
            raise CaptureError(f"{self.description} can't be opened ({error})") from error

    def read(self) -> Block | None:
        self._check_default()
        try:
            sound = self._recorder.record(numframes=None)
        except RuntimeError as error:
            raise CaptureError(f"{self.description} is gone") from error
        arrived_seconds = time.monotonic()
        if not len(sound):
            return None
        mono = bounded(sound).mean(axis=1, keepdims=True, dtype=np.float32)
        return Block(arrived_seconds, self._resampler.process(mono)[:, 0], spoken=self._resampler.at_16_khz(len(mono)))

    def close(self) -> None:
        self._recorder.__exit__(None, None, None)

    def _check_default(self) -> None:
        if not self._followed or time.monotonic() - self._checked_seconds < _DEFAULT_CHECK_SECONDS:
            return
        self._checked_seconds = time.monotonic()
        output = find_output("")
        if output.id != self._followed:
            raise CaptureError(f"{self.description} was exchanged for {output.name}")


def list_outputs() -> list[Device]:
    """Raises CaptureError with the reason."""
    default = _default()
    return [
        Device(
            str(output.name), str(output.name), DeviceKind.CALL_OUTPUT, default is not None and output.id == default.id
        )
        for output in _outputs()
    ]


def find_output(wanted: str) -> Any:
    """soundcard's speaker of that name, the default one for "". Raises CaptureError with the reason."""
    if not wanted:
        if (default := _default()) is None:
            raise CaptureError("there is no output that could play the call")
        return default
    for output in _outputs():
        if wanted in (output.name, output.id):
            return output
    raise CaptureError(f'there is no output "{wanted}"')


def _outputs() -> list[Any]:
    try:
        return list(_load().all_speakers())
    except RuntimeError as error:
        raise CaptureError(f"the system doesn't say which outputs there are ({error})") from error


def _default() -> Any:
    try:
        return _load().default_speaker()
    except (RuntimeError, IndexError):  # what soundcard raises where there is none
        return None


def _load() -> Any:
    import soundcard  # asks the system as it is imported

    return soundcard


def _join_com() -> None:
    """Each thread that asks Windows for devices has to say so first; once more does no harm."""
    if sys.platform == "win32":
        ctypes.windll.ole32.CoInitializeEx(
            None, 0
        )  # 0: COINIT_MULTITHREADED, as soundcard does in its importing thread
