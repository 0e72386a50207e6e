"""WebVTT (.vtt) as Zoom, Teams, Stream, Webex, YouTube and podcast hosts write it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from assistant.errors import ImportFileError
from assistant.importing.captions import Line, PlainCue, pieces_of
from assistant.importing.cleaning import clean_text
from assistant.importing.clock import CLOCK, parse_clock
from assistant.importing.cues import Cue, read_cues
from assistant.importing.pieces import join_turns, spread_words
from assistant.importing.srt import unescape
from assistant.importing.transcript import ImportedTranscript
from assistant.values import Word

_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+(?P<name>[^<>]*)>|(?P<end></v>)")
_STAMP = re.compile(rf"<({CLOCK})>")
_TAG = re.compile(r"</?(?:c|i|b|u|v|ruby|rt|lang)(?:[.\s][^<>]*)?>")
_NAME_IN_IDENTIFIER = re.compile(r'\d+\s+"(?P<name>[^"]*)"\s*(?:\((?P<number>[^()]*)\))?')


def read_vtt(text: str) -> ImportedTranscript:
    """Raises ImportFileError where there is no cue with text."""
    file = read_cues(text, is_vtt=True)
    if not file.cues:
        raise ImportFileError("it holds no line with the times of a cue (00:01.000 --> 00:02.000)")
    names, renamed = _names_by_number(file.cues)
    plain = [_plain(cue, _name_of(cue, names)) for cue in file.cues]
    return ImportedTranscript(join_turns(pieces_of(plain)), (*file.warnings, *renamed))


def _names_by_number(cues: Sequence[Cue]) -> tuple[dict[str, str], list[str]]:
    """Webex gives each person a number. One number is one person, under the name that stands first."""
    names: dict[str, str] = {}
    warnings: list[str] = []
    for cue in cues:
        match = _NAME_IN_IDENTIFIER.fullmatch(cue.identifier)
        if match is None or not match["number"]:
            continue
        first = names.setdefault(match["number"], match["name"])
        if first != match["name"]:
            note = f"“{clean_text(match['name'])}” is the same person as “{clean_text(first)}” and is shown so."
            warnings.extend([note] if note not in warnings else [])
    return names, warnings


def _name_of(cue: Cue, names: dict[str, str]) -> str | None:
    match = _NAME_IN_IDENTIFIER.fullmatch(cue.identifier)
    if match is None:
        return None
    return names.get(match["number"] or "", match["name"])


def _plain(cue: Cue, speaker: str | None) -> PlainCue:
    from_json = _spoken_in_json(cue.lines)
    if from_json is not None:
        return PlainCue(cue, (from_json,))
    lines: list[Line] = []
    for raw in cue.lines:
        position = 0
        for match in _VOICE.finditer(raw):
            lines.append(_line(raw[position : match.start()], speaker, cue))
            # Many programs never close the voice: it then holds for the rest of the cue.
            speaker = unescape(match["name"]) if match["end"] is None else None
            position = match.end()
        lines.append(_line(raw[position:], speaker, cue))
    return PlainCue(cue, tuple(lines))


def _line(raw: str, speaker: str | None, cue: Cue) -> Line:
    text = unescape(_TAG.sub("", _STAMP.sub("", raw)))
    return Line(text, speaker, _timed_words(raw, cue))


def _timed_words(raw: str, cue: Cue) -> tuple[Word, ...]:
    """Words of a line with times inside ("karaoke"); none where it has no such times."""
    parts = _STAMP.split(raw)  # text, time, text, time, text
    if len(parts) == 1 or cue.start_seconds is None or cue.end_seconds is None:
        return ()
    stamps = [parse_clock(stamp) or 0.0 for stamp in parts[1::2]]
    bounds = [cue.start_seconds, *stamps, max(cue.end_seconds, stamps[-1])]
    words: list[Word] = []
    for part, start, end in zip(parts[::2], bounds, bounds[1:], strict=False):
        words.extend(spread_words(clean_text(unescape(_TAG.sub("", part))), start, max(start, end)))
    return tuple(words)


def _spoken_in_json(lines: Sequence[str]) -> Line | None:
    """Microsoft Graph puts an object with the speaker and the text into each cue."""
    joined = " ".join(lines).strip()
    if not (joined.startswith("{") and '"spokenText"' in joined):
        return None
    try:
        found = json.loads(joined)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("spokenText"), str):
        return None
    name = found.get("speakerName")
    return Line(found["spokenText"], name if isinstance(name, str) else None)
