"""Both voices through a real sound server, and what happens to its devices in the middle of a call."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from assistant.audio.capture import DeviceKind, LiveSource, list_devices, open_live
from assistant.audio.capture.opening import server_snapshot
from assistant.demo import INTERVIEW
from assistant.errors import CaptureError
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, State, Status
from tests.conftest import PULSEAUDIO, VirtualAudio, both_servers

YOU, THEM = Channel.YOU, Channel.THEM
PATIENCE_SECONDS = 20.0
MICROPHONE_HZ, CALL_HZ = 440.0, 1000.0
PITCHES_HZ = {YOU: MICROPHONE_HZ, THEM: CALL_HZ}
TONE_AMPLITUDE = 0.3


class Listener:
    """Reads a source on a thread of its own, as the session does, and keeps everything."""

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self.items: list[AudioFrame | AudioGap | Status] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.source.close()
        self._thread.join()

    def _run(self) -> None:
        while (item := self.source.read()) is not None:
            with self._changed:
                self.items.append(item)
                self._changed.notify()

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, PATIENCE_SECONDS), self.statuses()

    def hear(self, channel: Channel, seconds: float) -> None:
        """Wait for that much more of a channel."""
        until_seconds = self.heard_seconds(channel) + seconds
        self.wait_until(lambda: self.heard_seconds(channel) >= until_seconds)

    def hear_tone(self, channel: Channel, pitch_hz: float) -> None:
        """Wait for a quarter of a second of it from now on: players and devices take their time."""
        begin = len(self.items)

        def is_heard() -> bool:
            new = [i.samples for i in self.items[begin:] if isinstance(i, AudioFrame) and i.channel is channel]
            return int(np.sum(loudness(np.concatenate([np.zeros(0), *new]) / 32768, pitch_hz) > 0.25)) > 12

        self.wait_until(is_heard)

    def heard_seconds(self, channel: Channel) -> float:
        heard = [item for item in list(self.items) if isinstance(item, AudioFrame) and item.channel is channel]
        return sum(len(frame.samples) for frame in heard) / SAMPLE_RATE_HZ

    def statuses(self, state: State | None = None) -> list[Status]:
        return [item for item in list(self.items) if isinstance(item, Status) and state in (None, item.state)]

    def states(self, channel: Channel) -> list[State]:
        return [status.state for status in self.statuses() if status.channel is channel]

    def gaps(self, channel: Channel) -> list[AudioGap]:
        return [item for item in self.items if isinstance(item, AudioGap) and item.channel is channel]

    def absences(self, channel: Channel) -> list[AudioGap]:
        """Gaps for want of the device. A busy machine makes others."""
        return [gap for gap in self.gaps(channel) if "too busy" not in gap.reason]

    def sound(self, channel: Channel) -> NDArray[np.float64]:
        """The channel from 0.0, gaps as silence; nothing may overlap or be missing."""
        parts, end_seconds = [], 0.0
        for item in self.items:
            if isinstance(item, Status) or item.channel is not channel:
                continue
            assert item.start_seconds == pytest.approx(end_seconds, abs=1e-9)
            end_seconds = item.end_seconds
            gap = round((item.end_seconds - item.start_seconds) * SAMPLE_RATE_HZ)
            parts.append(item.samples / 32768 if isinstance(item, AudioFrame) else np.zeros(gap))
        return np.concatenate(parts)


@contextmanager
def playing(audio: VirtualAudio, *sounds: tuple[Path, str]) -> Iterator[list[subprocess.Popen[bytes]]]:
    players = [audio.play(file, device) for file, device in sounds]
    try:
        yield players
    finally:
        for player in players:
            player.kill()
            player.wait()


@pytest.fixture(scope="module")
def tones(tmp_path_factory: pytest.TempPathFactory) -> dict[Channel, Path]:
    """A steady tone for each side, long enough for any test."""
    folder = tmp_path_factory.mktemp("tones")
    times = np.arange(90 * 48_000) / 48_000
    files = {YOU: folder / "microphone.wav", THEM: folder / "call.wav"}
    for channel, pitch_hz in ((YOU, MICROPHONE_HZ), (THEM, CALL_HZ)):
        soundfile.write(files[channel], TONE_AMPLITUDE * np.sin(2 * np.pi * pitch_hz * times), 48_000)
    return files


def loudness(sound: NDArray[np.float64], pitch_hz: float) -> NDArray[np.float64]:
    """The amplitude of a tone in each 20 ms."""
    blocks = sound[: len(sound) // 320 * 320].reshape(-1, 320)
    wave = np.exp(-2j * np.pi * pitch_hz * np.arange(320) / SAMPLE_RATE_HZ)
    return np.abs(blocks @ wave) * 2 / 320


def carries(sound: NDArray[np.float64], pitch_hz: float) -> bool:
    """Some 20 ms hold more of this tone than of the other one, whose edges touch every pitch a little."""
    other_hz = CALL_HZ if pitch_hz == MICROPHONE_HZ else MICROPHONE_HZ
    mine, others = loudness(sound, pitch_hz), loudness(sound, other_hz)
    return bool(np.any((mine > 0.01) & (mine > others)))


def recorders() -> list[str]:
    """Processes parec that record from this test's sound server."""
    found, server = [], f"PULSE_SERVER={os.environ['PULSE_SERVER']}".encode()
    for process in Path("/proc").iterdir():
        try:
            arguments = (process / "cmdline").read_bytes()
            if arguments.split(b"\0")[0] == b"parec" and server in (process / "environ").read_bytes().split(b"\0"):
                found.append(process.name)
        except OSError:  # no process, or one that has just ended
            continue
    return found


