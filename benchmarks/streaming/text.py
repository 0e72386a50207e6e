"""One normaliser for everything that is compared: Whisper's for English, fillers dropped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import jiwer
from whisper_normalizer.english import EnglishTextNormalizer

from assistant.values import Word

FILLERS = {"um", "uh", "mm", "hm", "mhm", "mmhm"}
_JOINED_TO_NUMBERS = {"percent"}
_normalize = EnglishTextNormalizer()


@dataclass(frozen=True, slots=True)
class Token:
    """A normalised word with the time of the word, or words, that it was made of."""

    text: str
    start_seconds: float
    end_seconds: float
    is_timed: bool = True  # False: the aligner did not recognise the word, its time is a guess

    @property
    def middle_seconds(self) -> float:
        return (self.start_seconds + self.end_seconds) / 2


@cache
def normalized(text: str) -> tuple[str, ...]:
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"\.{2,}|…", " ", text)  # Whisper's normaliser makes a word of every other dot
    return tuple(word for word in _normalize(text).split() if word not in FILLERS)


def tokens(words: Iterable[Word], least_probability: float = 0.0) -> list[Token]:
    """Normalised word by word, so that each keeps its time; numbers in a row ("twenty eighteen") together, as the
    normaliser joins them."""
    made: list[Token] = []
    run: list[Word] = []  # words of a number
    for word in words:
        if run and not _is_number(word.text):
            made += _tokens_of(run, least_probability)
            run = []
        if _is_number(word.text) and (run or normalized(word.text)[0] not in _JOINED_TO_NUMBERS):
            run.append(word)
        else:
            made += _tokens_of([word], least_probability)
    return made + (_tokens_of(run, least_probability) if run else [])


def _tokens_of(words: list[Word], least_probability: float) -> list[Token]:
    is_timed = min(word.probability for word in words) >= least_probability
    texts = normalized(" ".join(word.text for word in words))
    if len(texts) == len(words):
        return [
            Token(text, word.start_seconds, word.end_seconds, is_timed) for text, word in zip(texts, words, strict=True)
        ]
    return [Token(text, words[0].start_seconds, words[-1].end_seconds, is_timed) for text in texts]


def _is_number(text: str) -> bool:
    texts = normalized(text)
    return len(texts) == 1 and (texts[0][0].isdigit() or texts[0] in _JOINED_TO_NUMBERS)


@dataclass(frozen=True, slots=True)
class Errors:
    wrong: int  # substitutions, deletions and insertions
    count: int  # words of the reference

    def __add__(self, other: Errors) -> Errors:
        return Errors(self.wrong + other.wrong, self.count + other.count)

    @property
    def share(self) -> float:
        return self.wrong / self.count if self.count else 0.0


NO_ERRORS = Errors(0, 0)


def errors(reference: str, hypothesis: str) -> Errors:
    """Word errors of a whole text."""
    wanted, given = normalized(reference), normalized(hypothesis)
    if not wanted or not given:
        return Errors(len(wanted) + len(given), len(wanted))
    measured = jiwer.process_words(" ".join(wanted), " ".join(given))
    return Errors(measured.substitutions + measured.deletions + measured.insertions, len(wanted))
