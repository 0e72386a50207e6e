"""Names, products and technical terms that may be said in a call, as a user typed them.

The text is hostile: pasted lists hold control characters, markup of language models, whole books.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from assistant.languages import LANGUAGES, UNSPACED_LANGUAGES
from assistant.plain import plain

MOST_TERMS = 100
LONGEST_TERM = 40
MOST_WORDS = 5  # of a term; more is a sentence
_MODEL_MARKUP = re.compile(r"<\|[^|>]*\|?>|[<>|]")


def split_terms(text: str) -> list[str]:
    """The terms of a list: one a line, or divided by commas or semicolons of any script."""
    return [term for term in map(str.strip, re.split(r"[,;\n\r、，；،؛]", text)) if term]


def usable_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """The terms that are names or technical terms, cleaned, each once."""
    usable: dict[str, str] = {}
    for term in terms:
        cleaned = plain(_MODEL_MARKUP.sub(" ", term[: 10 * LONGEST_TERM]))
        is_short = len(cleaned) <= LONGEST_TERM and len(cleaned.split()) <= MOST_WORDS
        if is_short and any(map(str.isalnum, cleaned)):
            usable.setdefault(cleaned.casefold(), cleaned)
        if len(usable) == MOST_TERMS:
            break
    return tuple(usable.values())


def glossary_notice(given: Iterable[str], used: int, language: str) -> str:
    """What a user has to know of a glossary of which so many terms can be used in a call in the language of this code;
    empty where all are."""
    count = len({term.strip().casefold() for term in given})
    if count and language in UNSPACED_LANGUAGES:
        return (
            f"The glossary is not used: {LANGUAGES[language]} is written without spaces, so its terms can't be told "
            "from what stands around them. Correct them in the text afterwards."
        )
    if used >= count:
        return ""
    return (
        f"{used} of the glossary's {count:,} terms are used: they have to be short ({MOST_WORDS} words, {LONGEST_TERM} "
        "letters), and the speech model takes a few dozen. Put those first that matter most in this call."
    )
