"""What Windows and macOS play: soundcard for real, on a virtual card; catap scripted, as it exists on Macs only."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from assistant.audio.capture import DeviceKind, loopback, opening, tap
from assistant.errors import CaptureError
from assistant.values import AudioFrame, Channel
from tests.conftest import VirtualAudio
from tests.waiting import wait_until

# In a process of its own: soundcard keeps its connection to the server for as long as it is loaded.
WINDOWS = """
import subprocess
import numpy as np
from assistant.audio.capture.loopback import LoopbackFeed, list_outputs
from assistant.errors import CaptureError

def pitch(feed, seconds=0.5):
    heard = np.zeros(0, np.int16)
    while len(heard) < 16_000 * seconds or not heard[-1600:].any():
        block = feed.read()
        heard = heard if block is None else np.concatenate((heard, block.samples))
    return round(int(np.argmax(np.abs(np.fft.rfft(heard[-4000:])))) * 16_000 / 4000)

print(*sorted(f"{device.name}{'*' * device.is_default}" for device in list_outputs()), sep="|")
named = LoopbackFeed("Virtual loudspeakers")
print(pitch(named))
named.close()
default = LoopbackFeed("")
print(pitch(default))
subprocess.run(["pactl", "set-default-sink", "speakers"], check=True)
try:
    while True:
        default.read()
except CaptureError as error:
    print(error)
default.close()
try:
    LoopbackFeed("Zoom")
except CaptureError as error:
    print(error)
