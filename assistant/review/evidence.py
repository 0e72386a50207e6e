"""What a sentence answers, and what an interviewer's turn asks for. The patterns are data (`evidence.toml`)."""

from __future__ import annotations

import re
from functools import cache

from assistant.review.patterns import compiled, table_of_file, words_of_file
from assistant.values import Aspect

Patterns = tuple[tuple[Aspect, re.Pattern[str]], ...]


def answered(text: str) -> tuple[Aspect, ...]:
    """The aspects that the reading of a candidate's sentence touches, in the order of the guidelines."""
    return tuple(aspect for aspect, expression in _compiled()[0] if expression.search(text))


def asked_for(text: str) -> tuple[Aspect, ...]:
    """The aspects that the reading of an interviewer's sentence asks for, if it asks."""
    return tuple(aspect for aspect, expression in _compiled()[1] if expression.search(text))


def is_refusal(text: str) -> bool:
    """Whether somebody honestly says that they don't know, can't say, or never measured it."""
    return bool(_compiled()[2].search(text))


@cache
def _compiled() -> tuple[Patterns, Patterns, re.Pattern[str]]:
    table, words = table_of_file("evidence.toml"), words_of_file("evidence.toml")
    return (
        tuple((Aspect(name), compiled(entries, words)) for name, entries in table["evidence"].items()),
        tuple((Aspect(name), compiled(entries, words)) for name, entries in table["asks"].items()),
        compiled(table["refusal"]["match"], words),
    )
