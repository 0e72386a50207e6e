"""The clock of a stream, against simulated devices whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.audio.capture.clock import StreamClock, earliest_arrival

BLOCK = 320
START_SECONDS = 1000.0


class Device:
    """Blocks of 20 ms from a device that is `ppm` fast, seen by a machine that is late at random."""

    def __init__(self, ppm: float = 0.0, seed: int = 1, late_seconds: float = 0.004) -> None:
        self.clock = StreamClock()
        self._rate_hz = 16_000 * (1 + ppm / 1e6)
        self._random = np.random.default_rng(seed)
        self._late_seconds = late_seconds
        self.spoken = 0  # samples that the device heard, lost ones too
        self.placed = 0.0  # samples that were given out, with gaps and at the stream's speed
        self._speed = 0.0
        self.worst_seconds = 0.0
        self.losses: list[float] = []

    def run(self, seconds: float, stall_seconds: float = 0.0) -> None:
        """Blocks of that many seconds; with a stall they all come at its end."""
        end = self.spoken + round(seconds * self._rate_hz)
        stalled_until_seconds = START_SECONDS + self.spoken / self._rate_hz + stall_seconds
        while self.spoken < end:
            self.spoken += BLOCK
            arrived = START_SECONDS + self.spoken / self._rate_hz + self._random.exponential(self._late_seconds)
            self.clock.add(max(arrived, stalled_until_seconds), BLOCK)
            if loss_seconds := self.clock.take_loss_seconds():
                self.losses.append(loss_seconds)
                self.placed += round(loss_seconds * 16_000)
            self.placed += BLOCK / (1.0 + self._speed)
            self.clock.move(-self._speed * BLOCK / 16_000)
            if (apart_seconds := self.clock.take_apart_seconds()) is not None:
                self._speed = self.clock.speed_for(apart_seconds)
            self.worst_seconds = max(self.worst_seconds, abs(self.error_seconds))

    def lose(self, seconds: float) -> None:
        self.spoken += round(seconds * self._rate_hz)

    @property
    def error_seconds(self) -> float:
        """How far what is given out lies from when it was spoken."""
        return self.placed / 16_000 - self.spoken / self._rate_hz


def test_the_start_is_found_although_blocks_come_late() -> None:
    device = Device(late_seconds=0.02)
    device.run(0.5)
    assert device.clock.is_primed
    assert device.clock.start_seconds == pytest.approx(START_SECONDS, abs=0.005)


def test_a_start_that_was_misjudged_is_mended_within_seconds() -> None:
    device = Device()
    device.run(0.3, stall_seconds=0.31)  # as a busy machine has it: all that the first judgement knows came late
    late_seconds = device.clock.start_seconds - START_SECONDS
    assert late_seconds > 0.009
    device.run(8)
    assert abs(device.error_seconds + late_seconds) < 0.004


@pytest.mark.parametrize("ppm", [-200.0, 0.0, 200.0])
def test_a_device_that_is_fast_or_slow_stays_on_the_clock_for_a_quarter_of_an_hour(ppm: float) -> None:
    device = Device(ppm)
    device.run(900)
    assert device.worst_seconds < 0.007  # counting alone would be 180 ms off in the end
    assert device.losses == []


@pytest.mark.parametrize("lost_seconds", [0.03, 0.06, 1.0, 60.0])
def test_lost_samples_are_found_and_measured(lost_seconds: float) -> None:
    device = Device()
    device.run(10)
    device.lose(lost_seconds)
    device.run(5)
    assert sum(device.losses) == pytest.approx(lost_seconds, abs=0.003)
    assert len(device.losses) == 1
    assert abs(device.error_seconds) < 0.005


@pytest.mark.parametrize("stall_seconds", [0.1, 1.0, 5.0])
def test_a_machine_that_is_held_up_and_catches_up_lost_nothing(stall_seconds: float) -> None:
    device = Device()
    device.run(10)
    device.run(stall_seconds, stall_seconds=stall_seconds)
    device.run(5)
    assert device.losses == []
    assert abs(device.error_seconds) < 0.005


@settings(max_examples=20, deadline=None)
@given(
    st.floats(-100, 100),
    st.lists(st.tuples(st.floats(0.05, 2.0), st.floats(0.0, 1.0)), max_size=3),
    st.integers(0, 100),
)
def test_whatever_happens_time_is_right_again_after_some_seconds(
    ppm: float, events: list[tuple[float, float]], seed: int
) -> None:
    device = Device(ppm, seed)
    device.run(3)
    for lost_seconds, stall_seconds in events:
        device.lose(lost_seconds)
        device.run(0.5, stall_seconds)
    device.run(12)
    assert abs(device.error_seconds) < 0.03


def test_a_block_that_comes_unusually_early_moves_nothing() -> None:
    clock, apart = StreamClock(), []
    for number in range(2000):
        late_seconds = 0.0 if number == 1000 else 0.006
        clock.add(START_SECONDS + 0.02 * (number + 1) + late_seconds, BLOCK)
        if (apart_seconds := clock.take_apart_seconds()) is not None:
            apart.append(apart_seconds)
    assert len(apart) > 30  # about once a second
    assert np.abs(apart).max() < 0.001


@pytest.mark.parametrize(
    ("arrivals", "earliest"),
    [((10.03, 10.06, 10.09), 10.09), ((10.03, 10.08, 10.12), 10.09), ((10.05, 10.06, 10.06), 10.06), ((10.5,), 10.5)],
)
def test_pieces_that_are_taken_together_count_by_the_one_that_came_in_time(
    arrivals: tuple[float, ...], earliest: float
) -> None:
    assert earliest_arrival([(arrived, 0.03) for arrived in arrivals]) == pytest.approx(earliest)
