"""One channel against scripted devices: gaps, messages, and where sound lies on the call's clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.audio.capture import LiveSource
from assistant.audio.capture.feed import Block
from assistant.errors import CaptureError
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, State, Status
from tests.waiting import PATIENCE_SECONDS

YOU, THEM = Channel.YOU, Channel.THEM


class ScriptedFeed:
    """Gives its blocks, then ends with `reason`, or stays silent without one."""

    description = "Headset"

    def __init__(self, blocks: list[Block], reason: str = "") -> None:
        self._blocks = list(blocks)
        self._reason = reason
        self.is_closed = False
        self.spent = threading.Event()  # all of its sound was taken in

    def read(self) -> Block | None:
        if self._blocks:
            return self._blocks.pop(0)
        if self._reason:
            raise CaptureError(self._reason)
        self.spent.set()
        time.sleep(0.002)
        return None

    def close(self) -> None:
        self.is_closed = True


class ScriptedBackend:
    """Hands out its feeds in order; an error in between is a device that isn't there."""

    def __init__(self, **feeds: list[ScriptedFeed | CaptureError]) -> None:
        self._feeds = {Channel(name): list(items) for name, items in feeds.items()}
        self.waits_seconds: list[float] = []
        self._stopped = threading.Event()

    def attach(self, channel: Channel) -> ScriptedFeed:
        item = self._feeds[channel].pop(0) if self._feeds[channel] else ScriptedFeed([])
        if isinstance(item, CaptureError):
            raise item
        return item

    def wait_for_change(self, timeout_seconds: float) -> None:
        self.waits_seconds.append(timeout_seconds)

    def stop(self) -> None:
        self._stopped.set()


def blocks(start_seconds: float, seconds: float, value: int = 1000) -> list[Block]:
    """Sound of that length that began then, on an imagined clock."""
    return [Block(start_seconds + (n + 1) * 0.02, np.full(320, value, np.int16)) for n in range(round(seconds / 0.02))]


Item = AudioFrame | AudioGap | Status


def play(backend: ScriptedBackend, *channels: Channel, until: Callable[[list[Item]], bool]) -> list[Item]:
    source = LiveSource(backend, channels)
    items: list[Item] = []
    late = threading.Timer(PATIENCE_SECONDS, source.close)
    late.start()
    while not until(items) and (item := source.read()) is not None:
        items.append(item)
    late.cancel()
    source.close()
    assert until(items), "it did not come about"
    return items


def frames(items: list[Item], channel: Channel) -> list[AudioFrame]:
    return [item for item in items if isinstance(item, AudioFrame) and item.channel is channel]


def heard(items: list[Item], channel: Channel) -> NDArray[np.int16]:
    """All sound of a channel, gaps left out."""
    return np.concatenate([np.zeros(0, np.int16), *(frame.samples for frame in frames(items, channel))])


def has_heard(channel: Channel, seconds: float) -> Callable[[list[Item]], bool]:
    return lambda items: len(heard(items, channel)) >= round(seconds * SAMPLE_RATE_HZ)


def gaps(items: list[Item]) -> list[AudioGap]:
    return [item for item in items if isinstance(item, AudioGap)]


def test_a_loss_is_a_gap_of_the_clock_s_length_with_its_reason() -> None:
    backend = ScriptedBackend(
        you=[ScriptedFeed(blocks(100.0, 1.0), "Headset is gone"), ScriptedFeed(blocks(101.37, 1.0))]
    )
    items = play(backend, YOU, until=has_heard(YOU, 2.0))
    (gap,) = gaps(items)
    assert (gap.start_seconds, gap.end_seconds) == (1.0, pytest.approx(1.37, abs=1e-4))
    assert gap.reason == "Headset is gone"
    assert [item.state for item in items if isinstance(item, Status)] == [State.DEVICE_LOST, State.DEVICE_BACK]
    assert gap.end_seconds in [frame.start_seconds for frame in frames(items, YOU)]


def test_a_device_that_stays_away_is_tried_ever_slower_and_told_once() -> None:
    missing: list[ScriptedFeed | CaptureError] = [CaptureError("Headset is gone") for _ in range(7)]
    backend = ScriptedBackend(
        you=[ScriptedFeed(blocks(100.0, 1.0), "Headset is gone"), *missing, ScriptedFeed(blocks(110.0, 1.0))]
    )
    items = play(backend, YOU, until=has_heard(YOU, 2.0))
    assert backend.waits_seconds == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    assert len([item for item in items if isinstance(item, Status)]) == 2
    assert len(gaps(items)) == 1


