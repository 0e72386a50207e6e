from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ports import Hypothesis
from assistant.speech.listener import Utterance
from assistant.transcript.packing import (
    LONGEST_PAUSE_SECONDS,
    SPAN_SECONDS,
    WINDOW_SECONDS,
    Packer,
    Window,
)
from assistant.values import SAMPLE_RATE_HZ, Channel, Word


def utterance(start_seconds: float, length_seconds: float, value: float = 0.5) -> Utterance:
    samples = np.full(round(length_seconds * SAMPLE_RATE_HZ), value, np.float32)
    return Utterance(Channel.THEM, start_seconds, start_seconds + length_seconds, samples)


@st.composite
def talks(draw: st.DrawFn) -> list[Utterance]:
    """One voice's utterances, in order."""
    talk, now = [], 0.0
    for pause, length in draw(st.lists(st.tuples(st.floats(0, 50), st.floats(0.1, 25)), max_size=12)):
        talk.append(utterance(now + pause, length, 0.01 * (len(talk) + 1)))
        now = talk[-1].end_seconds
    return talk


def windows_of(talk: list[Utterance]) -> list[Window]:
    packer = Packer()
    closed = [packer.add(number, one) for number, one in enumerate(talk)]
    return [window for window in (*closed, packer.close()) if window is not None]


@settings(deadline=None, max_examples=40)
@given(talks())
def test_every_utterance_is_in_one_window_whole_and_in_order(talk: list[Utterance]) -> None:
    windows = windows_of(talk)
    assert [piece.number for window in windows for piece in window.pieces] == list(range(len(talk)))
    for window in windows:
        samples = window.samples()
        for piece in window.pieces:
            assert np.array_equal(samples[piece.offset_samples : piece.end_samples], piece.utterance.samples)
        assert np.count_nonzero(samples) == sum(len(piece.utterance.samples) for piece in window.pieces)


@settings(deadline=None, max_examples=40)
@given(talks())
def test_no_window_is_too_long(talk: list[Utterance]) -> None:
    for window in windows_of(talk):
        assert len(window.pieces) == 1 or window.length_samples <= WINDOW_SECONDS * SAMPLE_RATE_HZ
        first, last = window.pieces[0].utterance, window.pieces[-1].utterance
        assert last.end_seconds - first.start_seconds <= SPAN_SECONDS
        for one, other in zip(window.pieces, window.pieces[1:], strict=False):
            assert 0 <= other.offset_samples - one.end_samples <= LONGEST_PAUSE_SECONDS * SAMPLE_RATE_HZ + 1


@settings(deadline=None, max_examples=40)
@given(talks(), st.lists(st.tuples(st.floats(0, 30), st.floats(0, 2)), max_size=40))
def test_no_word_is_lost_and_none_leaves_its_utterance(talk: list[Utterance], times: list[tuple[float, float]]) -> None:
    words = tuple(Word(str(number), start, start + length) for number, (start, length) in enumerate(sorted(times)))
    for window in windows_of(talk):
        parts = window.unpacked(Hypothesis(words, -0.3, 0.1, 1.0))
        assert [word.text for _, part in parts for word in part.words] == [word.text for word in words]
        for piece, part in parts:
            for word in part.words:
                assert 0.0 <= word.start_seconds <= word.end_seconds <= len(piece.utterance.samples) / SAMPLE_RATE_HZ


def test_a_word_goes_to_the_utterance_that_it_was_said_in_with_its_own_score() -> None:
    (window,) = windows_of([utterance(0.0, 2.0), utterance(10.0, 2.0)])
    words = (Word("so", 0.5, 1.0, 1.0), Word("late", 1.9, 2.1, 1.0), Word("next", 2.2, 2.7, 0.1))
    (_, first), (_, second) = window.unpacked(Hypothesis(words, -0.5, 0.1, 1.0))
    assert [word.text for word in first.words] == ["so", "late"]
    assert (second.words[0].start_seconds, second.words[0].end_seconds) == (pytest.approx(0.1), pytest.approx(0.6))
    assert first.average_log_probability == 0.0
    assert second.average_log_probability < -2


@pytest.mark.parametrize(
    ("text", "border"),
    [
        ("so much better now. Honestly, I", 4),  # the attention has it behind three words
        ("I see. Then we went there", 2),  # and here in front of "we"
        ("Yes. And no. Maybe we", 3),
        ("we went to the shop", 3),  # within a sentence the times decide
    ],
)
def test_a_sentence_is_not_torn_for_one_word(text: str, border: int) -> None:
    (window,) = windows_of([utterance(0.0, 3.0), utterance(10.0, 3.0)])
    words = tuple(Word(word, number, number + 0.8) for number, word in enumerate(text.split()))
    (_, first), (_, second) = window.unpacked(Hypothesis(words, -0.5, 0.1, 1.0))
    assert len(first.words) == border
    assert len(first.words) + len(second.words) == len(words)


def test_a_short_pause_stays_as_it_was() -> None:
    (window,) = windows_of([utterance(0.0, 1.0), utterance(1.05, 1.0)])
    assert window.pieces[1].offset_samples == 1.05 * SAMPLE_RATE_HZ
