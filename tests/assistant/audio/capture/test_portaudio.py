"""Input devices through PortAudio. The module that talks to it is scripted: there is no sound card to rely on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from assistant.audio.capture import DeviceKind, list_devices, open_live, portaudio
from assistant.audio.capture.portaudio import PortAudioBackend
from assistant.audio.outputs import DeviceOutput
from assistant.errors import CaptureError
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, State, Status
from tests.waiting import PATIENCE_SECONDS, wait_until

YOU, THEM = Channel.YOU, Channel.THEM

pytestmark = pytest.mark.usefixtures("no_sound_server")


class ScriptedPortAudio:
    """Two interfaces that show the same devices, as on Windows; a stream plays what the test gives it."""

    class PortAudioError(Exception):
        pass

    def __init__(self, interface: str = "Windows WASAPI") -> None:
        self.default = SimpleNamespace(hostapi=0)
        self._interfaces = [
            {"name": "MME", "default_input_device": 0},
            {"name": interface, "default_input_device": 3},
        ]
        self._devices = [
            self._device(0, 0, "Microphone (Realtek High Defini", 1, 44_100.0),  # MME cuts names at 31 letters
            self._device(1, 1, "Speakers (Realtek)", 0, 48_000.0),
            self._device(2, 1, "CABLE Output (VB-Audio)", 2, 44_100.0),
            self._device(3, 1, "Microphone (Realtek High Definition)", 2, 48_000.0),
        ]
        self._known = list(self._devices)
        self.streams: list[Any] = []
        self.refuses = self.cannot_start = False
        self._is_started = True

    @staticmethod
    def _device(index: int, interface: int, name: str, channels: int, rate_hz: float) -> dict[str, Any]:
        return {
            "index": index,
            "hostapi": interface,
            "name": name,
            "max_input_channels": channels,
            "default_samplerate": rate_hz,
        }

    def query_hostapis(self, index: int | None = None) -> Any:
        return self._interfaces if index is None else self._interfaces[index]

    def query_devices(self) -> list[dict[str, Any]]:
        return self._known

    def plug(self, name: str) -> None:
        self._devices.append(self._device(len(self._devices), 1, name, 1, 16_000.0))

    def _terminate(self) -> None:
        assert all(stream.is_closed for stream in self.streams), "it ends all that is open"
        if not self._is_started:
            raise self.PortAudioError("Error terminating PortAudio: PortAudio not initialized", -10_000)
        self._known, self._is_started = [], False

    def _initialize(self) -> None:
        if self.cannot_start:
            raise self.PortAudioError("Error initializing PortAudio: Unanticipated host error", -9999)
        self._is_started = True
        self._known = list(self._devices)

    def OutputStream(self, **_options: Any) -> ScriptedOutput:  # noqa: N802  # the library's name
        self.streams.append(ScriptedOutput())
        return self.streams[-1]

    def InputStream(self, **options: Any) -> ScriptedStream:  # noqa: N802  # the library's name
        if self.refuses:
            raise self.PortAudioError("Device unavailable")
        self.streams.append(ScriptedStream(**options))
        return self.streams[-1]


class ScriptedStream:
    def __init__(
        self,
        *,
        device: int,
        samplerate: int,
        channels: int,
        dtype: str,
        blocksize: int,
        callback: Callable[..., None],
        finished_callback: Callable[[], None],
    ) -> None:
        self.device, self.rate_hz, self.channels, self._blocksize = device, samplerate, channels, blocksize
        self._callback = callback
        self.end = finished_callback
        self.is_closed = False
        self._buffer = np.zeros((blocksize, channels), np.float32)  # PortAudio uses the same memory again and again

    def start(self) -> None:
        pass

    def close(self, ignore_errors: bool = True) -> None:
        self.is_closed = True

    def say(self, seconds: float, amplitude: float = 0.25) -> None:
        for _ in range(round(seconds * self.rate_hz / self._blocksize)):
            self._buffer[:] = amplitude
            self._callback(self._buffer, self._blocksize, None, None)
            self._buffer[:] = 0.99


class ScriptedOutput:
    latency = 0.0
    is_closed = False

    def start(self) -> None:
        pass

    def abort(self, ignore_errors: bool = True) -> None:
        pass

    def close(self, ignore_errors: bool = True) -> None:
        self.is_closed = True


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedPortAudio]:
    scripted = ScriptedPortAudio()
    monkeypatch.setitem(sys.modules, "sounddevice", scripted)  # type: ignore[arg-type]
    yield scripted
    portaudio._open.clear()


def test_each_device_is_listed_once_and_by_its_whole_name(sound: ScriptedPortAudio) -> None:
    devices = list_devices()
    assert [device.name for device in devices] == ["CABLE Output (VB-Audio)", "Microphone (Realtek High Definition)"]
    assert {device.kind for device in devices} == {DeviceKind.MICROPHONE}
    assert [device.is_default for device in devices] == [False, True]


def test_the_default_microphone_is_heard_at_its_own_rate_and_brought_to_ours(sound: ScriptedPortAudio) -> None:
    feed = PortAudioBackend({YOU: ""}).attach(YOU)
    (stream,) = sound.streams
    assert (stream.device, stream.rate_hz, stream.channels) == (3, 48_000, 2)
    stream.say(1.0)
    samples = np.concatenate([block.samples for _ in range(50) if (block := feed.read())])
    assert len(samples) == pytest.approx(SAMPLE_RATE_HZ, abs=800)
    assert np.abs(samples[2000:-2000] - 8192).max() < 20  # a copy: the buffer's next content would be 0.99
    feed.close()
    assert stream.is_closed


def test_a_headset_that_is_plugged_in_later_is_listed_and_heard(sound: ScriptedPortAudio) -> None:
    list_devices()
    sound.plug("Headset")
    assert "Headset" in {device.name for device in list_devices()}
    feed = PortAudioBackend({YOU: "Headset"}).attach(YOU)
    sound.plug("Another")
    list_devices()  # does not end what is open
    assert not sound.streams[0].is_closed
    feed.close()
    assert "Another" in {device.name for device in list_devices()}


def test_a_recording_that_is_played_is_not_ended_by_who_looks_for_devices(sound: ScriptedPortAudio) -> None:
    list_devices()
    output = DeviceOutput()
    sound.plug("Headset")
    list_devices()
    assert not sound.streams[0].is_closed
    output.close()
    assert "Headset" in {device.name for device in list_devices()}


def test_a_device_that_ends_or_refuses_is_said_so(sound: ScriptedPortAudio) -> None:
    backend = PortAudioBackend({YOU: "CABLE Output (VB-Audio)"})
    feed = backend.attach(YOU)
    sound.streams[0].end()
    with pytest.raises(CaptureError, match=r"CABLE Output \(VB-Audio\) is gone"):
        feed.read()
    sound.refuses = True
    with pytest.raises(CaptureError, match="can't be opened"):
        backend.attach(YOU)


def test_a_system_that_names_no_devices_is_said_so_and_asked_again(sound: ScriptedPortAudio) -> None:
    sound.cannot_start = True
    with pytest.raises(CaptureError, match=r"doesn't say which devices there are.*Unanticipated host error"):
        list_devices()
    with pytest.raises(CaptureError, match="doesn't say which devices there are"):
        PortAudioBackend({YOU: ""}).attach(YOU)
    sound.cannot_start = False
    PortAudioBackend({YOU: ""}).attach(YOU).close()


def test_a_queue_that_is_full_blocks_nobody(sound: ScriptedPortAudio) -> None:
    PortAudioBackend({YOU: ""}).attach(YOU)
    talker = threading.Thread(target=sound.streams[0].say, args=(30.0,))
    talker.start()
    talker.join(PATIENCE_SECONDS)
    assert not talker.is_alive()


def test_the_call_may_come_from_a_cable_that_is_named(sound: ScriptedPortAudio) -> None:
    source = open_live(call="CABLE Output (VB-Audio)")
    assert source.channels == (YOU, THEM)
    wait_until(lambda: len(sound.streams) == 2)
    streams = {stream.device: stream for stream in sound.streams}
    for _ in range(20):
        streams[3].say(0.02, 0.1)
        streams[2].say(0.02, 0.5)
    seen: dict[Channel, int] = {}
    while len(seen) < 2:
        item = source.read()
        assert isinstance(item, AudioFrame)
        seen[item.channel] = int(item.samples[-1])
    source.close()
    assert seen[YOU] == pytest.approx(3277, abs=700)
    assert seen[THEM] == pytest.approx(16384, abs=3000)
    assert all(stream.is_closed for stream in sound.streams)


def test_without_a_server_the_microphone_is_recorded_alone_and_that_is_said(sound: ScriptedPortAudio) -> None:
    source = open_live()
    assert source.channels == (YOU,)
    warning = source.read()
    source.close()
    assert isinstance(warning, Status)
    assert (warning.state, warning.channel) == (State.WARNING, THEM)
    assert "The call's sound is not recorded: without a sound server" in warning.message


@pytest.mark.usefixtures("no_sound_at_all")
def test_the_library_missing_names_its_package() -> None:
    with pytest.raises(CaptureError, match="apt install libportaudio2"):
        list_devices()
    with pytest.raises(CaptureError, match=r"Neither voice can be recorded.*libportaudio2"):
        open_live()
