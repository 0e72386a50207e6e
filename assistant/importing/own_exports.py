"""Our own exports as text (.txt) and Markdown (.md): the talk alone, without notes and flags around it.

Subtitles and JSON of ours need nothing special: they say who speaks in ways that other programs use too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from assistant.importing.clock import CLOCK, parse_clock

_HEADER = re.compile(r"(?P<key>Date|Length|Speech model|Consent|State): (?P<value>.*)")
_HEADER_LINES = 8  # the header is over by then
_TEXT_LINE = re.compile(rf"\[{CLOCK}\] (?:You|Them): .*")
_MARKDOWN_LINE = re.compile(rf"(?P<name>You|Them) (?P<clock>{CLOCK}): (?P<rest>.*)")
_FLAG_MARKS = re.compile(r" \(f\d+(?:, taken back)?(?:; f\d+(?:, taken back)?)*\)")
_TRANSCRIPT_HEADING = "Transcript"


@dataclass(frozen=True, slots=True)
class OwnExport:
    """`lines` are "[00:03] You: text"."""

    title: str
    recorded: datetime | None
    duration_seconds: float | None
    lines: tuple[str, ...]


def own_text(lines: Sequence[str]) -> OwnExport | None:
    """None where the lines (without blank ones) are not of our making."""
    spoken = tuple(line for line in lines if _TEXT_LINE.fullmatch(line))
    return _export(lines, spoken)


def own_markdown(lines: Sequence[str]) -> OwnExport | None:
    """The same for Markdown whose marks have been taken away."""
    if _TRANSCRIPT_HEADING not in lines:
        return None
    talk = lines[lines.index(_TRANSCRIPT_HEADING) + 1 :]
    matches = (_MARKDOWN_LINE.fullmatch(line) for line in talk)
    spoken = tuple(
        f"[{match['clock']}] {match['name']}: {_FLAG_MARKS.sub('', match['rest'])}" for match in matches if match
    )
    return _export(lines, spoken)


def _export(lines: Sequence[str], spoken: tuple[str, ...]) -> OwnExport | None:
    matches = (_HEADER.fullmatch(line) for line in lines[1:_HEADER_LINES])
    header = {match["key"]: match["value"] for match in matches if match}
    if "Speech model" not in header or "Length" not in header or not spoken:
        return None
    return OwnExport(lines[0], _date(header.get("Date", "")), parse_clock(header["Length"]), spoken)


def _date(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # changed by hand: then the file has no date
        return None
