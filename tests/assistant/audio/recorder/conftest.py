"""A recording of a real sound server, and what it hears."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.recorder import process
from tests.assistant.audio.recorder.reader import Reader, is_alive
from tests.assistant.audio.recorder.running import ORIGIN_SECONDS, Running, Source
from tests.conftest import VirtualAudio
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path / "call")
    yield reader
    reader.close()
    assert not is_alive(reader.source.process_id)


@pytest.fixture
def sound(virtual_audio: VirtualAudio, tmp_path: Path) -> Iterator[None]:
    """A steady tone on both sides."""
    times = np.arange(60 * 48_000) / 48_000
    soundfile.write(tmp_path / "tone.wav", 0.3 * np.sin(2 * np.pi * 440 * times), 48_000)
    players = [virtual_audio.play(tmp_path / "tone.wav", sink) for sink in ("micfeed", "call")]
    yield
    for player in players:
        player.kill()
        player.wait()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the last sound although there is none fails."""
    monkeypatch.setattr(process, "_LAST_SOUND_SECONDS", 2 * PATIENCE_SECONDS)


@pytest.fixture
def source() -> Source:
    return Source(ORIGIN_SECONDS)


@pytest.fixture
def running(tmp_path: Path, source: Source) -> Iterator[Running]:
    running = Running(tmp_path, source)
    yield running
    running.close()
