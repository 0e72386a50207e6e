"""A long call made of short ones: its two ends are the same sound, with the truth of what is said there."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.values import SAMPLE_RATE_HZ, Channel, Word
from benchmarks.streaming.calls import BenchCall, Voice
from benchmarks.streaming.dense import PAUSE_SECONDS, DenseCall
from benchmarks.streaming.figures import Figures
from benchmarks.streaming.table import DELAY_ROWS, memory_table, table
from benchmarks.streaming.usage import Memory

LENGTH_SECONDS, END_SECONDS = 60.0, 10.0


def talker(level: int, word: str, talks_until_seconds: float = 6.0) -> Voice:
    """Seven seconds of a voice that is `level` loud while it talks."""
    samples = np.zeros(7 * SAMPLE_RATE_HZ, np.int16)
    samples[SAMPLE_RATE_HZ : round(talks_until_seconds * SAMPLE_RATE_HZ)] = level
    speech = ((1.0, talks_until_seconds),)
    return Voice(samples, word, speech, (Word(word, 1.0, talks_until_seconds),), is_scored=True)


CALLS = [
    BenchCall("one", Path(), {Channel.YOU: talker(1000, "one"), Channel.THEM: talker(2000, "two")}),
    BenchCall("two", Path(), {Channel.YOU: talker(9, "soft", 1.5), Channel.THEM: talker(3000, "three")}),
]


@pytest.fixture(scope="module")
def sides() -> dict[Channel, np.ndarray]:
    heard: dict[Channel, list[np.ndarray]] = {channel: [] for channel in Channel}
    for frame in DenseCall(CALLS, LENGTH_SECONDS, END_SECONDS).frames():
        assert frame.start_seconds == pytest.approx(sum(map(len, heard[frame.channel])) / SAMPLE_RATE_HZ)
        heard[frame.channel].append(frame.samples)
    return {channel: np.concatenate(frames) for channel, frames in heard.items()}


def test_both_ends_are_the_same_sound_and_the_middle_is_another_on_each_side(sides) -> None:
    end = round(END_SECONDS * SAMPLE_RATE_HZ)
    for side in sides.values():
        assert len(side) == LENGTH_SECONDS * SAMPLE_RATE_HZ
        assert np.array_equal(side[:end], side[-end:])
        assert not np.array_equal(side[end : 2 * end], side[:end])
    assert not np.array_equal(*sides.values())


def test_who_hardly_talks_is_left_out(sides) -> None:
    assert all(set(np.unique(side[: round(END_SECONDS * SAMPLE_RATE_HZ)])) - {0, 1000, 2000, 3000} == set()
               for side in sides.values())  # fmt: skip
    with pytest.raises(ValueError, match="two voices"):
        DenseCall([BenchCall("soft", Path(), {Channel.YOU: talker(9, "soft", 1.5)})], 60.0, 10.0)


def test_the_truth_of_an_end_is_what_is_said_there(sides) -> None:
    end = DenseCall(CALLS, LENGTH_SECONDS, END_SECONDS).end()
    assert [end.voices[channel].text for channel in Channel] == ["one", "two"]
    for channel, voice in end.voices.items():
        assert np.array_equal(voice.samples, sides[channel][: len(voice.samples)])
        assert voice.speech == ((PAUSE_SECONDS + 1.0, PAUSE_SECONDS + 6.0),)
        assert voice.words[0].end_seconds == pytest.approx(PAUSE_SECONDS + 6.0)


def test_growth_is_counted_from_when_memory_had_settled() -> None:
    megabytes = [300, 390, 400, 405, 398, 500]  # at each minute, and when the call was closed
    memory = [Memory((m + 100) * 1_000_000, m * 1_000_000) for m in megabytes]
    head, _, resident, own = memory_table(memory, settled_minutes=2).splitlines()
    assert head == "| memory of the program, MB | 0 min | 2 min | 4 min | highest after | growth | when closed |"
    assert resident == "| resident | 400 | 500 | 498 | 505 | 5 | 600 |"
    assert own == "| of it not from files | 300 | 400 | 398 | 405 | 5 | 500 |"


def test_a_table_of_chosen_rows_has_no_other() -> None:
    made = table({"first": Figures(call_seconds=60.0, final=[0.4])}, DELAY_ROWS)
    assert made.splitlines()[2:] == ["| end of speech → final text, s | 0.40 / 0.40 / 0.40 |"]
