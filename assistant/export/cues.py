"""Cues of subtitles: pieces of what was said, short enough to be read while it is heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assistant.call import Call
from assistant.export.wording import lines_of, milliseconds
from assistant.plain import plain
from assistant.values import Channel, Word

# What subtitlers keep to: seven seconds, two lines of 42 characters.
LIMIT_SECONDS = 7.0
LIMIT_CHARACTERS = 84
SENTENCE_SECONDS = 3.0  # a cue this long ends with its sentence
SHORTEST_MS = 500  # words without times still need to be seen, and players refuse cues without length


@dataclass(frozen=True, slots=True)
class Cue:
    channel: Channel
    start_ms: int
    end_ms: int
    text: str
    ends_corrected: bool = False  # the last one of a line that was heard otherwise


def cues_of(call: Call) -> list[Cue]:
    """By their starts. Cues of both voices may overlap."""
    cues: list[Cue] = []
    for line in lines_of(call):
        pieces = list(_split(line.channel, line.words))
        if pieces and line.is_corrected:
            pieces[-1] = replace(pieces[-1], ends_corrected=True)
        cues += pieces
    return sorted(cues, key=lambda cue: cue.start_ms)


def timestamp(at_ms: int, separator: str) -> str:
    """ "00:00:01,000" with the separator of the format before the milliseconds."""
    seconds, rest_ms = divmod(at_ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{separator}{rest_ms:03}"


def _split(channel: Channel, words: tuple[Word, ...]) -> Iterator[Cue]:
    piece: list[Word] = []
    for word in words:
        if not plain(word.text):
            continue
        if piece and _is_full(piece, word):
            yield _cue(channel, piece)
            piece = []
        piece.append(word)
    if piece:
        yield _cue(channel, piece)


def _is_full(piece: list[Word], following: Word) -> bool:
    start_seconds = piece[0].start_seconds
    characters = sum(len(plain(word.text)) + 1 for word in piece) + len(plain(following.text))
    if following.end_seconds - start_seconds > LIMIT_SECONDS or characters > LIMIT_CHARACTERS:
        return True
    ends_sentence = plain(piece[-1].text).endswith((".", "?", "!"))
    return ends_sentence and piece[-1].end_seconds - start_seconds >= SENTENCE_SECONDS


def _cue(channel: Channel, piece: list[Word]) -> Cue:
    start_ms = milliseconds(max(0.0, piece[0].start_seconds))
    end_ms = milliseconds(max(word.end_seconds for word in piece))
    text = " ".join(plain(word.text) for word in piece)
    return Cue(channel, start_ms, end_ms if end_ms > start_ms else start_ms + SHORTEST_MS, text)