@pytest.mark.parametrize("old_seconds", [0.1, 0.6])
def test_sound_that_was_given_out_is_not_given_out_again(old_seconds: float) -> None:
    again = blocks(102.0 - old_seconds, 1.0, value=7)
    backend = ScriptedBackend(you=[ScriptedFeed(blocks(100.0, 2.0), "moved"), ScriptedFeed(again)])
    items = play(backend, YOU, until=has_heard(YOU, 3.0 - old_seconds))
    assert gaps(items) == []
    assert frames(items, YOU)[-1].end_seconds == pytest.approx(3.0 - old_seconds)
    new_samples = round((1.0 - old_seconds) * SAMPLE_RATE_HZ)
    assert np.array_equal(heard(items, YOU), np.repeat([1000, 7], [2 * SAMPLE_RATE_HZ, new_samples]))


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


def test_both_channels_begin_at_zero_and_keep_their_distance() -> None:
    backend = ScriptedBackend(you=[ScriptedFeed(blocks(100.0, 1.0))], them=[ScriptedFeed(blocks(100.03, 1.0, value=7))])
    items = play(backend, YOU, THEM, until=lambda items: all(has_heard(c, 0.96)(items) for c in (YOU, THEM)))
    assert gaps(items) == []
    assert frames(items, YOU)[0].start_seconds == frames(items, THEM)[0].start_seconds == 0.0
    first_you, first_them = (int(np.argmax(heard(items, c) != 0)) for c in (YOU, THEM))
    assert abs(first_them - first_you) in (480, 0)  # 30 ms; nothing where the later one came first and set the zero
    times = [frame.start_seconds for frame in items if isinstance(frame, AudioFrame)]
    assert all(later - earlier > -0.126 for earlier, later in pairwise(times))


def test_sound_that_a_resampler_holds_back_lies_where_it_was_spoken() -> None:
    direct = blocks(100.0, 1.0)
    held_back = [
        Block(block.arrived_seconds, before.samples if before else block.samples[:0], spoken=320)
        for before, block in zip([None, *direct], direct, strict=False)
    ]
    feed = ScriptedFeed(held_back)
    source = LiveSource(ScriptedBackend(you=[feed]), (YOU,), origin_seconds=100.0)
    assert feed.spent.wait(PATIENCE_SECONDS)
    source.close()
    first = source.read()
    assert isinstance(first, AudioFrame)
    assert first.start_seconds == 0.0
    assert first.samples.all()  # no silence before it


def test_a_channel_that_is_lost_does_not_hold_up_the_other() -> None:
    backend = ScriptedBackend(
        you=[ScriptedFeed(blocks(100.0, 2.0))],
        them=[ScriptedFeed(blocks(100.0, 0.4), "gone"), *[CaptureError("gone") for _ in range(200)]],
    )
    began = time.monotonic()
    play(backend, YOU, THEM, until=has_heard(YOU, 2.0))
    assert time.monotonic() - began < 3.0


@pytest.mark.parametrize(("channel", "why"), [(YOU, "it is muted"), (THEM, "nobody has spoken yet")])
def test_ten_seconds_of_exact_zeros_are_told_once_each_time(channel: Channel, why: str) -> None:
    feed = ScriptedFeed([*blocks(100.0, 25.0, 0), *blocks(125.0, 0.1), *blocks(125.1, 10.0, 0)])
    items = play(ScriptedBackend(**{channel.value: [feed]}), channel, until=has_heard(channel, 35.1))
    told = [number for number, item in enumerate(items) if isinstance(item, Status)]
    assert len(told) == 2
    for number in told:
        status = items[number]
        assert isinstance(status, Status)
        assert (status.state, status.channel) == (State.WARNING, channel)
        assert "digital silence for 10 s" in status.message
        assert why in status.message


def test_a_quiet_room_is_no_digital_silence() -> None:
    items = play(ScriptedBackend(you=[ScriptedFeed(blocks(0.0, 12.0, 1))]), YOU, until=has_heard(YOU, 12.0))
    assert not [item for item in items if isinstance(item, Status)]


def test_a_device_that_gives_nothing_is_taken_for_lost_and_attached_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.audio.capture.channel._STALLED_SECONDS", 0.1)
    stalled = ScriptedFeed(blocks(time.monotonic(), 0.4))
    items = play(
        ScriptedBackend(you=[stalled]),
        YOU,
        until=lambda items: any(isinstance(item, Status) for item in items),
    )
    (status,) = [item for item in items if isinstance(item, Status)]
    assert status.state is State.DEVICE_LOST
    assert "Headset gives no sound" in status.message
    assert stalled.is_closed


def test_a_reader_that_never_comes_costs_a_gap_that_says_so() -> None:
    seconds = 130.0
    feed = ScriptedFeed(blocks(100.0, seconds))
    source = LiveSource(ScriptedBackend(you=[feed]), (YOU,))
    assert feed.spent.wait(PATIENCE_SECONDS)
    source.close()
    items: list[Item] = []
    while (item := source.read()) is not None:
        items.append(item)
    (gap,) = gaps(items)
    assert len(heard(items, YOU)) == 120 * SAMPLE_RATE_HZ
    assert (gap.start_seconds, gap.end_seconds) == (frames(items, YOU)[-1].end_seconds, pytest.approx(seconds))
