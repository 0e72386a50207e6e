"""Input devices through PortAudio: where there is no sound server, and the microphone on Windows and macOS.

PortAudio calls `_on_sound` on a thread of its own: it copies, puts, returns. The channel's thread takes and resamples.
What does not fit into the queue is left out; the channel's clock finds the hole and its length.

PortAudio knows the devices of the moment at which it was started, so it is started anew to look for those that came and
went, unless something is recorded or played through it just now: that would end, and take this process along.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.audio.capture.devices import Device, DeviceKind
from assistant.audio.capture.feed import Block, Feed
from assistant.audio.resampling import Resampler, bounded
from assistant.errors import CaptureError
from assistant.values import Channel

_BLOCK_SECONDS = 0.02
_QUEUE_BLOCKS = 500  # 10 s
_WAIT_SECONDS = 0.05
_opening = threading.RLock()  # over the list of devices from when it is read until one of it is open
_open: set[object] = set()  # who has a stream
_MOST_CHANNELS = 2  # the shared mode of some systems refuses less than the device has; a microphone has one or two


class PortAudioBackend:
    """Each channel an input device by name; the microphone's may be empty for the default.

    Args:
        attach_call: attaches to the call by its name, where that may be something else than an input device.
    """

    def __init__(self, wanted: Mapping[Channel, str], attach_call: Callable[[str], Feed] | None = None) -> None:
        self._wanted = dict(wanted)
        self._attach_call = attach_call
        self._stopped = threading.Event()

    def attach(self, channel: Channel) -> Feed:
        if channel is Channel.THEM and self._attach_call is not None:
            return self._attach_call(self._wanted[channel])
        return PortAudioFeed(self._wanted[channel])

    def wait_for_change(self, timeout_seconds: float) -> None:
        self._stopped.wait(timeout_seconds)

    def stop(self) -> None:
        self._stopped.set()


class PortAudioFeed:
    """The input device `wanted`, or the default for "". Raises CaptureError when it isn't there or can't be opened."""

    def __init__(self, wanted: str) -> None:
        with opening(self):
            self._start(find_input(wanted))

    def _start(self, device: Mapping[str, Any]) -> None:
        sounddevice = load()
        self.description = str(device["name"])
        rate_hz = round(device["default_samplerate"])
        self._blocks: queue.Queue[tuple[float, NDArray[np.float32]]] = queue.Queue(_QUEUE_BLOCKS)
        self._resampler = Resampler(rate_hz, 1)
        self._is_over = threading.Event()
        try:
            self._stream = sounddevice.InputStream(
                device=device["index"],
                samplerate=rate_hz,
                channels=min(device["max_input_channels"], _MOST_CHANNELS),
                dtype="float32",
                blocksize=round(_BLOCK_SECONDS * rate_hz),
                callback=self._on_sound,
                finished_callback=self._is_over.set,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise CaptureError(f"{self.description} can't be opened ({error.args[0]})") from error

    def read(self) -> Block | None:
        try:
            arrived_seconds, sound = self._blocks.get(timeout=_WAIT_SECONDS)
        except queue.Empty:
            if self._is_over.is_set():
                raise CaptureError(f"{self.description} is gone") from None
            return None
        mono = bounded(sound).mean(axis=1, keepdims=True, dtype=np.float32)
        return Block(arrived_seconds, self._resampler.process(mono)[:, 0], spoken=self._resampler.at_16_khz(len(mono)))

    def close(self) -> None:
        self._stream.close(ignore_errors=True)
        closed(self)

    def _on_sound(self, sound: NDArray[np.float32], frames: int, times: Any, flags: Any) -> None:
        arrived_seconds = time.monotonic()
        if not self._blocks.full():
            self._blocks.put_nowait((arrived_seconds, sound.copy()))


def load() -> Any:
    """The sounddevice module.

    Raises:
        CaptureError: PortAudio, which it needs, is not installed.
    """
    try:
        import sounddevice
    except OSError as error:  # its wheel for Linux comes without the library
        raise CaptureError(
            "The PortAudio library is missing, and without it or a sound server no microphone can be heard. "
            "Install it: sudo apt install libportaudio2"
        ) from error
    return sounddevice


@contextmanager
def opening(owner: object) -> Iterator[None]:
    """Inside, `owner` opens a stream. Nobody who looks for devices ends it, up to `closed`."""
    with _opening:
        yield
        _open.add(owner)


def closed(owner: object) -> None:
    """The stream of `owner` is closed."""
    with _opening:
        _open.discard(owner)


def list_inputs() -> list[Device]:
    """Input devices of the system's usual interface, each once. Raises CaptureError with the reason."""
    entries, default = _found()
    return [
        Device(str(entry["name"]), str(entry["name"]), DeviceKind.MICROPHONE, entry["index"] == default)
        for entry in entries
    ]


def find_input(wanted: str) -> Mapping[str, Any]:
    """The entry of the device `wanted`, or of the default for "". Raises CaptureError with the reason."""
    entries, default = _found()
    for entry in entries:
        if entry["name"] == wanted if wanted else entry["index"] == default:
            return entry
    if not wanted and entries:
        return entries[0]
    raise CaptureError(f'there is no input device "{wanted}"' if wanted else "there is no microphone")


def _found() -> tuple[list[Mapping[str, Any]], int]:
    """The entries of the inputs that are there now, and the index of the default. Raises CaptureError as `load` does,
    and where the system fails to answer."""
    sounddevice = load()
    with _opening:
        try:
            _look_again()
            entries = _inputs()
            return entries, _default_index(entries)
        except sounddevice.PortAudioError as error:
            raise CaptureError(f"the system doesn't say which devices there are ({error.args[0]})") from error


def _look_again() -> None:
    """For devices that came and went. The names are sounddevice's own advice for it."""
    if not _open:
        sounddevice = load()
        with suppress(sounddevice.PortAudioError):  # it runs no more: it could not be started the last time
            sounddevice._terminate()
        sounddevice._initialize()


def _inputs() -> list[Mapping[str, Any]]:
    # Windows lists every device once for each of four interfaces; WASAPI is the one that shows full names.
    sounddevice = load()
    interfaces = sounddevice.query_hostapis()
    if not interfaces:
        return []
    chosen = next((n for n, entry in enumerate(interfaces) if entry["name"] == "Windows WASAPI"), None)
    if chosen is None:
        chosen = max(0, int(sounddevice.default.hostapi))
    return [
        entry for entry in sounddevice.query_devices() if entry["hostapi"] == chosen and entry["max_input_channels"] > 0
    ]


def _default_index(inputs: Sequence[Mapping[str, Any]]) -> int:
    return int(load().query_hostapis(inputs[0]["hostapi"])["default_input_device"]) if inputs else -1
