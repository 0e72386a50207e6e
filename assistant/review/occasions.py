"""When a follow-up can be asked at all: of which claims, by the names of their findings and what those leave open, and
of which parts of a story that nobody has touched."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from assistant.review import emptiness
from assistant.review.judge import NUMBER_ASPECTS
from assistant.review.numbers import NumberType
from assistant.review.opinion import NOTHING_TO_CHECK, UNSAID
from assistant.values import Aspect, ClaimKind

STORY_ASPECTS = (
    Aspect.OWN_CONTRIBUTION, Aspect.CHALLENGE, Aspect.HOW_OVERCOME, Aspect.RESULT, Aspect.MEASUREMENT_METHOD,
    Aspect.LESSON, Aspect.TRADEOFF,
)  # fmt: skip
"""The parts of a story that are asked for where nobody has touched them, the most telling first."""
_NO_SUCCESS = {NumberType.DATE, NumberType.AGE, NumberType.VERSION, NumberType.HEAD_COUNT, NumberType.TARGET}
NUMBER_NAMES = tuple(number_type.value for number_type in NumberType if number_type not in _NO_SUCCESS)
_WORDS = {ClaimKind.VAGUE: {"quote"}, ClaimKind.NUMBER_ONLY: {"number", "quote"}, ClaimKind.ASPECT: set[str]()}


def vague_names() -> tuple[str, ...]:
    """Of the kinds of vagueness, with that which only the sentence model sees."""
    return (*sorted(emptiness.missing_by_name()), NOTHING_TO_CHECK)


def is_possible(kind: ClaimKind | None, on: Collection[str], aspect: Aspect, words: Collection[str]) -> bool:
    """Whether anything can be said that leaves `aspect` open, is of this kind and name (any, where none is given), and
    has the candidate's `words` ("number", "quote") to put in."""
    return any(
        kind in (found, None) and (not on or name in on) and aspect in missing and _WORDS[found] >= set(words)
        for found, name, missing in _occasions()
    )


def _occasions() -> Iterator[tuple[ClaimKind, str, tuple[Aspect, ...]]]:
    for name in NUMBER_NAMES:
        yield ClaimKind.NUMBER_ONLY, name, NUMBER_ASPECTS
    for name, missing in emptiness.missing_by_name().items():
        yield ClaimKind.VAGUE, name, missing
    yield ClaimKind.VAGUE, NOTHING_TO_CHECK, UNSAID
    yield ClaimKind.ASPECT, "", STORY_ASPECTS
