"""Plain text (.txt) of Zoom, Otter, Rev, Google Meet and people who type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from assistant.errors import ImportFileError
from assistant.importing.cleaning import clean_text
from assistant.importing.dialogue import LONGEST_HEAD, Dialogue, TextLine, read_dialogue
from assistant.importing.own_exports import OwnExport, own_text
from assistant.importing.pieces import join_turns
from assistant.importing.preamble import Header, find_date, read_header, without_service_lines
from assistant.importing.transcript import ImportedTranscript

_CHAT = re.compile(  # two forms of Zoom, then WhatsApp
    r"\d{1,2}:\d{2}:\d{2}\t.{1,120}?:(?:\t.*)?"
    r"|\d{1,2}:\d{2}:\d{2}\s+From .{1,200}?(?: : .*|:)"
    r"|\[?\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}:\d{2}(?::\d{2})?(?:\s?[APap][Mm])?(?:\]| -) [^:]{1,120}: .*"
)
_CHAT_SHARE = 0.3  # of lines: a message may have lines of its own
_SHOWN = 80


def read_plain_text(text: str) -> ImportedTranscript:
    """Raises ImportFileError for chat logs and where nothing is said."""
    lines = [line for line in text.split("\n") if line.strip()]
    messages = sum(_CHAT.fullmatch(line.rstrip()) is not None for line in lines)
    if lines and messages >= _CHAT_SHARE * len(lines):
        raise ImportFileError("it is a chat log: typed messages, not speech, so there is nothing to review in it")
    stripped = [line.strip() for line in lines]
    own = own_text(stripped)
    return from_own_export(own) if own is not None else from_lines([TextLine(line) for line in stripped])


def from_own_export(own: OwnExport) -> ImportedTranscript:
    transcript = from_lines([TextLine(line) for line in own.lines], title=own.title)
    return replace(transcript, recorded=own.recorded, duration_seconds=own.duration_seconds)


def from_lines(lines: Sequence[TextLine], *, title: str | None = None, names: Sequence[str] = ()) -> ImportedTranscript:
    """What readers of text share. `title` and `names` are what the format's own header says."""
    # White space tells the styles apart in short lines only; in long ones it would only cost time.
    lines = [line if len(line.text) <= LONGEST_HEAD else replace(line, text=clean_text(line.text)) for line in lines]
    surroundings = without_service_lines(lines)
    duration = surroundings.duration_seconds
    dialogue = read_dialogue(surroundings.lines, surroundings.people, duration)
    header = read_header(dialogue.preamble)
    if not dialogue.pieces and any(header.unknown):
        raise ImportFileError("it holds headings only, nobody says anything in it")
    turns = join_turns(dialogue.pieces)
    shown_title = clean_text(title or header.title or "") or None
    return ImportedTranscript(
        turns=turns,
        warnings=_warnings(header, dialogue),
        title=shown_title,
        recorded=header.recorded or (find_date(title) if title else None),
        clock_at_start=_time_of_day(dialogue.clock_at_start_seconds),
        duration_seconds=duration if duration is not None else header.duration_seconds,
        offered_names=tuple(clean_text(name) for name in names),
    )


def _warnings(header: Header, dialogue: Dialogue) -> tuple[str, ...]:
    warnings: list[str] = []
    if header.unknown:
        warnings.append(f"Left out before the first turn: “{' '.join(header.unknown)[:_SHOWN]}”.")
    if dialogue.pieces and any(piece.start_seconds is None for piece in dialogue.pieces):
        warnings.append("The file has no times.")
    return tuple(warnings)


def _time_of_day(seconds: float | None) -> time | None:
    if seconds is None:
        return None
    whole = int(seconds)
    return time(whole // 3600 % 24, whole // 60 % 60, whole % 60)
