"""What a recording sounds like when it is played, and what is said where it can't be."""

from __future__ import annotations

import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.playback import Player
from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.errors import PlaybackError, RecordingError
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel
from tests.waiting import wait_until

HEARD = 3000


class Heard:
    """An output that takes sound at a hundred times its speed and keeps it."""

    latency_seconds = 0.0

    def __init__(self) -> None:
        self.sound: list[NDArray[np.int16]] = []
        self.is_closed = False
        self.room = threading.Semaphore(0)

    def write(self, sound: NDArray[np.int16]) -> None:
        assert self.room.acquire(timeout=5)
        self.sound.append(sound)

    def finish(self) -> None: ...

    def close(self) -> None:
        self.is_closed = True

    def takes(self, seconds: float) -> None:
        self.room.release(round(seconds / 0.02))

    @property
    def all(self) -> NDArray[np.int16]:
        return np.concatenate(self.sound) if self.sound else np.zeros(0, np.int16)


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Two seconds: you in the first, them in the second; both say something in the last tenth."""
    recorder = CrashSafeRecorder(tmp_path, tuple(Channel))
    you, them = np.zeros(2 * SAMPLE_RATE_HZ, np.int16), np.zeros(2 * SAMPLE_RATE_HZ, np.int16)
    you[:SAMPLE_RATE_HZ], them[SAMPLE_RATE_HZ:] = HEARD, 2 * HEARD
    you[-1600:] = 30_000
    for channel, samples in ((Channel.YOU, you), (Channel.THEM, them)):
        recorder.write(AudioFrame(channel, 0.0, samples))
    recorder.close()
    audio = finish(tmp_path)
    assert audio is not None
    return audio


def test_both_voices_are_heard_from_the_moment_that_was_asked_for_to_the_end(recording) -> None:
    heard = Heard()
    player = Player(recording, lambda: heard)
    assert player.length_seconds == 2.0
    player.play(0.5)
    heard.takes(2.0)
    wait_until(lambda: not player.is_playing)
    sound = heard.all
    assert len(sound) == 1.5 * SAMPLE_RATE_HZ and heard.is_closed
    assert set(sound[:8000]) == {HEARD} and set(sound[8000:-1600]) == {2 * HEARD} and set(sound[-1600:]) == {32767}
    assert player.position_seconds == 2.0 and player.failure == ""


def test_a_pause_keeps_the_place_and_play_goes_on_from_there(recording) -> None:
    outputs: list[Heard] = []

    def output() -> Heard:
        outputs.append(Heard())
        return outputs[-1]

    player = Player(recording, output)
    player.play()
    wait_until(lambda: bool(outputs))
    outputs[0].takes(0.4)
    wait_until(lambda: player.position_seconds >= 0.39)
    player.pause()
    assert not player.is_playing and player.position_seconds == pytest.approx(0.4)
    player.play()
    time.sleep(0.05)
    assert len(outputs) == 1, "a device may be anybody's only once"
    outputs[0].takes(0.02)
    wait_until(lambda: len(outputs) == 2)
    outputs[1].takes(0.6)
    wait_until(lambda: player.position_seconds >= 0.98)
    assert set(outputs[1].all) == {HEARD} and outputs[0].is_closed
    outputs[1].takes(0.1)
    player.seek(1.5)
    wait_until(lambda: len(outputs) == 3)
    outputs[2].takes(1.0)
    wait_until(lambda: not player.is_playing)
    assert len(outputs[2].all) == 0.5 * SAMPLE_RATE_HZ
    player.close()


def test_a_sound_server_that_hangs_does_not_hold_who_leaves(recording) -> None:
    hung = Heard()  # its write waits for five seconds
    player = Player(recording, lambda: hung)
    player.play()
    hung.takes(0.02)
    wait_until(lambda: bool(hung.sound))  # and takes no more
    leaving = threading.Thread(target=player.close)
    leaving.start()
    leaving.join(3.0)
    is_held = leaving.is_alive()
    hung.takes(2.0)
    leaving.join()
    assert not is_held


def test_a_seek_while_silent_moves_and_plays_nothing(recording) -> None:
    player = Player(recording, Heard)
    player.seek(99.0)
    assert player.position_seconds == 2.0 and not player.is_playing
    player.seek(-1.0)
    assert player.position_seconds == 0.0


def test_what_can_not_be_heard_says_why(recording) -> None:
    def nothing() -> Heard:
        raise PlaybackError("The recording can't be heard: no output can be opened.")

    player = Player(recording, nothing)
    player.play()
    wait_until(lambda: not player.is_playing)
    assert "no output" in player.failure
    recording.write_bytes(b"fLaC")
    with pytest.raises(RecordingError, match="can't be read"):
        Player(recording)


@pytest.mark.usefixtures("no_sound_at_all")
def test_without_any_sound_system_it_says_what_to_install(recording) -> None:
    player = Player(recording)
    player.play()
    wait_until(lambda: not player.is_playing)
    assert "libportaudio2" in player.failure


def test_the_sound_server_plays_it(recording, virtual_audio) -> None:
    command = ["parec", "--raw", "--format=s16le", "--rate=16000", "--channels=1", "--device=call.monitor"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as listener:
        assert listener.stdout is not None
        listener.stdout.read(320)
        player = Player(recording)
        player.play(0.5)
        began = time.monotonic()
        wait_until(lambda: not player.is_playing)
        took_seconds = time.monotonic() - began
        listener.terminate()
        raw = listener.stdout.read()
    heard = np.frombuffer(raw[: len(raw) // 2 * 2], "<i2")
    assert player.failure == "" and took_seconds > 1.4
    assert np.count_nonzero(np.abs(heard - HEARD) < 100) > 0.4 * SAMPLE_RATE_HZ
