"""Utterances of one voice packed into windows for a speech model, and its words given back to them.

A decode costs much before its first word, and what surrounds an utterance helps to understand it: windows of some
utterances are cheaper and better than each utterance by itself.
Pure functions of the utterances: no thread, no clock, no model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from assistant.ports import Hypothesis
from assistant.speech.listener import Utterance
from assistant.values import SAMPLE_RATE_HZ, Word

# Of the 30 that Whisper takes. In a longer window it skips more and makes more mistakes, and a second of it costs more:
# the encoder compares every moment with every other. In a shorter one it lacks what surrounds an utterance.
WINDOW_SECONDS = 14.0
SPAN_SECONDS = 150.0  # of the call in a window: what a voice says now and then must not hold the other one back
LONGEST_PAUSE_SECONDS = 0.1  # between utterances, which bring silence of their own: it costs as much as speech
LEAST_PROBABILITY = 1e-6  # of a word: its logarithm is finite


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """An utterance in a window. `number` is the utterance's, `offset_samples` where it begins in the window."""

    number: int
    utterance: Utterance
    offset_samples: int

    @property
    def voice_seconds(self) -> float:
        return self.utterance.voice_end_seconds - self.utterance.start_seconds

    @property
    def end_samples(self) -> int:
        return self.offset_samples + len(self.utterance.samples)


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """Utterances of one voice in their order, with short pauses between them; a long one is alone."""

    pieces: tuple[Piece, ...]

    @property
    def length_samples(self) -> int:
        return self.pieces[-1].end_samples

    def samples(self) -> NDArray[np.float32]:
        """(samples,) float32 in -1..1 at 16 kHz; digital silence in the pauses."""
        samples = np.zeros(self.length_samples, np.float32)
        for piece in self.pieces:
            samples[piece.offset_samples : piece.end_samples] = piece.utterance.samples
        return samples

    def unpacked(self, hypothesis: Hypothesis) -> list[tuple[Piece, Hypothesis]]:
        """What each utterance has of the text, with times from its own beginning on, none after its end. Each word
        goes to the one that its middle lies in, or next to, but a sentence is not torn for a single word. The average
        log-probability is that of its own words."""
        words: list[list[Word]] = [[] for _ in self.pieces]
        place = 0  # never back: attention may stumble, the order of what was said does not change
        for word in hypothesis.words:
            middle = (word.start_seconds + word.end_seconds) / 2 * SAMPLE_RATE_HZ
            while place + 1 < len(self.pieces) and middle >= self._border_samples(place):
                place += 1
            words[place].append(word)
        for before, after in pairwise(words):
            _settle_border(before, after)
        return [
            (piece, _part(hypothesis, piece, its_words)) for piece, its_words in zip(self.pieces, words, strict=True)
        ]

    def _border_samples(self, place: int) -> float:
        """The middle of the pause behind a piece."""
        return (self.pieces[place].end_samples + self.pieces[place + 1].offset_samples) / 2


class Packer:
    """Packs one voice's utterances as they come; each goes into exactly one window, in order."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []

    @property
    def start_seconds(self) -> float:
        """When the open window begins; never, if there is none."""
        return self._pieces[0].utterance.start_seconds if self._pieces else math.inf

    def add(self, number: int, utterance: Utterance) -> Window | None:
        """Put an utterance into the open window. Returns the one that is full without it."""
        offset_samples = self._offset_samples(utterance)
        is_fitting = (
            offset_samples + len(utterance.samples) <= WINDOW_SECONDS * SAMPLE_RATE_HZ
            and utterance.end_seconds - self.start_seconds <= SPAN_SECONDS
        )
        full = None if is_fitting else self.close()
        self._pieces.append(Piece(number, utterance, offset_samples if is_fitting else 0))
        return full

    def close(self) -> Window | None:
        """The open window, if there is one. What comes next begins another."""
        window = Window(tuple(self._pieces)) if self._pieces else None
        self._pieces = []
        return window

    def _offset_samples(self, utterance: Utterance) -> int:
        if not self._pieces:
            return 0
        last = self._pieces[-1]
        pause_seconds = min(max(utterance.start_seconds - last.utterance.end_seconds, 0.0), LONGEST_PAUSE_SECONDS)
        return last.end_samples + round(pause_seconds * SAMPLE_RATE_HZ)


def packed(pieces: Iterable[Piece]) -> list[Window]:
    """Pieces of one voice, packed anew."""
    packer = Packer()
    windows = [packer.add(piece.number, piece.utterance) for piece in pieces]
    return [window for window in (*windows, packer.close()) if window is not None]


def _settle_border(before: list[Word], after: list[Word]) -> None:
    """Attention is some tenths of a second late or early: the last word of a sentence seems to be said behind a pause,
    or the first one before it."""
    if len(before) < 2 or len(after) < 2:
        return
    if not _ends_sentence(before[-1]) and _ends_sentence(after[0]):
        before.append(after.pop(0))
    elif _ends_sentence(before[-2]) and not _ends_sentence(before[-1]) and after[0].text[:1].islower():
        after.insert(0, before.pop())


def _ends_sentence(word: Word) -> bool:
    return word.text.endswith((".", "?", "!"))


def _part(hypothesis: Hypothesis, piece: Piece, words: list[Word]) -> Hypothesis:
    offset_seconds = piece.offset_samples / SAMPLE_RATE_HZ
    length_seconds = len(piece.utterance.samples) / SAMPLE_RATE_HZ
    placed = tuple(
        replace(
            word,
            start_seconds=min(max(word.start_seconds - offset_seconds, 0.0), length_seconds),
            end_seconds=min(max(word.end_seconds - offset_seconds, 0.0), length_seconds),
        )
        for word in words
    )
    logarithms = [math.log(max(word.probability, LEAST_PROBABILITY)) for word in words]
    average = sum(logarithms) / len(logarithms) if logarithms else 0.0
    return replace(hypothesis, words=placed, average_log_probability=average)