"""


def tone(path: Path, pitch_hz: float) -> Path:
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * pitch_hz * np.arange(20 * 48_000) / 48_000), 48_000)
    return path


def test_an_output_is_heard_by_its_name_and_the_default_one_is_followed(
    virtual_audio: VirtualAudio, tmp_path: Path
) -> None:
    players = [
        virtual_audio.play(tone(tmp_path / f"{pitch_hz}.wav", pitch_hz), sink)
        for pitch_hz, sink in ((440, "speakers"), (1000, "call"))
    ]
    try:
        script = tmp_path / "windows.py"  # it calls itself after its file
        script.write_text(WINDOWS)
        done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    finally:
        for player in players:
            player.kill()
            player.wait()
    assert done.stdout.splitlines() == [
        "Virtual call*|Virtual loudspeakers|Virtual microphone feed",
        "440",
        "1000",
        "Virtual call was exchanged for Virtual loudspeakers",
        'there is no output "Zoom"',
    ], done.stderr


@dataclass
class ScriptedCatap:
    """Two programs that use sound; a session gives what the test says."""

    processes: list[Any] = field(
        default_factory=lambda: [
            SimpleNamespace(audio_object_id=7, name="Zoom Helper", is_outputting=False),
            SimpleNamespace(audio_object_id=8, name="zoom.us", is_outputting=True),
        ]
    )
    refuses: bool = False
    tapped: Any = None
    capture_failed: bool = False
    is_closed: bool = False

    def list_audio_processes(self) -> list[Any]:
        return self.processes

    def record_process(self, process: Any, *, mono: bool, on_buffer: Any) -> ScriptedCatap:
        self.tapped, self.give = process, on_buffer
        return self

    def record_system_audio(self, *, mono: bool, on_buffer: Any) -> ScriptedCatap:
        return self.record_process("all", mono=mono, on_buffer=on_buffer)

    def start(self) -> None:
        if self.refuses:
            raise OSError("not permitted")

    def close(self) -> None:
        self.is_closed = True

    def say(self, sound: np.ndarray, rate_hz: float) -> None:
        is_float = sound.dtype == np.float32
        layout = SimpleNamespace(
            sample_rate=rate_hz,
            num_channels=sound.shape[1],
            bits_per_sample=8 * sound.itemsize,
            sample_type="float" if is_float else "signed_integer",
        )
        self.give(SimpleNamespace(data=sound.tobytes(), frame_count=len(sound), format=layout))


def test_a_windows_that_names_no_outputs_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("Error 0x88890010")

    monkeypatch.setattr(loopback, "_load", lambda: SimpleNamespace(all_speakers=fail, default_speaker=fail))
    for ask in (loopback.list_outputs, lambda: loopback.find_output("Loudspeakers")):
        with pytest.raises(CaptureError, match=r"doesn't say which outputs there are \(Error 0x88890010\)"):
            ask()


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> ScriptedCatap:
    scripted = ScriptedCatap()
    monkeypatch.setitem(sys.modules, "catap", scripted)  # type: ignore[arg-type]
    monkeypatch.setattr(opening, "sys", SimpleNamespace(platform="darwin"))
    return scripted


def heard(feed: Any) -> np.ndarray:
    return np.concatenate([block.samples for block in iter(feed.read, None)])


def test_everything_that_a_mac_plays_is_heard_whatever_its_format(mac: ScriptedCatap) -> None:
    feed = tap.TapFeed("")
    assert mac.tapped == "all"
    for sound, rate_hz in (
        (np.full((48_000, 2), 0.25, np.float32), 48_000.0),
        (np.full((44_100, 1), 8192, np.int16), 44_100.0),  # another headset
    ):
        mac.say(sound, rate_hz)
        samples = heard(feed)
        assert len(samples) == pytest.approx(16_000, abs=800)
        assert np.abs(samples[2000:-2000] - 8192).max() < 20
    feed.close()
    assert mac.is_closed


def test_a_change_of_rate_costs_no_sound(mac: ScriptedCatap) -> None:
    feed = tap.TapFeed("")
    for rate_hz in (48_000, 44_100, 48_000):
        for _ in range(10):
            mac.say(np.full((rate_hz // 100, 1), 0.25, np.float32), float(rate_hz))
    mac.say(np.full((160, 1), 0.25, np.float32), 16_000.0)
    blocks = list(iter(feed.read, None))
    assert sum(len(block.samples) for block in blocks) == pytest.approx(0.31 * 16_000, abs=4)
    assert sum(block.spoken or 0 for block in blocks) == pytest.approx(0.31 * 16_000)


def test_a_program_that_plays_is_preferred_and_its_end_is_noticed(
    mac: ScriptedCatap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tap, "_PROGRAM_CHECK_SECONDS", 0.0)
    feed = tap.TapFeed("Zoom")
    assert mac.tapped.name == "zoom.us"
    assert feed.read() is None
    mac.processes.clear()
    with pytest.raises(CaptureError, match=r"zoom\.us has ended"):
        feed.read()
    with pytest.raises(CaptureError, match='no program "Zoom" uses sound'):
        tap.TapFeed("Zoom")


def test_a_tap_that_fails_or_is_refused_is_said_so(mac: ScriptedCatap) -> None:
    feed = tap.TapFeed("")
    mac.capture_failed = True
    with pytest.raises(CaptureError, match="What this Mac plays is gone"):
        feed.read()
    mac.refuses = True
    with pytest.raises(CaptureError, match="allow it in System Settings"):
        tap.TapFeed("")


@pytest.mark.usefixtures("no_sound_server")
def test_what_a_mac_plays_is_listed_beside_its_microphones(mac: ScriptedCatap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening.portaudio, "list_inputs", list)
    assert [(device.name, device.kind) for device in opening.list_devices()] == [
        (tap.EVERYTHING, DeviceKind.CALL_OUTPUT),
        ("zoom.us", DeviceKind.PROGRAM),
    ]


@pytest.mark.usefixtures("no_sound_server")
def test_a_call_that_a_mac_plays_is_recorded_and_one_that_nothing_plays_is_refused(
    mac: ScriptedCatap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening.portaudio, "find_input", no_input)
    source = opening.open_live("none", "zoom")
    wait_until(lambda: mac.tapped is not None)
    mac.say(np.full((48_000, 1), 0.5, np.float32), 48_000.0)
    frame = source.read()
    source.close()
    assert isinstance(frame, AudioFrame)
    assert frame.channel is Channel.THEM
    with pytest.raises(CaptureError, match='no input device "Skype"'):
        opening.open_live("none", "Skype")


def no_input(wanted: str) -> None:
    raise CaptureError(f'there is no input device "{wanted}"')