def best_match(heard: NDArray[np.float64], played: NDArray[np.float64]) -> tuple[float, float]:
    """Correlation of what was played with the stretch of what was heard that fits best, and where (s) that begins.

    At three times the rate: half a sample of delay alone would cost more than a recording may.
    """
    fine_hz = 3 * SAMPLE_RATE_HZ
    heard, played = (soxr.resample(sound, SAMPLE_RATE_HZ, fine_hz, "VHQ") for sound in (heard, played))
    size = 1 << (len(heard) + len(played)).bit_length()
    fit = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(played, size)), size)
    lag = int(np.argmax(fit[: len(heard) - len(played)]))
    return float(np.corrcoef(heard[lag : lag + len(played)], played)[0, 1]), lag / fine_hz


@both_servers
def test_each_voice_is_recorded_on_its_own_channel(virtual_audio: VirtualAudio, tmp_path: Path) -> None:
    speech, rate_hz = soundfile.read(INTERVIEW, start=1 * SAMPLE_RATE_HZ, frames=12 * SAMPLE_RATE_HZ)
    loudest = {
        channel: max(
            range(0, len(speech) - 2 * rate_hz, rate_hz // 4),
            key=lambda at: np.std(speech[at : at + 2 * rate_hz, side]),
        )
        for side, channel in enumerate((YOU, THEM))
    }
    voices = {channel: speech[loudest[channel] :, side][: 2 * rate_hz] for side, channel in enumerate((YOU, THEM))}
    for channel, voice in voices.items():
        soundfile.write(tmp_path / f"{channel}.wav", soxr.resample(voice, rate_hz, 48_000, "VHQ"), 48_000)
    with Listener(open_live()) as listener:
        listener.hear(THEM, 0.2)
        with playing(virtual_audio, (tmp_path / "you.wav", "micfeed"), (tmp_path / "them.wav", "call")) as players:
            for player in players:
                assert player.wait(PATIENCE_SECONDS) == 0
        listener.hear(THEM, 0.5)
    heard = {channel: listener.sound(channel) for channel in (YOU, THEM)}
    for channel, other in ((YOU, THEM), (THEM, YOU)):
        # Without realtime priority PipeWire drops some milliseconds on a busy machine: it is compared piece by piece.
        pieces = np.array_split(voices[channel], 1 if virtual_audio.server == PULSEAUDIO else 4)
        correlation = np.median([best_match(heard[channel], piece)[0] for piece in pieces])
        crosstalk, _ = best_match(heard[other], voices[channel])
        assert correlation >= 0.99
        assert crosstalk < 0.3  # two voices are this alike by chance; the other's own would be 1
    assert abs(len(heard[YOU]) - len(heard[THEM])) <= 0.1 * SAMPLE_RATE_HZ
    assert listener.statuses() == []


def test_one_sound_on_both_sides_is_at_the_same_time_on_both(virtual_audio: VirtualAudio, tmp_path: Path) -> None:
    noise = 0.2 * np.random.default_rng(7).standard_normal(SAMPLE_RATE_HZ // 2)
    played = soxr.resample(soxr.resample(noise, 8_000, SAMPLE_RATE_HZ, "VHQ"), SAMPLE_RATE_HZ, 48_000, "VHQ")
    soundfile.write(tmp_path / "noise.wav", played, 48_000)
    echo = virtual_audio.pactl(
        "load-module", "module-remap-source", "source_name=echo", "master=call.monitor", "channels=1",
        "channel_map=mono", "remix=yes",
    )  # fmt: skip
    try:
        with Listener(open_live("echo")) as listener:
            listener.hear(YOU, 0.1)
            with playing(virtual_audio, (tmp_path / "noise.wav", "call")) as (player,):
                assert player.wait(PATIENCE_SECONDS) == 0
            listener.hear(YOU, 0.5)
    finally:
        virtual_audio.pactl("unload-module", echo.strip())
    voice = soxr.resample(played, 48_000, SAMPLE_RATE_HZ, "VHQ")
    (you_fit, you_seconds), (them_fit, them_seconds) = (
        best_match(listener.sound(channel), voice) for channel in (YOU, THEM)
    )
    assert min(you_fit, them_fit) > 0.95
    assert abs(you_seconds - them_seconds) < 0.1  # 1 ms on an idle machine; a busy one misjudges a stream's start


@both_servers
def test_nothing_of_one_side_leaks_into_the_other(virtual_audio: VirtualAudio, tones: dict[Channel, Path]) -> None:
    with playing(virtual_audio, (tones[YOU], "micfeed"), (tones[THEM], "call")), Listener(open_live()) as listener:
        listener.hear(YOU, 0.7)
    assert loudness(listener.sound(YOU), MICROPHONE_HZ).max() > 0.25
    assert loudness(listener.sound(THEM), CALL_HZ).max() > 0.25
    steady = {channel: listener.sound(channel)[-SAMPLE_RATE_HZ // 4 :] for channel in (YOU, THEM)}
    for channel, pitch_hz in PITCHES_HZ.items():  # as loud as it was played: neither way to one channel adds to it
        assert np.median(loudness(steady[channel], pitch_hz)) == pytest.approx(TONE_AMPLITUDE, rel=0.05)
    assert loudness(steady[YOU], CALL_HZ).max() < 0.05 * TONE_AMPLITUDE
    assert loudness(steady[THEM], MICROPHONE_HZ).max() < 0.05 * TONE_AMPLITUDE


@both_servers
def test_an_unplugged_output_is_a_gap_and_never_the_microphone(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    with playing(virtual_audio, (tones[YOU], "micfeed")), Listener(open_live("mic", "call")) as listener:
        listener.hear(THEM, 0.2)
        virtual_audio("unplug-call")
        listener.wait_until(lambda: State.DEVICE_LOST in listener.states(THEM))
        listener.hear(YOU, 0.3)  # goes on meanwhile
        virtual_audio("plug-call")
        with playing(virtual_audio, (tones[THEM], "call")):
            listener.hear_tone(THEM, CALL_HZ)  # back, and with the right voice
    assert listener.states(THEM) == [State.DEVICE_LOST, State.DEVICE_BACK]
    (gap,) = listener.absences(THEM)
    assert gap.end_seconds - gap.start_seconds > 0.3
    assert gap.reason == "Virtual call is gone"
    assert not carries(listener.sound(THEM), MICROPHONE_HZ)
    assert listener.absences(YOU) == []


@both_servers
def test_an_unplugged_microphone_is_a_gap_and_never_the_call(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    with playing(virtual_audio, (tones[THEM], "call")), Listener(open_live()) as listener:
        listener.hear(YOU, 0.2)
        virtual_audio("unplug-mic")
        listener.wait_until(lambda: State.DEVICE_LOST in listener.states(YOU))
        listener.hear(THEM, 0.2)
        virtual_audio("plug-mic")
        listener.hear(YOU, 0.3)
    assert listener.states(YOU) == [State.DEVICE_LOST, State.DEVICE_BACK]
    assert len(listener.absences(YOU)) == 1
    assert not carries(listener.sound(YOU), CALL_HZ)


@both_servers
def test_the_default_output_is_followed_within_a_moment(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    with playing(virtual_audio, (tones[YOU], "micfeed"), (tones[THEM], "speakers")), Listener(open_live()) as listener:
        listener.hear(THEM, 0.2)
        virtual_audio.pactl("set-default-sink", "speakers")
        listener.wait_until(lambda: State.DEVICE_BACK in listener.states(THEM))
        listener.hear_tone(THEM, CALL_HZ)
    (gap,) = listener.absences(THEM)
    assert gap.end_seconds - gap.start_seconds < 1.5  # 0.07 to 0.15 s on an idle machine
    assert not carries(listener.sound(THEM), MICROPHONE_HZ)


@both_servers
def test_a_headset_that_changes_its_profile_is_back_at_its_new_rate(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    """As Bluetooth does when a call begins: music's rate before, the telephone's after, under the same name."""
    sinks = ((tones[YOU], "micfeed"), (tones[THEM], "call"))
    with Listener(open_live("mic", "call")) as listener:
        with playing(virtual_audio, *sinks):
            listener.hear_tone(YOU, MICROPHONE_HZ)
        for side in ("mic", "call"):
            virtual_audio(f"unplug-{side}")
            virtual_audio(f"plug-{side}", "8000")
        with playing(virtual_audio, *sinks):
            listener.hear_tone(YOU, MICROPHONE_HZ)
            listener.hear_tone(THEM, CALL_HZ)
    for channel, other_hz in ((YOU, CALL_HZ), (THEM, MICROPHONE_HZ)):
        assert listener.gaps(channel)
        assert not carries(listener.sound(channel), other_hz)
        assert loudness(listener.sound(channel), 2 * PITCHES_HZ[channel]).max() < 0.1  # in its own pitch throughout
    length = {channel: len(listener.sound(channel)) / SAMPLE_RATE_HZ for channel in (YOU, THEM)}
    assert length[YOU] == pytest.approx(length[THEM], abs=0.3)


def test_a_stream_that_the_server_moves_is_cut_before_it_is_believed(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    with playing(virtual_audio, (tones[YOU], "micfeed")), Listener(open_live("mic", "call")) as listener:
        listener.hear(THEM, 0.2)
        streams = virtual_audio.pactl("list", "short", "source-outputs").splitlines()
        monitor = next(
            line.split("\t")[0]
            for line in virtual_audio.pactl("list", "short", "sources").splitlines()
            if "\tcall.monitor\t" in line
        )
        (ours,) = [line.split("\t")[0] for line in streams if line.split("\t")[1] == monitor]
        virtual_audio.pactl("move-source-output", ours, "mic")
        listener.wait_until(lambda: State.DEVICE_BACK in listener.states(THEM))
        listener.hear(THEM, 0.3)
    assert len(listener.absences(THEM)) == 1
    assert not carries(listener.sound(THEM), MICROPHONE_HZ)


@both_servers
def test_a_crash_of_the_server_costs_a_gap_on_both_channels(virtual_audio: VirtualAudio) -> None:
    with Listener(open_live()) as listener:
        listener.hear(THEM, 0.3)
        virtual_audio("crash")
        listener.wait_until(lambda: {c for c in (YOU, THEM) if State.DEVICE_LOST in listener.states(c)} == {YOU, THEM})
        virtual_audio("start")
        listener.hear(THEM, 0.3)
        listener.hear(YOU, 0.1)
    for channel in (YOU, THEM):
        assert listener.states(channel)[0] is State.DEVICE_LOST
        assert listener.states(channel)[-1] is State.DEVICE_BACK
        assert listener.gaps(channel)
        listener.sound(channel)  # contiguous


@both_servers
def test_a_device_that_is_muted_in_the_system_is_told_once_and_at_once(virtual_audio: VirtualAudio) -> None:
    with Listener(open_live()) as listener:
        listener.hear(THEM, 0.1)
        for _ in range(2):
            for device in (("set-source-mute", "mic"), ("set-sink-mute", "call")):
                virtual_audio.pactl(*device, "1")
            listener.wait_until(lambda: len(listener.statuses(State.WARNING)) == 2)
            for device in (("set-source-mute", "mic"), ("set-sink-mute", "call")):
                virtual_audio.pactl(*device, "0")
        listener.hear(THEM, 0.3)
    warnings = {status.channel: status.message for status in listener.statuses()}
    assert len(listener.statuses()) == 2
    assert "Virtual microphone is muted" in warnings[YOU]
    assert "Virtual call is muted" in warnings[THEM]


@both_servers
def test_two_programs_in_the_call_s_output_are_named(virtual_audio: VirtualAudio, tones: dict[Channel, Path]) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(Listener(open_live()))
        for channel, program in ((THEM, "Talk"), (YOU, "Music")):
            player = virtual_audio.play(tones[channel], "call", program)
            stack.callback(player.wait)
            stack.callback(player.kill)
        listener.wait_until(lambda: bool(listener.statuses(State.WARNING)))
    (warning,) = listener.statuses()
    assert warning.channel is THEM
    assert "Talk and Music play on Virtual call" in warning.message or "Music and Talk play" in warning.message


@both_servers
def test_a_channel_that_stays_lost_says_at_the_end_what_was_not_heard(virtual_audio: VirtualAudio) -> None:
    with Listener(open_live("mic", "call")) as listener:
        listener.hear(THEM, 0.3)
        virtual_audio("unplug-call")
        listener.wait_until(lambda: State.DEVICE_LOST in listener.states(THEM))
        listener.hear(YOU, 0.2)
    (gap,) = listener.absences(THEM)
    assert gap.end_seconds == pytest.approx(len(listener.sound(YOU)) / SAMPLE_RATE_HZ, abs=0.3)


@both_servers
def test_a_program_is_heard_alone_and_also_when_its_output_is_muted(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    virtual_audio.pactl("set-sink-mute", "call", "1")
    with ExitStack() as stack:
        for channel, program in ((THEM, "Talk"), (YOU, "Music")):
            player = virtual_audio.play(tones[channel], "call", program)
            stack.callback(player.wait)
            stack.callback(player.kill)
        until = time.monotonic() + PATIENCE_SECONDS
        while {"Talk", "Music"} - {d.name for d in list_devices() if d.kind is DeviceKind.PROGRAM}:
            assert time.monotonic() < until
        listener = stack.enter_context(Listener(open_live("none", "talk")))
        assert listener.source.channels == (THEM,)
        listener.hear_tone(THEM, CALL_HZ)
    assert not carries(listener.sound(THEM), MICROPHONE_HZ)


def test_it_starts_again_and_again_and_ends_at_once_without_leaving_a_process(virtual_audio: VirtualAudio) -> None:
    for _ in range(3):
        source = open_live()
        with Listener(source) as listener:
            listener.hear(THEM, 0.02)
            assert len(recorders()) == 2
            began = time.monotonic()
            source.close()
            assert time.monotonic() - began < 0.3
        assert recorders() == []
        assert source.read() is None
    source = open_live()
    source.close()  # before anything was heard
    assert recorders() == []


def test_no_recorder_outlives_a_program_that_is_killed(virtual_audio: VirtualAudio) -> None:
    code = (
        "from assistant.audio.capture import open_live\n"
        "from assistant.values import Channel\n"
        "source = open_live()\n"
        "while getattr(source.read(), 'channel', None) is not Channel.THEM: pass\n"
        "print('heard', flush=True)\n"
        "while source.read(): pass\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=dict(os.environ)) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"heard\n"
        assert len(recorders()) == 2
        program.send_signal(signal.SIGKILL)
        program.wait()
        until = time.monotonic() + 1.0
        while recorders():
            assert time.monotonic() < until, recorders()


@both_servers
def test_devices_are_listed_under_the_names_that_choose_them(virtual_audio: VirtualAudio) -> None:
    devices = {(device.kind, device.name): device for device in list_devices()}
    assert {name for kind, name in devices if kind is DeviceKind.MICROPHONE} == {"mic"}
    assert devices[DeviceKind.MICROPHONE, "mic"].is_default
    call = devices[DeviceKind.CALL_OUTPUT, "call"]
    assert (call.description, call.is_default) == ("Virtual call", True)
    assert not devices[DeviceKind.CALL_OUTPUT, "speakers"].is_default


@both_servers
def test_without_a_microphone_the_call_is_recorded_and_that_is_said(virtual_audio: VirtualAudio) -> None:
    virtual_audio("unplug-mic")  # the server now calls a monitor its default source
    with Listener(open_live()) as listener:
        assert listener.source.channels == (THEM,)
        listener.hear(THEM, 0.1)
    (warning,) = listener.statuses(State.WARNING)
    assert warning.channel is YOU
    assert "microphone is not recorded" in warning.message


def test_a_server_s_remapped_monitor_does_not_take_the_microphone_s_place(virtual_audio: VirtualAudio) -> None:
    remap = ("module-remap-source", "source_name=echo", "master=call.monitor")
    module = virtual_audio.pactl("load-module", *remap).strip()
    try:
        virtual_audio("unplug-mic")
        snapshot = server_snapshot()
        assert snapshot is not None
        assert "echo" in [source.name for source in snapshot.sources]
        with pytest.raises(CaptureError, match="there is no microphone"):
            snapshot.target(YOU, "")
    finally:
        virtual_audio.pactl("unload-module", module)


@pytest.mark.parametrize(
    ("mic", "call", "told"),
    [
        ("Headset", "", 'there is no microphone "Headset"'),
        ("call.monitor", "", "not a microphone"),
        ("", "Zoom", 'there is no output "Zoom", and no program of that name plays sound'),
        ("", "mic", '"mic" is a microphone'),
        ("none", "none", "Both voices are switched off"),
    ],
)
def test_what_cant_be_recorded_is_refused_with_the_reason(
    virtual_audio: VirtualAudio, mic: str, call: str, told: str
) -> None:
    with pytest.raises(CaptureError, match=told):
        open_live(mic, call)
    assert recorders() == []


def test_parec_missing_names_the_package(virtual_audio: VirtualAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(CaptureError, match="apt install pulseaudio-utils"):
        open_live()
