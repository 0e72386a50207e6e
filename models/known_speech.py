"""A known sentence, by which a model shows when it is loaded how it hears.

`known_speech.flac` is a sentence of the bundled interview: synthetic speech, MIT, by Kokoro-82M (Apache-2.0); see the
README of `assistant/demo`. `WORDS` are its word times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from statistics import median

import numpy as np
import soundfile
from numpy.typing import NDArray

from assistant.values import Word

LEAST_AGREEMENT = 0.7  # of the words in two decodes; a sentence that is said again and again is below
LEAST_EDGES = 6  # to tell how late a model is
LATEST_SECONDS = 0.3  # more is no property of a model

WORDS = (
    Word("There", 0.105, 0.140), Word("were", 0.140, 0.275), Word("six", 0.350, 0.550), Word("of", 0.575, 0.625),
    Word("us,", 0.650, 0.925), Word("four", 1.150, 1.375), Word("engineers,", 1.400, 2.000), Word("a", 2.075, 2.105),
    Word("designer,", 2.150, 2.600), Word("and", 2.675, 2.750), Word("me.", 2.800, 3.030),
)  # fmt: skip


def known_speech() -> NDArray[np.float32]:
    """(samples,) in -1..1 at 16 kHz: 3.2 s, of which `WORDS` are said."""
    samples, _ = soundfile.read(Path(__file__).with_suffix(".flac"), dtype="float32")
    return np.asarray(samples, np.float32)


def is_understood(heard: Sequence[Word]) -> bool:
    return _letters(heard) == _letters(WORDS)


def agree(heard: Sequence[Word], padded: Sequence[Word]) -> bool:
    """Whether two decodes of the sentence are one, but for a word or two."""
    return SequenceMatcher(None, _letters(heard), _letters(padded), autojunk=False).ratio() >= LEAST_AGREEMENT


def lateness_seconds(heard: Sequence[Word]) -> float:
    """By how much a model's attention follows the sound (negative: precedes it): the median over the edges of words.

    It is nearly the same from word to word, but differs from model to model (tiny.en 0.11 s, base -0.02 s).
    """
    late = [seconds for mine, true in _same(heard) for seconds in _edges(mine, true)]
    return min(max(median(late), -LATEST_SECONDS), LATEST_SECONDS) if len(late) >= LEAST_EDGES else 0.0


def _same(heard: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    matcher = SequenceMatcher(None, _letters(heard), _letters(WORDS), autojunk=False)
    for mine, true, count in matcher.get_matching_blocks():
        yield from zip(heard[mine : mine + count], WORDS[true : true + count], strict=True)


def _edges(mine: Word, true: Word) -> tuple[float, float]:
    return mine.start_seconds - true.start_seconds, mine.end_seconds - true.end_seconds


def _letters(words: Sequence[Word]) -> list[str]:
    return [re.sub(r"\W", "", word.text.lower()) for word in words]
