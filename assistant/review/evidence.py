"""What a sentence answers, and what an interviewer's turn asks for: patterns as data (`evidence.toml`), compiled once."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

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
    table = tomllib.loads(files("assistant.review").joinpath("evidence.toml").read_text(encoding="utf-8"))
    words: dict[str, str] = table["words"]
    return (
        tuple((Aspect(name), _joined(entries, words)) for name, entries in table["evidence"].items()),
        tuple((Aspect(name), _joined(entries, words)) for name, entries in table["asks"].items()),
        _joined(table["refusal"]["match"], words),
    )


def _joined(alternatives: list[str], words: dict[str, str]) -> re.Pattern[str]:
    text = "|".join(f"(?:{alternative})" for alternative in alternatives)
    for name, value in words.items():
        text = text.replace("{" + name + "}", value)
    return re.compile(rf"(?<![\w#])(?:{text})(?!\w)")
