"""Patterns that are kept as data beside the code: TOML files of regular expressions over the reading of a sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table_of_file(name: str) -> dict[str, Any]:
    """A TOML file of this package."""
    return tomllib.loads(files("assistant.review").joinpath(name).read_text(encoding="utf-8"))


def words_of_file(name: str) -> dict[str, str]:
    """The lists of the file's `words`, each as one group of alternatives."""
    return {
        key: words if isinstance(words, str) else f"(?:{'|'.join(words)})"
        for key, words in table_of_file(name)["words"].items()
    }


def compiled(alternatives: Sequence[str], words: Mapping[str, str]) -> re.Pattern[str]:
    """Any of the alternatives, as whole words; {NAME} is replaced by its words, which may hold names, too."""
    text = "|".join(f"(?:{alternative})" for alternative in alternatives)
    for _ in range(2):
        for name, value in words.items():
            text = text.replace("{" + name + "}", value)
    return re.compile(rf"(?<![\w#])(?:{text})(?!\w)")
