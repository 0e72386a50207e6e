"""Names, products and technical terms that may be said in a call, as a user typed them.

The text is hostile: pasted lists hold control characters, markup of language models, whole books.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.plain import plain

MOST_TERMS = 100
LONGEST_TERM = 40
MOST_WORDS = 5  # of a term; more is a sentence
_MODEL_MARKUP = re.compile(r"<\|[^|>]*\|?>|[<>|]")


def split_terms(text: str) -> list[str]:
    """The terms of a list: one a line, or divided by commas or semicolons."""
    return [term for term in map(str.strip, re.split(r"[,;\n\r]", text)) if term]


def usable_terms(terms: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """The terms that can be used, and a message on those that can't; empty if all can."""
    usable: dict[str, str] = {}
    left_out = 0
    for term in terms:
        cleaned = plain(_MODEL_MARKUP.sub(" ", term[: 10 * LONGEST_TERM]))
        if not any(map(str.isalnum, cleaned)) or len(cleaned) > LONGEST_TERM or len(cleaned.split()) > MOST_WORDS:
            left_out += 1
        elif cleaned.casefold() not in usable:
            if len(usable) < MOST_TERMS:
                usable[cleaned.casefold()] = cleaned
            else:
                left_out += 1
    if not left_out:
        return tuple(usable.values()), ""
    message = (
        f"{left_out:,} of the glossary's terms are not used: it holds up to {MOST_TERMS} terms of up to {LONGEST_TERM} "
        f"letters and {MOST_WORDS} words. Keep names and technical terms that will be said in this call."
    )
    return tuple(usable.values()), message
