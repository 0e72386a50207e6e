"""Question sets and follow-ups are TOML files that people write: read with limits, and wrong with a place."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from assistant.errors import ReviewError

SUFFIX = ".toml"
MOST_BYTES = 1 << 20
MOST_ENTRIES = 1000


def read_text(path: Path, what: str) -> str:
    """Raises:
    ReviewError: `what` ("question set") can't be read from there, or is far too large.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError(
            f"The {what} {path} can't be read ({error}). Check the file and its encoding (UTF-8)."
        ) from error
    if len(raw) > MOST_BYTES:
        raise ReviewError(f"The {what} {path} is larger than 1 MB. Choose another file.")
    return text


def parsed(text: str, where: str, keys: Collection[str]) -> dict[str, Any]:
    """Raises:
    ReviewError: the text is no TOML, or holds other keys than these.
    """
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits is a ValueError of its own
        raise ReviewError(f"{where} is not valid TOML ({error}). Correct that place.") from error
    refuse_unknown(table, where, keys)
    return table


def refuse_unknown(table: dict[str, Any], where: str, keys: Collection[str]) -> None:
    """Raises:
    ReviewError: there is a key that means nothing: what it was meant for would be lost.
    """
    if unknown := sorted(set(table) - set(keys)):
        raise ReviewError(f"{where} has the unknown key {unknown[0]!r}; known are {', '.join(sorted(keys))}.")


def rows_of(table: dict[str, Any], key: str, text: str, where: str) -> list[tuple[dict[str, Any], str]]:
    """The [[key]] entries of a file, each with its place in words.

    Raises:
        ReviewError: there are none, too many, or something else has that name.
    """
    rows = table.get(key)
    if not isinstance(rows, list) or not rows:
        raise ReviewError(f"{where} has no [[{key}]] entries. Add some.")
    if len(rows) > MOST_ENTRIES:
        raise ReviewError(f"{where} has {len(rows)} [[{key}]] entries, and at most {MOST_ENTRIES} are taken.")
    heads = [number for number, line in enumerate(text.splitlines(), 1) if line.strip().startswith(f"[[{key}]]")]
    lines = [f" (line {number})" for number in heads] if len(heads) == len(rows) else [""] * len(rows)
    places = [f"{where}, [[{key}]] entry {number}{line}" for number, line in enumerate(lines, 1)]
    for row, place in zip(rows, places, strict=True):
        if not isinstance(row, dict):
            raise ReviewError(f"{place} is no table. Write [[{key}]] above its lines.")
    return list(zip(rows, places, strict=True))


def texts_of(value: Any) -> list[str] | None:
    """A list of texts as such, None for anything else."""
    return value if isinstance(value, list) and all(isinstance(one, str) for one in value) else None
