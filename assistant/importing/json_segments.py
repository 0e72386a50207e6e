"""JSON of speech recognisers and podcast hosts: a list of segments with text, times and perhaps words."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any

from assistant.errors import ImportFileError
from assistant.importing.cleaning import clean_text
from assistant.importing.pieces import Piece, join_turns, spread_words
from assistant.importing.transcript import ImportedTranscript
from assistant.values import Word

_LISTS = ("segments", "utterances", "sentences", "turns")
_TEXT = ("text", "body", "transcript")
_START = ("start", "startTime", "start_s", "start_seconds")
_END = ("end", "endTime", "end_s", "end_seconds")
_SPEAKER = ("speaker", "speaker_name", "channel")
_SIDES = {"you": "You", "them": "Them"}  # as our other formats call the two channels
_OWN_FORMAT = "depthcue-call"
_WORD = ("word", "text")
_LARGEST_SECONDS = 1e7


def read_json(text: str) -> ImportedTranscript:
    """Raises ImportFileError for damaged JSON and for JSON that is no transcript."""
    loaded = _loaded(text)
    segments = _segments(loaded)
    warnings: list[str] = []
    pieces: list[Piece] = []
    for number, segment in enumerate(segments, 1):
        pieces.extend(_pieces(segment, f"Segment {number}", warnings))
    transcript = ImportedTranscript(join_turns(pieces), tuple(warnings))
    is_ours = isinstance(loaded, dict) and loaded.get("format") == _OWN_FORMAT
    return _with_header(transcript, loaded) if is_ours else transcript


def _with_header(transcript: ImportedTranscript, loaded: dict[str, Any]) -> ImportedTranscript:
    """Title, date and length as our own export says them."""
    title, started = loaded.get("title"), loaded.get("started")
    try:
        recorded = datetime.fromisoformat(started) if isinstance(started, str) else None
    except ValueError:  # changed by hand: then the file has no date
        recorded = None
    return replace(
        transcript,
        title=clean_text(title) or None if isinstance(title, str) else None,
        recorded=recorded,
        duration_seconds=_seconds(loaded.get("duration_s")),
    )


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ImportFileError("its JSON is nested deeper than any transcript") from error
    except ValueError as error:
        raise ImportFileError("it is no JSON, or it ends in the middle") from error


def _segments(loaded: Any) -> list[dict[str, Any]]:
    found = loaded
    if isinstance(loaded, dict):
        found = next((loaded[key] for key in _LISTS if loaded.get(key) and isinstance(loaded[key], list)), None)
    if not isinstance(found, list) or not found or not all(isinstance(segment, dict) for segment in found):
        raise ImportFileError("its JSON holds no list of segments with text")
    if not any(isinstance(_first(segment, _TEXT), str) for segment in found):
        raise ImportFileError("its JSON holds no list of segments with text")
    return found


def _first(holder: dict[str, Any], keys: Sequence[str]) -> Any:
    return next((holder[key] for key in keys if holder.get(key) is not None), None)


def _seconds(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int) and abs(value) > _LARGEST_SECONDS:
        return None
    return float(value) if math.isfinite(value) and abs(value) <= _LARGEST_SECONDS else None


def _speaker(holder: dict[str, Any]) -> str | None:
    value = _first(holder, _SPEAKER)
    if isinstance(value, int) and not isinstance(value, bool):
        return f"Speaker {value}" if abs(value) < _LARGEST_SECONDS else None
    return _SIDES.get(value, clean_text(value)) or None if isinstance(value, str) else None


def _pieces(segment: dict[str, Any], label: str, warnings: list[str]) -> list[Piece]:
    """One piece, or several where the words change the speaker."""
    raw = _first(segment, _TEXT)
    text = clean_text(raw) if isinstance(raw, str) else ""
    start, end = _seconds(_first(segment, _START)), _seconds(_first(segment, _END))
    if (start is not None and start < 0) or (end is not None and end < 0):
        start, end = (max(time, 0.0) if time is not None else None for time in (start, end))
        warnings.append(f"{label} has a time before the beginning of the call; it was set to 0:00.")
    if start is not None and end is not None and end < start:
        start, end = end, start
        warnings.append(f"{label} ends before it starts; its two times were exchanged.")
    speaker = _speaker(segment)
    found = segment.get("words")
    words = [word for word in found if isinstance(word, dict)] if isinstance(found, list) else []
    texts = _word_texts(words)
    # Words that are not all of the text would lose some of it.
    if not texts or [*text.split()] != [part for word in texts for part in word.split()]:
        return [Piece(speaker, text, start, end)]
    timed = _filled(words, texts, start, end)
    speakers = _word_speakers(words, speaker)
    return _runs(texts, timed, speakers, start, end)


def _word_texts(words: Sequence[dict[str, Any]]) -> list[str]:
    texts = [clean_text(value) if isinstance(value := _first(word, _WORD), str) else "" for word in words]
    return texts if all(texts) else []


def _word_speakers(words: Sequence[dict[str, Any]], speaker: str | None) -> list[str | None]:
    """A word without a speaker belongs to the speaker of the word before it."""
    speakers: list[str | None] = []
    current = next((found for word in words if (found := _speaker(word)) is not None), speaker)
    for word in words:
        current = _speaker(word) or current
        speakers.append(current)
    return speakers


def _filled(
    words: Sequence[dict[str, Any]], texts: Sequence[str], start: float | None, end: float | None
) -> list[Word] | None:
    """Words with times; a run of words without any shares the time between its neighbours. None without any time."""
    starts = [_seconds(_first(word, _START)) for word in words]
    ends = [_seconds(_first(word, _END)) for word in words]
    is_timed = [a is not None and b is not None and 0 <= a <= b for a, b in zip(starts, ends, strict=True)]
    if not any(is_timed):
        return None
    filled: list[Word] = []
    position = 0
    while position < len(words):
        if is_timed[position]:
            score = words[position].get("score", words[position].get("probability"))
            sure = float(score) if isinstance(score, int | float) and 0 <= score <= 1 else 1.0
            filled.append(Word(texts[position], starts[position] or 0.0, ends[position] or 0.0, sure))
            position += 1
            continue
        stop = next((number for number in range(position, len(words)) if is_timed[number]), len(words))
        left = filled[-1].end_seconds if filled else start
        right = starts[stop] if stop < len(words) else end
        left = left if left is not None else (right or 0.0)
        right = max(left, right if right is not None else left)
        shares = spread_words(" ".join("x" * len(text) for text in texts[position:stop]), left, right)
        filled.extend(
            Word(text, share.start_seconds, share.end_seconds)
            for text, share in zip(texts[position:stop], shares, strict=True)
        )
        position = stop
    return filled


def _runs(
    texts: Sequence[str],
    timed: Sequence[Word] | None,
    speakers: Sequence[str | None],
    start: float | None,
    end: float | None,
) -> list[Piece]:
    bounds = [0, *(i for i in range(1, len(texts)) if speakers[i] != speakers[i - 1]), len(texts)]
    pieces: list[Piece] = []
    for first, last in pairwise(bounds):
        run = tuple(timed[first:last]) if timed is not None else ()
        run_start = start if first == 0 or not run else run[0].start_seconds
        run_end = end if last == len(texts) or not run else run[-1].end_seconds
        is_exact = bool(run) or len(bounds) == 2
        pieces.append(Piece(speakers[first], " ".join(texts[first:last]), run_start, run_end, run, is_exact))
    return pieces
