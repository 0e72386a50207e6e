"""SubRip subtitles. The format has no escapes of its own: players read tags, some of them HTML's character names."""

from __future__ import annotations

import html

from assistant.call import Call
from assistant.export.cues import cues_of, timestamp
from assistant.parts import SPEAKERS

CORRECTED = " [corrected]"  # the format has no notes, and a reader is to know
_WORD_JOINER = "\u2060"  # seen by nobody; parts an opening brace from what would make it a position command


def render(call: Call) -> str:
    return "\n".join(
        f"{number}\n{timestamp(cue.start_ms, ',')} --> {timestamp(cue.end_ms, ',')}\n"
        f"{SPEAKERS[cue.channel]}: {escape(cue.text)}{CORRECTED if cue.ends_corrected else ''}\n"
        for number, cue in enumerate(cues_of(call), 1)
    )


def escape(text: str) -> str:
    """`text` without tags and arrows. An ampersand stays ("R&D") unless it would be read as a character's name."""
    if html.unescape(text) != text:
        text = text.replace("&", "&amp;")
    return text.replace("<", "&lt;").replace(">", "&gt;").replace("{\\", "{" + _WORD_JOINER + "\\")
