"""A pause and a stop as they are on the disk, by when each sound was spoken.

Both sides play a noise in which every stretch can be told from all others, and a second listener, which knows nothing
of the recorder, tells when each of them was played.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from assistant.audio.recorder import RecorderSource
from assistant.audio.recorder.pauses import AFTER_PAUSE_SECONDS
from assistant.audio.recording import read_recording
from assistant.errors import CaptureError
from assistant.values import SAMPLE_RATE_HZ, Channel, Status
from tests.assistant.audio.recorder.reader import press_now
from tests.conftest import VirtualAudio
from tests.waiting import PATIENCE_SECONDS, wait_until

Sound = NDArray[np.float64]

PIECE_SECONDS = 0.08  # what is lost at a press at most
NEAR_SECONDS = 0.005  # the call's clock keeps pace with the devices' meanwhile
SURE_SECONDS = 0.02  # to which a busy machine tells when something was spoken
SINKS = {Channel.YOU: "micfeed", Channel.THEM: "call"}
SOURCES = {Channel.YOU: "mic", Channel.THEM: "call.monitor"}
SHORT = SAMPLE_RATE_HZ // 20


class Witness:
    """Hears a source of the sound server by itself, and when."""

    def __init__(self, source: str) -> None:
        command = ["parec", "--raw", "--format=s16le", f"--rate={SAMPLE_RATE_HZ}", "--channels=1"]
        self._process = subprocess.Popen(
            [*command, "--latency-msec=10", f"--device={source}"], stdout=subprocess.PIPE, env=dict(os.environ)
        )
        self._pieces: list[bytes] = []
        self.start_seconds = float("inf")
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        assert self._process.stdout is not None
        samples = 0
        while data := os.read(self._process.stdout.fileno(), 1 << 16):
            self._pieces.append(data)
            samples += len(data) // 2
            self.start_seconds = min(self.start_seconds, time.monotonic() - samples / SAMPLE_RATE_HZ)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def sound(self) -> Sound:
        data = b"".join(self._pieces)
        return np.frombuffer(data[: len(data) // 2 * 2], "<i2").astype(np.float64)


class Recording:
    """Records into `folder` and reads along, as a session does."""

    def __init__(self, folder: Path) -> None:
        self.source = RecorderSource()
        self.source.record_into(folder)
        self.ends = dict.fromkeys(Channel, 0.0)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with suppress(CaptureError):
            while (item := self.source.read()) is not None:
                if not isinstance(item, Status):
                    self.ends[item.channel] = item.end_seconds

    def hear(self, seconds: float) -> None:
        until = {channel: end + seconds for channel, end in self.ends.items()}
        wait_until(lambda: all(self.ends[channel] >= until[channel] for channel in Channel))

    def close(self) -> None:
        self.source.close()
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture(scope="module")
def noises() -> dict[Channel, Sound]:
    """30 s for each side, within what every way to 16 kHz lets through unharmed."""
    random = np.random.default_rng(11)
    return {
        channel: soxr.resample(0.1 * random.standard_normal(30 * 12_000), 12_000, SAMPLE_RATE_HZ, "VHQ")
        for channel in Channel
    }


@pytest.fixture
def played(virtual_audio: VirtualAudio, tmp_path: Path, noises: dict[Channel, Sound]) -> Iterator[None]:
    players = []
    for channel, noise in noises.items():
        file = tmp_path / f"{channel}.wav"
        soundfile.write(file, soxr.resample(noise, SAMPLE_RATE_HZ, 48_000, "VHQ"), 48_000)
        players.append(virtual_audio.play(file, SINKS[channel]))
    yield
    for player in players:
        player.kill()
        player.wait()


def place(piece: Sound, noise: Sound) -> float:
    """Where in the noise (s) a short piece of what was heard is."""
    size = 1 << (len(noise) + len(piece)).bit_length()
    fits = np.fft.irfft(np.fft.rfft(noise, size) * np.conj(np.fft.rfft(piece, size)), size)[: len(noise)]
    at = int(np.argmax(fits))
    assert np.corrcoef(noise[at : at + len(piece)], piece)[0, 1] > 0.9
    return at / SAMPLE_RATE_HZ


def silence_within(sound: Sound) -> tuple[int, int, int]:
    """First and beyond the last sample of the longest silence between what is heard, and where all of it ends."""
    heard = np.flatnonzero(sound)
    longest = int(np.argmax(np.diff(heard)))
    return int(heard[longest]) + 1, int(heard[longest + 1]), int(heard[-1]) + 1


def test_what_is_kept_ends_at_the_press_begins_at_the_next_and_ends_at_the_stop(
    virtual_audio: VirtualAudio, tmp_path: Path, noises: dict[Channel, Sound], played: None
) -> None:
    witnesses = {channel: Witness(SOURCES[channel]) for channel in Channel}
    recording = Recording(tmp_path / "call")
    try:
        recording.hear(2.0)
        pressed = {"pause": time.monotonic()}
        paused_at_seconds = press_now(recording.source, recording.source.pause)
        wait_until(lambda: all(end > paused_at_seconds - NEAR_SECONDS for end in recording.ends.values()))
        time.sleep(0.6)
        for end_seconds in recording.ends.values():
            assert end_seconds < paused_at_seconds + NEAR_SECONDS, "nothing is given out in a pause"
        pressed["resume"] = time.monotonic()
        recording.source.resume(time.monotonic())
        recording.hear(0.5)
        pressed["stop"] = time.monotonic()
    finally:
        recording.close()
        time.sleep(0.2)  # the witnesses hear what was spoken up to the stop
        for witness in witnesses.values():
            witness.close()
    kept = np.concatenate(list(read_recording(tmp_path / "call").blocks())).astype(np.float64)
    for side, channel in enumerate(Channel):
        noise, witness = noises[channel], witnesses[channel]
        middle = len(witness.sound) // 2
        middle_seconds = witness.start_seconds + middle / SAMPLE_RATE_HZ
        begun_seconds = middle_seconds - place(witness.sound[middle : middle + SHORT], noise)
        paused, resumed, stopped = silence_within(kept[:, side])
        pieces_seconds = {
            name: begun_seconds + place(kept[at : at + SHORT, side], noise)
            for name, at in (("pause", paused - SHORT), ("resume", resumed), ("stop", stopped - SHORT))
        }
        late = {name: seconds - pressed[name] for name, seconds in pieces_seconds.items()}
        assert -PIECE_SECONDS < late["pause"] + SHORT / SAMPLE_RATE_HZ < SURE_SECONDS
        assert -SURE_SECONDS < late["resume"] - AFTER_PAUSE_SECONDS < PIECE_SECONDS
        assert -PIECE_SECONDS < late["stop"] + SHORT / SAMPLE_RATE_HZ < SURE_SECONDS
