"""Words that say nothing one could check: placeholder nouns, verdicts, buzzwords, self-description, unnamed crowds.

The patterns are data (`emptiness.toml`); this module compiles them once and finds them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from assistant.review.patterns import compiled, table_of_file, words_of_file
from assistant.review.quotes import clipped
from assistant.review.text import Reading
from assistant.values import Aspect


class Strength(IntEnum):
    """How sure a finding is, and so from which verbosity on it is shown."""

    POSSIBLE = 1
    LIKELY = 2
    SURE = 3


@dataclass(frozen=True, slots=True)
class Emptiness:
    """An empty stretch of a reading: `start` and `end` are positions in its text."""

    name: str
    start: int
    end: int
    strength: Strength
    missing: tuple[Aspect, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    strength: Strength
    missing: tuple[Aspect, ...]
    reason: str
    expression: re.Pattern[str]


def find(reading: Reading) -> list[Emptiness]:
    """The empty stretches of a sentence in order; of overlapping ones the surer, then the longer."""
    found = [
        Emptiness(p.name, *_stretch(reading, p.expression, match), p.strength, p.missing, p.reason)
        for p in _patterns()
        for match in p.expression.finditer(reading.text)
    ]
    kept: list[Emptiness] = []
    for one in sorted(found, key=lambda e: (-e.strength, e.start - e.end)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda e: e.start)


def _stretch(reading: Reading, expression: re.Pattern[str], match: re.Match[str]) -> tuple[int, int]:
    """The words of a match without those of the next clause, as far as the others match by themselves."""
    start, end = match.start(), match.start() + len(match.group().rstrip())
    return start, clipped(reading, start, end, lambda at: bool(expression.match(reading.text, start, at)))


def missing_by_name() -> dict[str, tuple[Aspect, ...]]:
    """What the kinds of empty words that are known leave open."""
    return {pattern.name: pattern.missing for pattern in _patterns()}


@cache
def _patterns() -> tuple[_Pattern, ...]:
    words = words_of_file("emptiness.toml")
    return tuple(
        _Pattern(
            entry["name"],
            Strength[entry["strength"].upper()],
            tuple(Aspect(aspect) for aspect in entry["missing"]),
            entry["reason"],
            compiled(entry["match"], words),
        )
        for entry in table_of_file("emptiness.toml")["pattern"]
    )
