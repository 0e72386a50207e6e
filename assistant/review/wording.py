"""What a question has to be like to be read aloud at a glance: for banks that people write, and for what a language
model makes of a question. The words that it must not hold are data (`wording.toml`)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from assistant.languages import ENGLISH
from assistant.review.patterns import compiled, table_of_file

MAX_CHARACTERS = 90  # read at a glance
_JOINERS = "\u200c\u200d"  # Persian and Hindi need them
_UNREADABLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # categories: controls, directions, half and unassigned ones
_MARKUP = re.compile(r"[<>{}\[\]|\\`*_~^#=@]|&#?\w+;|://|\bwww\.", re.IGNORECASE)
_START = re.compile(r"(?!\d+[.)] )[\w“\"'‘«„¿$€£¥]")  # no bullet, no number of a list
_SAYS = {
    "leading": "puts the answer into the candidate's mouth",
    "hostile": "sounds like an attack",
    "personal": "is about the person instead of the work",
}


def problem(text: str, language: str = ENGLISH) -> str:
    """Why `text` is no question to read aloud, with what to do; empty where it is one.

    Forms are checked in every language, words (leading, hostile, about the person) in English.
    """
    if any(unicodedata.category(c) in _UNREADABLE and c not in _JOINERS for c in text):
        return "holds a line break or a character that is not seen. Write it on one line of plain text."
    if marked_up := markup_in(text):
        return marked_up
    if len(text) > MAX_CHARACTERS:
        return f"is longer than {MAX_CHARACTERS} characters. Shorten it."
    if not text.endswith("?"):
        return "has to end with a question mark. Ask something."
    if not _START.match(text):
        return f"begins with {text[:1]!r}. Begin with a word."
    return _bad_words(text) if language == ENGLISH else ""


def markup_in(text: str) -> str:
    """What of `text` is no plain text, with what to do; empty where all of it is."""
    found = _MARKUP.search(text)
    return f"holds {found.group()!r}, and a question is plain text. Leave that out." if found else ""


def _bad_words(text: str) -> str:
    said = text.casefold().replace("’", "'")
    for kind, expression in _patterns():
        if found := expression.search(said):
            return f"{_SAYS[kind]} (“{found.group().strip()}”). Ask openly, about the work."
    return ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    table = table_of_file("wording.toml")
    return tuple((kind, compiled(table[kind], {})) for kind in _SAYS)
