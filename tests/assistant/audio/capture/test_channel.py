"""One channel against scripted devices: gaps, messages, and where sound lies on the call's clock."""

from __future__ import annotations

import time
from itertools import pairwise

import numpy as np
import pytest

from assistant.audio.capture import LiveSource
from assistant.audio.capture.feed import Block
from assistant.errors import CaptureError
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, State, Status
from tests.assistant.audio.capture.scripted import (
    THEM,
    YOU,
    Item,
    ScriptedBackend,
    ScriptedFeed,
    blocks,
    frames,
    gaps,
    has_heard,
    heard,
    play,
)
from tests.waiting import PATIENCE_SECONDS


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
    missing: list[ScriptedFeed | Exception] = [CaptureError("Headset is gone") for _ in range(7)]
    backend = ScriptedBackend(
        you=[ScriptedFeed(blocks(100.0, 1.0), "Headset is gone"), *missing, ScriptedFeed(blocks(110.0, 1.0))]
    )
    items = play(backend, YOU, until=has_heard(YOU, 2.0))
    assert backend.waits_seconds == [0.1, 0.2, 0.4, 0.8, 1.6, 2.0, 2.0]
    assert len([item for item in items if isinstance(item, Status)]) == 2
    assert len(gaps(items)) == 1


def test_an_error_that_nobody_foresaw_is_a_loss_like_any_other() -> None:
    full = OSError(24, "Too many open files")
    backend = ScriptedBackend(
        you=[full, ScriptedFeed(blocks(100.0, 1.0), IndexError()), full, ScriptedFeed(blocks(102.0, 1.0))]
    )
    items = play(backend, YOU, until=has_heard(YOU, 2.0))
    told = [item for item in items if isinstance(item, Status)]
    assert [item.state for item in told] == [State.DEVICE_LOST, State.DEVICE_BACK] * 2
    assert "an error came up (OSError: [Errno 24] Too many open files)" in told[0].message
    assert [gap.reason for gap in gaps(items)] == ["an error came up (IndexError)"]
    assert backend.waits_seconds == [0.1, 0.2, 0.4]  # also behind the one that was heard: no device was exchanged


@pytest.mark.parametrize("old_seconds", [0.1, 0.6])
def test_sound_that_was_given_out_is_not_given_out_again(old_seconds: float) -> None:
    again = blocks(102.0 - old_seconds, 1.0, value=7)
    backend = ScriptedBackend(you=[ScriptedFeed(blocks(100.0, 2.0), "moved"), ScriptedFeed(again)])
    items = play(backend, YOU, until=has_heard(YOU, 3.0 - old_seconds))
    assert gaps(items) == []
    assert frames(items, YOU)[-1].end_seconds == pytest.approx(3.0 - old_seconds)
    new_samples = round((1.0 - old_seconds) * SAMPLE_RATE_HZ)
    assert np.array_equal(heard(items, YOU), np.repeat([1000, 7], [2 * SAMPLE_RATE_HZ, new_samples]))


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
        assert (status.state, status.channel) == (State.SILENT, channel)
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
