"""From cues with their mark-up removed to turns: who speaks where the format itself has no place for it.

Both caption formats leave names to habit: "Name: " before the text, "(Name)" above it, ">>" or "-" for another voice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.importing.cleaning import clean_text
from assistant.importing.cues import Cue
from assistant.importing.labels import believable_names, looks_like_name, split_label
from assistant.importing.pieces import Piece, spread_words
from assistant.values import Word

_NAME_ALONE = re.compile(r"[(\[](?P<name>[^()\[\]]{1,80})[)\]]:?")
_ANOTHER_VOICE = re.compile(r"(?:>{2,3}|[-–—](?=\s+[\"'“¿¡]?[A-Z0-9À-Þ]))\s*")
_PARTING_LINE = re.compile(r"[-–—]")
_INNER_VOICE = re.compile(r"(?<=\s)(?=>>)")
_ROLLING_SHARE = 0.3  # of cues whose first lines are the last ones of the cue before


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cue without mark-up. `speaker` only where the format itself names one."""

    text: str
    speaker: str | None = None
    words: tuple[Word, ...] = ()  # where the line has times inside


@dataclass(frozen=True, slots=True)
class PlainCue:
    """A cue without mark-up."""

    cue: Cue
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Voice:
    speaker: str | None
    text: str
    words: tuple[Word, ...] = ()
    is_new: bool = False


def pieces_of(cues: Sequence[PlainCue]) -> list[Piece]:
    """The pieces of all cues, in order; a cue with several voices gives each a share of its time."""
    cleaned = [_cleaned(cue) for cue in cues]
    if any(line.speaker is not None for cue in cleaned for line in cue.lines):
        voices = [_named_by_format(cue) for cue in cleaned]
    else:
        cleaned = _without_repeats(cleaned)
        voices = _named_in_every_cue(cleaned) or _named_by_habit(cleaned)
    has_word_times = any(line.words for cue in cleaned for line in cue.lines)
    pieces: list[Piece] = []
    for cue, spoken in zip(cleaned, voices, strict=True):
        pieces.extend(_timed(cue.cue, [voice for voice in spoken if voice.text], has_word_times))
    return pieces


def _cleaned(cue: PlainCue) -> PlainCue:
    lines = (replace(line, text=clean_text(line.text)) for line in cue.lines)
    return PlainCue(cue.cue, tuple(line for line in lines if line.text))


def _named_by_format(cue: PlainCue) -> list[_Voice]:
    return _joined(_Voice(line.speaker, line.text, line.words) for line in cue.lines)


def _named_in_every_cue(cues: Sequence[PlainCue]) -> list[list[_Voice]] | None:
    """Programs name the speaker in each cue; dashes and chevrons are then part of the talk. None where one lacks it."""
    names = believable_names([cue.lines[0].text for cue in cues if cue.lines])
    result: list[list[_Voice]] = []
    for cue in cues:
        speaker: str | None = None
        voices: list[_Voice] = []
        for line in cue.lines:
            split = split_label(line.text)
            is_named = split is not None and split[0].casefold() in names
            speaker, text = split if split is not None and is_named else (speaker, line.text)
            if speaker is None:
                return None
            voices.append(_Voice(speaker, text, line.words, is_named))
        result.append(_joined(voices))
    return result


def _named_by_habit(cues: Sequence[PlainCue]) -> list[list[_Voice]]:
    """A name holds until the next one; a mark of another voice without a name ends it."""
    cues = [replace(cue, lines=tuple(_split_at_marks(cue.lines))) for cue in cues]
    names_alone = _names_on_their_own_line(cues)
    firsts = [_without_mark(cue.lines[0].text)[0] for cue in cues if cue.lines]
    names = believable_names(firsts) if not names_alone else frozenset()
    speaker: str | None = None
    result: list[list[_Voice]] = []
    for cue in cues:
        voices: list[_Voice] = []
        is_new = False
        for position, line in enumerate(cue.lines):
            text, is_marked = _without_mark(line.text)
            # A dash inside a cue may also be a list; only ">>" is sure to be another voice there.
            if is_marked and (position == 0 or line.text.startswith(">>")):
                speaker, is_new = None, True
            alone = _NAME_ALONE.fullmatch(text)
            if _PARTING_LINE.fullmatch(text):
                speaker, is_new = None, True
                continue
            if alone is not None and alone["name"].casefold() in names_alone:
                speaker, is_new = alone["name"], True
                continue
            split = split_label(text)
            if split is not None and (split[0].casefold() in names or (is_marked and looks_like_name(split[0]))):
                speaker, text = split
                is_new = True
            voices.append(_Voice(speaker, text, line.words, is_new))
            is_new = False
        result.append(_joined(voices))
    return result


