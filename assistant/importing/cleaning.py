"""Text of other people made safe to keep: no control, direction or half characters, single spaces."""

from __future__ import annotations

import re

from assistant.plain import STEERING, SURROGATES

_WORD_JOINER = "\u2060"  # in subtitles it parts signs that would be a command: it goes after the commands went
_UNSAFE = re.compile(f"(?!{_WORD_JOINER})[{STEERING}{SURROGATES}]")
_MUSIC = re.compile(r"[\s♩♪♫♬🎵🎶#*-]*")
_NOTE = re.compile("[♩♪♫♬🎵🎶]")
_LONGEST_NAME = 120  # characters; longer ones are no names
_UNKNOWN = frozenset({"unknown speaker", "unknown", "unidentified speaker", "unidentified", "speaker unknown", "?"})


def without_unsafe_characters(text: str) -> str:
    return _UNSAFE.sub("", text)


def clean_text(text: str) -> str:
    """One line with single spaces, safe to show."""
    return " ".join(without_unsafe_characters(text).replace(_WORD_JOINER, "").split())


def clean_name(name: str | None) -> str | None:
    """The name as it is shown; None for the ways in which programs say that they don't know."""
    if name is None:
        return None
    cleaned = clean_text(name).strip(" :")
    if cleaned.casefold() in _UNKNOWN or not cleaned:
        return None
    return cleaned if len(cleaned) <= _LONGEST_NAME else cleaned[: _LONGEST_NAME - 1] + "…"


def is_only_music(text: str) -> bool:
    return bool(_NOTE.search(text)) and bool(_MUSIC.fullmatch(text))
