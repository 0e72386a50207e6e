"""Sound at another speed, against sound that was made at it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.audio.capture.stretch import Stretch
from assistant.values import SAMPLE_RATE_HZ

PITCHES_HZ = (310.0, 2_900.0, 6_100.0, 7_200.0)  # up to where an "s" is


def voice(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """What is spoken at these moments."""
    return 5000 * np.sum([np.sin(2 * np.pi * pitch * seconds + pitch) for pitch in PITCHES_HZ], axis=0)


def stretched(stretch: Stretch, samples: NDArray[np.int16], block: int = 640) -> NDArray[np.int16]:
    return np.concatenate([stretch.process(samples[at : at + block]) for at in range(0, len(samples), block)])


@pytest.mark.parametrize("speed", [2e-3, 7e-5, -2e-4])
def test_a_voice_that_was_sampled_fast_or_slow_is_brought_to_its_true_speed(speed: float) -> None:
    rate_hz = SAMPLE_RATE_HZ * (1 + speed)
    stretch = Stretch()
    stretch.speed = speed
    heard = stretched(stretch, np.rint(voice(np.arange(20 * SAMPLE_RATE_HZ) / rate_hz)).astype(np.int16))
    assert len(heard) == pytest.approx(20 * SAMPLE_RATE_HZ / (1 + speed), abs=30)
    error = heard - voice(np.arange(len(heard)) / SAMPLE_RATE_HZ)
    assert np.sqrt(np.mean(error[100:] ** 2)) < 0.005 * 5000


def test_another_speed_makes_no_step() -> None:
    times = np.arange(4 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    samples = np.rint(20_000 * np.sin(2 * np.pi * 200 * times)).astype(np.int16)
    stretch = Stretch()
    pieces = []
    for number, at in enumerate(range(0, len(samples), 640)):
        stretch.speed = (0.0, 3e-4, 0.0, -3e-4)[number // 10 % 4]
        pieces.append(stretch.process(samples[at : at + 640]))
    curvature = np.diff(np.concatenate(pieces).astype(int), 2)
    assert np.abs(curvature).max() < 20_000 * (2 * np.pi * 200 / SAMPLE_RATE_HZ) ** 2 + 5


@given(st.lists(st.integers(0, 700), max_size=8))
def test_without_a_speed_sound_passes_as_it_is_and_at_once(lengths: list[int]) -> None:
    samples = np.random.default_rng(1).integers(-32768, 32767, sum(lengths)).astype(np.int16)
    stretch, at = Stretch(), 0
    for length in lengths:
        assert np.array_equal(stretch.process(samples[at : at + length]), samples[at : at + length])
        at += length


def test_digital_silence_stays_exact() -> None:
    stretch = Stretch()
    stretch.speed = 1e-4
    heard = stretched(stretch, np.zeros(SAMPLE_RATE_HZ, np.int16))
    assert len(heard) == pytest.approx(SAMPLE_RATE_HZ, abs=30)
    assert not heard.any()
