"""Both voices through a real sound server: each on its own channel, whole, and at the right time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from assistant.audio.capture import DeviceKind, list_devices, open_live
from assistant.demo import INTERVIEW
from assistant.values import SAMPLE_RATE_HZ, Channel
from tests.assistant.audio.capture.listening import (
    CALL_HZ,
    MICROPHONE_HZ,
    PITCHES_HZ,
    THEM,
    TONE_AMPLITUDE,
    YOU,
    Listener,
    carries,
    loudness,
    playing,
    recorders,
)
from tests.conftest import PULSEAUDIO, VirtualAudio, both_servers
from tests.waiting import PATIENCE_SECONDS, wait_until


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
        # Neither is ahead of the other for good; the last block of one may come late, PipeWire's by as much again.
        apart_seconds = 0.1 if virtual_audio.server == PULSEAUDIO else 0.2
        listener.wait_until(lambda: abs(listener.end_seconds(YOU) - listener.end_seconds(THEM)) <= apart_seconds)
    heard = {channel: listener.sound(channel) for channel in (YOU, THEM)}
    for channel, other in ((YOU, THEM), (THEM, YOU)):
        # Without realtime priority PipeWire drops some milliseconds on a busy machine: it is compared piece by piece.
        pieces = np.array_split(voices[channel], 1 if virtual_audio.server == PULSEAUDIO else 4)
        correlation = np.median([best_match(heard[channel], piece)[0] for piece in pieces])
        crosstalk, _ = best_match(heard[other], voices[channel])
        assert correlation >= 0.99
        assert crosstalk < 0.3  # two voices are this alike by chance; the other's own would be 1
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
def test_a_program_is_heard_alone_and_also_when_its_output_is_muted(
    virtual_audio: VirtualAudio, tones: dict[Channel, Path]
) -> None:
    virtual_audio.pactl("set-sink-mute", "call", "1")
    with ExitStack() as stack:
        for channel, program in ((THEM, "Talk"), (YOU, "Music")):
            player = virtual_audio.play(tones[channel], "call", program)
            stack.callback(player.wait)
            stack.callback(player.kill)
        wait_until(lambda: {"Talk", "Music"} <= {d.name for d in list_devices() if d.kind is DeviceKind.PROGRAM})
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
        wait_until(lambda: not recorders(), recorders)
