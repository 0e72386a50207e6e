"""A disk that fills, and a computer that sleeps, by clocks of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.audio.recorder.disk import DiskWatch
from assistant.audio.recorder.sleep import SleepWatch
from assistant.errors import RecordingError
from assistant.values import State


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Disk:
    def __init__(self, free_seconds: float) -> None:
        self.free_seconds = free_seconds
        self.clock = Clock()
        self.watch = DiskWatch(Path("/calls/one"), lambda: self.free_seconds, self.clock)

    def told_when(self, free_seconds: float) -> str | None:
        self.free_seconds = free_seconds
        self.clock.now += 2.0
        status = self.watch.check()
        assert status is None or status.state is State.WARNING
        return status and status.message


def test_it_warns_ten_and_two_minutes_before_the_end_once_each() -> None:
    disk = Disk(700.0)
    told = [disk.told_when(float(free)) for free in range(700, 0, -10)]
    warned = [(700 - 10 * place, message) for place, message in enumerate(told) if message]
    assert [free for free, _ in warned] == [600, 120]
    assert "about 10 min more can be recorded" in warned[0][1]
    assert "/calls/one" in warned[1][1] and "Free some space" in warned[1][1]


def test_a_disk_that_is_nearly_full_at_the_start_is_told_once() -> None:
    disk = Disk(50.0)
    first = disk.watch.check()
    assert first is not None and "about 50 s more" in first.message
    assert disk.told_when(48.0) is None


def test_it_warns_again_after_space_was_freed_and_used_up() -> None:
    disk = Disk(5000.0)
    assert disk.told_when(590.0)
    assert disk.told_when(610.0) is None, "no new warning at the edge"
    assert disk.told_when(590.0) is None
    assert disk.told_when(5000.0) is None
    assert disk.told_when(590.0)


def test_at_the_end_the_recording_has_to_stop() -> None:
    disk = Disk(5.0)
    with pytest.raises(RecordingError, match=r"kept in /calls/one.*Free some space"):
        disk.told_when(-1.0)


def test_the_disk_is_not_asked_with_every_frame() -> None:
    asked: list[float] = []
    clock = Clock()
    watch = DiskWatch(Path("/calls/one"), lambda: asked.append(clock.now) or 1e6, clock)  # type: ignore[func-returns-value]
    for _ in range(500):
        watch.check()
        clock.now += 0.02
    assert len(asked) == 5


def test_a_sleep_is_measured_once_and_a_busy_machine_is_none() -> None:
    awake, always = Clock(), Clock()
    watch = SleepWatch(awake, always)
    awake.now += 5
    always.now += 5.4
    assert watch.take_slept_seconds() == 0.0
    always.now += 3600
    assert watch.take_slept_seconds() == pytest.approx(3600.4)
    awake.now += 10
    always.now += 10
    assert watch.take_slept_seconds() == 0.0


def test_the_real_clocks_agree_while_nobody_sleeps() -> None:
    watch = SleepWatch()
    assert watch.take_slept_seconds() == 0.0
