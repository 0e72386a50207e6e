"""What is kept of sound that comes late: by when it was spoken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assistant.audio.recorder.pauses import Pauses
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel

ORIGIN_SECONDS = 1000.0


def kept(pauses: Pauses, start_seconds: float, seconds: float = 0.08) -> list[Any]:
    """Start, first and last sample of what is left of a frame whose samples are numbered."""
    samples = np.arange(round(seconds * SAMPLE_RATE_HZ)).astype(np.int16)
    parts = pauses.outside(AudioFrame(Channel.YOU, start_seconds, samples), ORIGIN_SECONDS)
    return [
        (part.start_seconds, int(part.samples[0]), int(part.samples[-1]))
        for part in parts
        if isinstance(part, AudioFrame)
    ]


def test_without_a_pause_all_is_kept() -> None:
    assert kept(Pauses(), 5.0) == [(5.0, 0, 1279)]


def test_what_was_spoken_before_a_pause_is_kept_although_it_comes_within() -> None:
    pauses = Pauses()
    pauses.begin(1005.02)
    assert kept(pauses, 4.9) == [(4.9, 0, 1279)]
    assert kept(pauses, 5.0) == [(5.0, 0, pytest.approx(319, abs=1))]
    assert kept(pauses, 5.02) == kept(pauses, 5.08) == []
    assert pauses.is_on


def test_what_was_spoken_in_a_pause_is_not_kept_although_it_comes_after() -> None:
    pauses = Pauses()
    pauses.begin(1005.0)
    pauses.end(1006.0)
    assert not pauses.is_on
    assert kept(pauses, 5.9) == []
    ((start_seconds, first, last),) = kept(pauses, 5.95)
    assert (start_seconds, last) == (pytest.approx(6.0, abs=1e-4), 1279)
    assert first == pytest.approx(800, abs=1)
    assert start_seconds >= 6.0 - 1e-9
    assert kept(pauses, 6.0) == [(6.0, 0, 1279)]


def test_a_pause_within_a_frame_or_a_gap_leaves_both_ends() -> None:
    pauses = Pauses()
    pauses.begin(1005.02)
    pauses.end(1005.04)
    before, after = kept(pauses, 5.0)
    assert (before[1], after[2]) == (0, 1279)
    assert (before[2], after[1]) == (pytest.approx(319, abs=1), pytest.approx(640, abs=1))
    gap = AudioGap(Channel.YOU, 4.0, 6.0, "gone")
    first, second = pauses.outside(gap, ORIGIN_SECONDS)
    assert [first.start_seconds, first.end_seconds] == pytest.approx([4.0, 5.02])
    assert [second.start_seconds, second.end_seconds] == pytest.approx([5.04, 6.0])


def test_a_press_that_changes_nothing_counts_for_nothing() -> None:
    pauses = Pauses()
    pauses.end(1001.0)
    pauses.begin(1002.0)
    pauses.begin(1005.0)
    assert kept(pauses, 3.0) == []
    pauses.end(1001.0)  # a clock that is told out of order opens no pause that has been
    assert not pauses.is_on
    assert kept(pauses, 1.5) == [(1.5, 0, 1279)]
    assert kept(pauses, 3.0) == [(3.0, 0, 1279)]
