"""What is kept of sound that comes late: by when it was spoken."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from assistant.audio.recorder.pauses import AFTER_PAUSE_SECONDS, Pauses
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
    pauses.end(1006.0 - AFTER_PAUSE_SECONDS)
    assert not pauses.is_on
    assert kept(pauses, 5.9) == []
    ((start_seconds, first, last),) = kept(pauses, 5.95)
    assert (start_seconds, last) == (pytest.approx(6.0, abs=1e-4), 1279)
    assert first == pytest.approx(800, abs=1)
    assert start_seconds >= 6.0 - 1e-9
    assert kept(pauses, 6.001) == [(6.001, 0, 1279)]


def test_a_pause_within_a_frame_or_a_gap_leaves_both_ends() -> None:
    pauses = Pauses()
    pauses.begin(1005.02)
    pauses.end(1005.04)
    before, after = kept(pauses, 5.0, 0.16)
    assert (before[1], after[2]) == (0, 2559)
    assert (before[2], after[1]) == (pytest.approx(319, abs=1), pytest.approx(1440, abs=1))
    gap = AudioGap(Channel.YOU, 4.0, 6.0, "gone")
    first, second = pauses.outside(gap, ORIGIN_SECONDS)
    assert [first.start_seconds, first.end_seconds] == pytest.approx([4.0, 5.02])
    assert [second.start_seconds, second.end_seconds] == pytest.approx([5.09, 6.0])


def test_a_pause_right_behind_another_leaves_nothing_between() -> None:
    pauses = Pauses()
    pauses.begin(1005.0)
    pauses.end(1006.0)
    pauses.begin(1006.0 + AFTER_PAUSE_SECONDS / 2)
    assert kept(pauses, 5.0, 2.0) == []
    assert pauses.outside(AudioGap(Channel.YOU, 5.0, 7.0, "gone"), ORIGIN_SECONDS) == []


def test_what_was_spoken_after_the_stop_is_not_kept_and_a_stop_is_no_pause() -> None:
    pauses = Pauses()
    pauses.stop(1005.02)
    pauses.stop(1007.0)
    assert kept(pauses, 5.0) == [(5.0, 0, pytest.approx(319, abs=1))]
    assert kept(pauses, 6.0) == []
    assert pauses.is_stopped and not pauses.is_on
    assert pauses.kept_until_seconds == 1005.02
    assert pauses.keeps(1005.0) and not pauses.keeps(1005.03)


def test_a_stop_in_a_pause_keeps_nothing_that_the_pause_does_not() -> None:
    pauses = Pauses()
    pauses.begin(1005.0)
    pauses.stop(1006.0)
    assert pauses.kept_until_seconds == 1005.0
    assert kept(pauses, 5.5) == []


def test_one_who_is_told_of_the_presses_later_keeps_the_same() -> None:
    first = Pauses()
    first.begin(1005.0)
    first.end(1006.0)
    first.begin(1007.0)
    later = Pauses(first.turns_seconds)
    assert later.is_on
    assert kept(later, 4.0, 4.0) == kept(first, 4.0, 4.0) != []
    later.end(1007.5)
    assert first.is_on, "each keeps its own"


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