def _split_at_marks(lines: Iterable[Line]) -> Iterable[Line]:
    for line in lines:
        parts = _INNER_VOICE.split(line.text)
        yield from (replace(line, text=part) for part in parts) if len(parts) > 1 else [line]


def _without_mark(text: str) -> tuple[str, bool]:
    match = _ANOTHER_VOICE.match(text)
    return (text[match.end() :], True) if match is not None else (text, False)


def _names_on_their_own_line(cues: Sequence[PlainCue]) -> frozenset[str]:
    """Casefolded names of "(Name)" lines, where at least half of the cues begin with one and go on with text."""
    begun = [
        match["name"]
        for cue in cues
        if len(cue.lines) > 1 and (match := _NAME_ALONE.fullmatch(cue.lines[0].text)) and looks_like_name(match["name"])
    ]
    if 2 * len(begun) < sum(bool(cue.lines) for cue in cues):
        return frozenset()
    anywhere = (_NAME_ALONE.fullmatch(line.text) for cue in cues for line in cue.lines)
    return frozenset(match["name"].casefold() for match in anywhere if match and looks_like_name(match["name"]))


def _without_repeats(cues: Sequence[PlainCue]) -> list[PlainCue]:
    """Rolling captions show each line twice or more, as it moves up; each is kept where it stands first."""
    repeats = [_repeated_lines(before, after) for before, after in pairwise(cues)]
    has_word_times = any(line.words for cue in cues for line in cue.lines)
    # A line that moved up and got a new one under it is the mark of rolling; a cue that is said again is not.
    moved = sum(0 < count < len(cue.lines) for cue, count in zip(cues[1:], repeats, strict=True))
    if not has_word_times and moved < _ROLLING_SHARE * max(len(repeats), 4):
        return list(cues)
    kept = list(cues[:1])
    for cue, count in zip(cues[1:], repeats, strict=True):
        rest = replace(cue, lines=cue.lines[count:])
        if count and not rest.lines and kept[-1].lines:
            kept[-1] = _lasting_until(cue.cue.end_seconds, kept[-1])
        kept.append(rest)
    return kept


def _lasting_until(end_seconds: float | None, before: PlainCue) -> PlainCue:
    """A cue that only repeats the one before says that its last word was not over yet."""
    cue, line = before.cue, before.lines[-1]
    if end_seconds is None or cue.end_seconds is None or end_seconds < cue.end_seconds:
        return before
    if line.words:
        words = (*line.words[:-1], replace(line.words[-1], end_seconds=max(end_seconds, line.words[-1].end_seconds)))
        line = replace(line, words=words)
    return PlainCue(replace(cue, end_seconds=end_seconds), (*before.lines[:-1], line))


def _repeated_lines(before: PlainCue, after: PlainCue) -> int:
    """How many lines at the top of a cue stood at the bottom of the one before, which it follows at once."""
    old = [line.text for line in before.lines]
    new = [line.text for line in after.lines]
    return next((count for count in range(min(len(old), len(new)), 0, -1) if old[-count:] == new[:count]), 0)


def _joined(voices: Iterable[_Voice]) -> list[_Voice]:
    """Lines of one voice become one."""
    runs: list[list[_Voice]] = []
    for voice in voices:
        if runs and runs[-1][-1].speaker == voice.speaker and not voice.is_new:
            runs[-1].append(voice)
        else:
            runs.append([voice])
    return [
        _Voice(
            speaker=run[0].speaker,
            text=" ".join(voice.text for voice in run),
            words=tuple(word for voice in run for word in voice.words) if all(voice.words for voice in run) else (),
            is_new=run[0].is_new,
        )
        for run in runs
    ]


def _timed(cue: Cue, voices: Sequence[_Voice], has_word_times: bool) -> list[Piece]:
    """Shares the time of a cue among its voices by the length of what they say."""
    if cue.start_seconds is None or cue.end_seconds is None:
        return [Piece(voice.speaker, voice.text, is_new_voice=voice.is_new) for voice in voices]
    total = sum(len(voice.text) for voice in voices)
    duration = cue.end_seconds - cue.start_seconds
    pieces: list[Piece] = []
    done = 0
    for voice in voices:
        start = cue.start_seconds + duration * done / total
        done += len(voice.text)
        end = cue.start_seconds + duration * done / total if done < total else cue.end_seconds
        words = voice.words or (spread_words(voice.text, start, end) if has_word_times else ())
        pieces.append(Piece(voice.speaker, voice.text, start, end, words, len(voices) == 1, voice.is_new))
    return pieces
