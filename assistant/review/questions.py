"""The question bank: short questions to read aloud, as data that a team can edit (`questions.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from assistant.errors import ReviewError
from assistant.values import Aspect, ClaimKind

MAX_CHARACTERS = 90  # read at a glance
_PLACEHOLDERS = {"number", "quote"}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KEYS = {"kind", "on", "aspect", "why", "text"}


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the candidate's words put in."""

    text: str
    aspect: Aspect
    why: str


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: ClaimKind
    on: frozenset[str]
    aspect: Aspect
    why: str
    texts: tuple[str, ...]


class QuestionBank:
    """All questions of one language, checked when they are loaded."""

    def __init__(self, text: str) -> None:
        """Raises:
        ReviewError: the text is no question bank; the message names the entry and what is wrong with it.
        """
        name = "The question bank"
        try:
            table = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise ReviewError(f"{name} is not valid TOML ({error}). Correct that place.") from error
        rows = table.get("question")
        if not isinstance(rows, list) or not rows:
            raise ReviewError(f"{name} has no [[question]] entries. Add some.")
        self._entries = tuple(_entry(row, f"{name}, entry {number}") for number, row in enumerate(rows, 1))

    @classmethod
    def bundled(cls) -> QuestionBank:
        return cls(files("assistant.review").joinpath("questions.toml").read_text(encoding="utf-8"))

    def candidates(
        self, kind: ClaimKind, name: str, missing: Collection[Aspect], number: str, quote: str
    ) -> Iterator[Question]:
        """Fitting questions, best first. `name` is the finding's; `number` and `quote` are the own words."""
        fitting = [e for e in self._entries if e.kind is kind and (not e.on or name in e.on) and e.aspect in missing]
        for entry in sorted(fitting, key=lambda e: not e.on):
            for text in entry.texts:
                if ("{number}" in text and not number) or ("{quote}" in text and not quote):
                    continue
                filled = text.replace("{number}", number).replace("{quote}", quote)
                if len(filled) <= MAX_CHARACTERS:
                    yield Question(filled[0].upper() + filled[1:], entry.aspect, entry.why)


def _entry(row: Any, where: str) -> _Entry:
    if not isinstance(row, dict):
        raise ReviewError(f"{where} is no table.")
    if unknown := set(row) - _KEYS:
        raise ReviewError(f"{where} has the unknown key {sorted(unknown)[0]!r}; known are {', '.join(sorted(_KEYS))}.")
    try:
        kind, aspect = ClaimKind(str(row.get("kind"))), Aspect(str(row.get("aspect")))
    except ValueError as error:
        raise ReviewError(
            f"{where}: {error}. Kinds are {', '.join(ClaimKind)}; aspects are {', '.join(Aspect)}."
        ) from error
    texts, on, why = row.get("text"), row.get("on", []), row.get("why")
    if not isinstance(why, str) or not why.strip():
        raise ReviewError(f"{where} needs a `why` that says what the question is good for.")
    if not isinstance(on, list) or not all(isinstance(name, str) for name in on):
        raise ReviewError(f"{where}: `on` is a list of names.")
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise ReviewError(f"{where} needs a list of `text`.")
    for text in texts:
        _check(text, where)
    return _Entry(kind, frozenset(on), aspect, why, tuple(texts))


def _check(text: str, where: str) -> None:
    unknown = set(_PLACEHOLDER.findall(text)) - _PLACEHOLDERS
    bare = _PLACEHOLDER.sub("", text)
    if unknown:
        raise ReviewError(f"{where}: {{{sorted(unknown)[0]}}} is not known; use {{number}} or {{quote}} in {text!r}.")
    if len(bare) > MAX_CHARACTERS:
        raise ReviewError(f"{where}: {text!r} is longer than {MAX_CHARACTERS} characters. Shorten it.")
    if not text.endswith("?") or "\n" in text:
        raise ReviewError(f"{where}: {text!r} has to be one line that ends with a question mark.")
