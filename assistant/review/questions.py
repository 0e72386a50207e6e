"""The follow-up bank: short questions to read aloud, as data that a team can edit (`questions.toml`)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from assistant.errors import ReviewError
from assistant.languages import AUTO, ENGLISH, language_code
from assistant.plain import plain
from assistant.review.occasions import NUMBER_NAMES, is_possible, vague_names
from assistant.review.toml_files import parsed, read_text, refuse_unknown, rows_of, texts_of
from assistant.review.wording import MAX_CHARACTERS, problem
from assistant.values import Aspect, ClaimKind

BUNDLED_FILE = "questions.toml"
MAX_WHY_CHARACTERS = 120
_PLACEHOLDERS = {"number", "quote"}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FEW_WORDS = "N" * 10  # in place of the candidate's: without room for so many a question would mostly be too long
_AFTER_ARTICLE = re.compile(r"\b((?:that|this|the|your) )\{number\}", re.IGNORECASE)
_KEYS = {"kind", "on", "aspect", "why", "text"}
_FILE_KEYS = {"language", "with_built_in", "question"}


@dataclass(frozen=True, slots=True)
class Entry:
    """Wordings of one question. Without a `kind` it fits any claim, and a part of the story that nobody touched."""

    kind: ClaimKind | None
    on: frozenset[str]
    aspect: Aspect
    why: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with the candidate's words put in; `names_words` where it holds any."""

    text: str
    entry: Entry
    names_words: bool

    @property
    def aspect(self) -> Aspect:
        return self.entry.aspect

    @property
    def why(self) -> str:
        return self.entry.why


@dataclass(frozen=True, slots=True)
class QuestionBank:
    """Questions of one language, checked when they are read. Those of an earlier layer are asked first."""

    layers: tuple[tuple[Entry, ...], ...]
    language: str = ENGLISH
    with_built_in: bool = False  # it is an addition to the one that comes with the program

    @classmethod
    def parse(cls, text: str, where: str) -> QuestionBank:
        """Raises:
        ReviewError: the text is no follow-up bank; the message names the entry, what is wrong with it and what to do.
        """
        table = parsed(text, where, _FILE_KEYS)
        with_built_in, language = table.get("with_built_in", True), language_of(table, where)
        if not isinstance(with_built_in, bool):
            raise ReviewError(f"{where}: `with_built_in` is true or false, without quotes.")
        return cls((entries_of(rows_of(table, "question", text, where), language),), language, with_built_in)

    @classmethod
    def load(cls, path: Path) -> QuestionBank:
        """A file of the user's own. Raises ReviewError as `parse`, or where it can't be read."""
        return cls.parse(read_text(path, "file of follow-ups"), str(path))

    @classmethod
    @cache
    def bundled(cls) -> QuestionBank:
        return cls.parse(bundled_text(), "The question bank")

    def then(self, other: QuestionBank) -> QuestionBank:
        """These, and where none of them fits, the other's."""
        return QuestionBank(self.layers + other.layers, self.language, other.with_built_in)

    def candidates(
        self, kind: ClaimKind, name: str, missing: Collection[Aspect], number: str, quote: str
    ) -> Iterator[Question]:
        """Fitting questions, best first. `name` is the finding's; `number` and `quote` are the own words."""
        for layer in self.layers:
            fitting = [
                e for e in layer if e.kind in (kind, None) and (not e.on or name in e.on) and e.aspect in missing
            ]
            for entry in sorted(fitting, key=lambda e: not e.on):
                yield from _filled(entry, number, quote)


def bundled_text() -> str:
    """The file that comes with the program."""
    return files("assistant.review").joinpath(BUNDLED_FILE).read_text(encoding="utf-8")


def language_of(table: dict[str, Any], where: str) -> str:
    """The code of the language that a file says it is in; English where it says nothing.

    Raises:
        ReviewError: it is none.
    """
    named = table.get("language", ENGLISH)
    try:
        code = language_code(named) if isinstance(named, str) else AUTO
    except ValueError:
        code = AUTO
    if code == AUTO:
        raise ReviewError(f'{where}: `language` is {str(named)[:40]!r}, and has to be a code such as "en" or "de".')
    return code


def entries_of(rows: Sequence[tuple[dict[str, Any], str]], language: str) -> tuple[Entry, ...]:
    """Entries from the tables of a file and their places. Raises ReviewError at the first that is wrong."""
    return tuple(_entry(row, where, language) for row, where in rows)


def without_article(words: str) -> str:
    """ "a hundred percent" as it goes behind "that"."""
    return re.sub(r"^an? ", "", words, flags=re.IGNORECASE)


def _filled(entry: Entry, number: str, quote: str) -> Iterator[Question]:
    for text in entry.texts:
        if ("{number}" in text and not number) or ("{quote}" in text and not quote):
            continue
        filled = _AFTER_ARTICLE.sub(lambda match: match[1] + without_article(number), text)
        filled = filled.replace("{number}", number).replace("{quote}", quote)
        if len(filled) <= MAX_CHARACTERS:
            yield Question(filled[0].upper() + filled[1:], entry, filled != text)


def _entry(row: dict[str, Any], where: str, language: str) -> Entry:
    refuse_unknown(row, where, _KEYS)
    try:
        kind = ClaimKind(str(row["kind"])) if "kind" in row else None
        aspect = Aspect(str(row.get("aspect")))
    except ValueError as error:
        raise ReviewError(
            f"{where}: {error}. Kinds are {', '.join(ClaimKind)}, or none; aspects are {', '.join(Aspect)}."
        ) from error
    texts, on, why = texts_of(row.get("text")), texts_of(row.get("on", [])), row.get("why")
    if not isinstance(why, str) or not plain(why) or len(why) > MAX_WHY_CHARACTERS:
        raise ReviewError(
            f"{where} needs a `why` of at most {MAX_WHY_CHARACTERS} characters that says what the question is good for."
        )
    if on is None:
        raise ReviewError(f"{where}: `on` is a list of names.")
    if strange := sorted(set(on) - set(NUMBER_NAMES) - set(vague_names())):
        raise ReviewError(
            f"{where}: `on` names {strange[0]!r}, and no claim is of that kind. Types of numbers are "
            f"{', '.join(NUMBER_NAMES)}; kinds of vagueness are {', '.join(vague_names())}."
        )
    if not texts:
        raise ReviewError(f'{where} needs a list of `text`: ["What came of it?"]')
    entry = Entry(kind, frozenset(on), aspect, plain(why), tuple(_checked(text, where, language) for text in texts))
    for text in entry.texts:
        if not is_possible(kind, on, aspect, set(_PLACEHOLDER.findall(text))):
            raise ReviewError(
                f"{where}: {text!r} would never be asked: no claim of this `kind` and `on` lacks {aspect} and has the "
                "words for {number} or {quote}. Choose another `aspect`, or leave out `kind`, `on` or the words to be "
                "put in, whichever of them stands there."
            )
    return entry


def _checked(text: str, where: str, language: str) -> str:
    if unknown := sorted(set(_PLACEHOLDER.findall(text)) - _PLACEHOLDERS):
        raise ReviewError(f"{where}: {{{unknown[0]}}} is not known; use {{number}} or {{quote}} in {text!r}.")
    if what := problem(_PLACEHOLDER.sub(_FEW_WORDS, text), language):
        raise ReviewError(f"{where}: {text!r} {what}")
    return plain(text)
