"""WebVTT subtitles (https://www.w3.org/TR/webvtt1/), with voices, notes on the call, and one before each flag."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.call import Call, FlagFate
from assistant.export import notes
from assistant.export.cues import cues_of, timestamp
from assistant.export.wording import consent_of, corrections_of, milliseconds, title_of
from assistant.parts import SPEAKERS


def render(call: Call) -> str:
    return "\n\n".join(_blocks(call)) + "\n"


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(call: Call) -> Iterator[str]:
    yield "WEBVTT"
    yield f"NOTE {escape(title_of(call))}"
    yield f"NOTE Consent: {escape(consent_of(call))}"
    if call.corrections:
        yield f"NOTE Corrections: {corrections_of(call)}, each with a note behind it"
    waiting = sorted(call.flags, key=lambda fate: fate.flag.start_seconds)
    for cue in cues_of(call):
        while waiting and milliseconds(waiting[0].flag.start_seconds) < cue.end_ms:
            yield _note(waiting.pop(0))
        times = f"{timestamp(cue.start_ms, '.')} --> {timestamp(cue.end_ms, '.')}"
        yield f"{times}\n<v {SPEAKERS[cue.channel]}>{escape(cue.text)}"
        if cue.ends_corrected:
            yield "NOTE Corrected by hand"
    for fate in waiting:
        yield _note(fate)


def _note(fate: FlagFate) -> str:
    item = notes.flag(fate, escape)
    return f"NOTE Flag {item.head}: {item.text}"
