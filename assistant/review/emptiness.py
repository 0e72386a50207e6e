"""Words that say nothing one could check: placeholder nouns, verdicts, buzzwords, self-description, unnamed crowds.

The patterns are data (`emptiness.toml`); this module compiles them once and finds them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files

from assistant.errors import ReviewError
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
        Emptiness(p.name, match.start(), match.start() + len(match.group().rstrip()), p.strength, p.missing, p.reason)
        for p in _patterns()
        for match in p.expression.finditer(reading.text)
    ]
    kept: list[Emptiness] = []
    for one in sorted(found, key=lambda e: (-e.strength, e.start - e.end)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda e: e.start)


@cache
def _patterns() -> tuple[_Pattern, ...]:
    table = tomllib.loads(files("assistant.review").joinpath("emptiness.toml").read_text(encoding="utf-8"))
    return tuple(_compiled(entry, table["words"]) for entry in table["pattern"])


def _compiled(entry: dict[str, object], words: dict[str, str]) -> _Pattern:
    alternatives = entry["match"]
    if not isinstance(alternatives, list):
        raise ReviewError(f"The pattern {entry.get('name')!r} of the review has no list of expressions.")
    text = "|".join(f"(?:{alternative})" for alternative in alternatives)
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return _Pattern(
        str(entry["name"]),
        Strength[str(entry["strength"]).upper()],
        tuple(Aspect(str(aspect)) for aspect in entry["missing"]),  # type: ignore[attr-defined]
        str(entry["reason"]),
        re.compile(rf"(?<![\w#])(?:{text})(?!\w)"),
    )
