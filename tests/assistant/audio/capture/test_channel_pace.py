"""A channel keeps pace with the other one, whatever their devices' clocks say and whatever they lose."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from assistant.audio.capture import LiveSource
from assistant.audio.capture.feed import Block
from assistant.values import SAMPLE_RATE_HZ, Channel
from tests.assistant.audio.capture.scripted import THEM, YOU, Item, ScriptedBackend, ScriptedFeed, frames, gaps, heard
from tests.waiting import PATIENCE_SECONDS


def blocks_of_a_device(seconds: float, ppm: float, size: int = 640) -> list[Block]:
    """From a device that is so much fast, one after the other of the numbers 0 to 999 again and again."""
    samples = np.arange(round(seconds * SAMPLE_RATE_HZ)) % 1000
    rate_hz = SAMPLE_RATE_HZ * (1 + ppm / 1e6)
    return [
        Block(100.0 + (at + size) / rate_hz, samples[at : at + size].astype(np.int16))
        for at in range(0, len(samples), size)
    ]


class PacedFeed(ScriptedFeed):
    """Gives no block before all of them have given the one before."""

    def __init__(self, blocks: list[Block], everyone: threading.Barrier) -> None:
        super().__init__(blocks)
        self._everyone = everyone

    def read(self) -> Block | None:
        if self._blocks:
            self._everyone.wait(PATIENCE_SECONDS)
        return super().read()


def heard_from(seconds: float, **ppm: float) -> tuple[LiveSource, list[Item]]:
    """A call of that length, from devices that are so much fast."""
    everyone = threading.Barrier(len(ppm))
    feeds = {name: PacedFeed(blocks_of_a_device(seconds, fast), everyone) for name, fast in ppm.items()}
    source = LiveSource(ScriptedBackend(**{name: [feed] for name, feed in feeds.items()}), tuple(map(Channel, ppm)))
    assert all(feed.spent.wait(PATIENCE_SECONDS) for feed in feeds.values())
    source.close()
    return source, [*iter(source.read, None)]


def test_two_devices_of_one_clock_are_left_as_they_are_and_the_call_goes_by_them() -> None:
    source, items = heard_from(60.0, you=100.0, them=100.0)
    for channel in (YOU, THEM):
        sound = heard(items, channel)
        assert np.array_equal(sound, np.arange(60 * SAMPLE_RATE_HZ) % 1000)
    assert source.origin_seconds == pytest.approx(100.0 - 60 * 100e-6, abs=0.0025)


def test_a_device_that_is_faster_than_the_other_keeps_pace_with_it() -> None:
    _, items = heard_from(110.0, you=300.0, them=-300.0)
    for channel, ppm in ((YOU, 300.0), (THEM, -300.0)):  # by counting alone each would be 33 ms off
        early_seconds = 110.0 / (1 + ppm / 1e6) - frames(items, channel)[-1].end_seconds
        assert abs(early_seconds) < 0.01


def test_after_a_loss_a_device_is_no_longer_hurried_as_before_it() -> None:
    step = 320
    arrivals = []
    for n in range(round(15.0 * SAMPLE_RATE_HZ / step)):
        spoken_seconds = (n + 1) * step / SAMPLE_RATE_HZ
        late_seconds = 0.05 if spoken_seconds < 0.5 else 0.0  # so the start is judged wrong, and is mended
        lost_seconds = 0.5 if spoken_seconds > 10.0 else 0.0
        arrivals.append(100.0 + spoken_seconds + late_seconds + lost_seconds)
    sound = [
        Block(arrived, (np.arange(n * step, (n + 1) * step) // 8).astype(np.int16))
        for n, arrived in enumerate(arrivals)
    ]
    everyone = threading.Barrier(2)
    feeds = [PacedFeed(sound, everyone), PacedFeed(blocks_of_a_device(15.0, 0.0, step), everyone)]
    source = LiveSource(ScriptedBackend(you=[feeds[0]], them=[feeds[1]]), (YOU, THEM))
    assert all(feed.spent.wait(PATIENCE_SECONDS) for feed in feeds)
    source.close()
    items = [*iter(source.read, None)]
    (gap,) = [one for one in gaps(items) if one.channel is YOU]
    before = np.concatenate([one.samples for one in frames(items, YOU) if one.start_seconds < gap.start_seconds])
    after = np.concatenate([one.samples for one in frames(items, YOU) if one.start_seconds >= gap.end_seconds])
    hurried = 8 * (int(before[-1]) - int(before[16_000])) - (len(before) - 16_000)
    assert abs(hurried) > 30  # it was mended until then
    assert abs(8 * (int(after[-1]) - int(after[0])) - len(after)) < 20


def test_a_loss_is_a_gap_and_moves_no_zero_also_where_the_pace_is_told_by_the_same_block() -> None:
    step, lost_seconds = 2000, 0.1
    ends_seconds = [(n + 1) * step / SAMPLE_RATE_HZ for n in range(48)]
    sound = [
        Block(100.0 + end + (lost_seconds if end > 2.125 else 0.0), np.full(step, 1000, np.int16))
        for end in ends_seconds
    ]
    feed = ScriptedFeed(sound)
    source = LiveSource(ScriptedBackend(you=[feed]), (YOU,))
    assert feed.spent.wait(PATIENCE_SECONDS)
    source.close()
    (gap,) = gaps([*iter(source.read, None)])
    assert gap.end_seconds - gap.start_seconds == pytest.approx(lost_seconds, abs=1e-3)
    assert source.origin_seconds == pytest.approx(100.0, abs=1e-6)
