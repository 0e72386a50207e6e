from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from assistant.audio.replay import PacedSource
from assistant.values import AudioFrame, AudioGap, Channel, State, Status

THEM = Channel.THEM


class Scripted:
    channels = (THEM,)
    duration_seconds = 0.5

    def __init__(self, *items: AudioFrame | AudioGap | Status) -> None:
        self._items = list(items)
        self.is_closed = False

    def read(self) -> AudioFrame | AudioGap | Status | None:
        return self._items.pop(0) if self._items else None

    def close(self) -> None:
        self.is_closed = True


def frames(seconds: float) -> list[AudioFrame]:
    return [AudioFrame(THEM, n * 0.02, np.zeros(320, np.int16)) for n in range(round(seconds / 0.02))]


@pytest.mark.parametrize("speed", [1.0, 4.0])
def test_sound_comes_when_it_has_been_spoken_and_not_before(speed: float) -> None:
    source = PacedSource(Scripted(*frames(0.2 * speed)), speed)
    began = time.monotonic()
    while (item := source.read()) is not None:
        assert isinstance(item, AudioFrame)
        assert time.monotonic() - began >= item.end_seconds / speed - 0.001
    assert time.monotonic() - began == pytest.approx(0.2, abs=0.1)


def test_a_late_reader_gets_everything_at_once_and_catches_up() -> None:
    source = PacedSource(Scripted(*frames(0.2)), 1.0)
    assert source.read() is not None
    time.sleep(0.2)
    began = time.monotonic()
    assert sum(iter(lambda: source.read() is not None, False)) == 9
    assert time.monotonic() - began < 0.1


def test_a_gap_takes_its_time_and_a_message_none() -> None:
    warning = Status(State.WARNING, "cut off")
    source = PacedSource(Scripted(warning, AudioGap(THEM, 0.0, 0.15, "unplugged")), 1.0)
    began = time.monotonic()
    assert source.read() is warning
    assert time.monotonic() - began < 0.1
    assert isinstance(source.read(), AudioGap)
    assert time.monotonic() - began >= 0.149


def test_closing_ends_the_wait() -> None:
    inner = Scripted(AudioFrame(THEM, 3600.0, np.zeros(320, np.int16)))
    source = PacedSource(inner, 1.0)
    threading.Timer(0.05, source.close).start()
    began = time.monotonic()
    assert source.read() is None
    assert time.monotonic() - began < 1.0
    assert inner.is_closed


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_a_speed_is_positive(speed: float) -> None:
    with pytest.raises(ValueError, match="a speed is more than"):
        PacedSource(Scripted(), speed)
