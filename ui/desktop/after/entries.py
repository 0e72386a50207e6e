"""What a list after a call shows: headings, and rows that stand for something. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """Names of colours of the theme."""

    PLAIN = "text"
    QUIET = "muted"
    NUMBER = "number"
    VAGUE = "vague"
    GOOD = "good"
    ASKED = "accent"


@dataclass(frozen=True, slots=True)
class Entry:
    """A row. All texts are cleaned. Without a `key` nothing happens when it is pressed."""

    title: str
    key: str = ""
    aside: str = ""  # at the end of the title's line: a time
    text: str = ""
    note: str = ""
    tone: Tone = Tone.PLAIN
    is_heading: bool = False
    marked: tuple[tuple[int, int], ...] = ()  # characters of `text` that were searched for
    text_lines: int = 3
    is_title_strong: bool = False

    @property
    def spoken(self) -> str:
        """The row for those who hear the screen."""
        return ". ".join(part.rstrip(".") for part in (self.title, self.text, self.note, self.aside) if part)


def heading(title: str) -> Entry:
    return Entry(title, is_heading=True)
