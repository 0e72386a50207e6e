"""Pieces of speech as the readers find them, and their joining into turns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.errors import ImportFileError
from assistant.importing.cleaning import clean_name, clean_text, is_only_music
from assistant.importing.transcript import Turn
from assistant.values import Word


@dataclass(frozen=True, slots=True)
class Piece:
    """What one cue, block or line says. Times in seconds, None where the file has none."""

    speaker: str | None
    text: str
    start_seconds: float | None = None
    end_seconds: float | None = None
    words: tuple[Word, ...] = ()
    times_are_exact: bool = True
    is_new_voice: bool = False  # marked as another voice without a name


def join_turns(pieces: Iterable[Piece]) -> tuple[Turn, ...]:
    """Joins the pieces of one speaker in a row; what says nothing is dropped.

    Raises ImportFileError where nothing is said at all.
    """
    cleaned = [replace(piece, speaker=clean_name(piece.speaker), text=clean_text(piece.text)) for piece in pieces]
    spoken = [piece for piece in cleaned if piece.text and not is_only_music(piece.text)]
    if not spoken:
        raise ImportFileError("nobody says anything in it")
    names = _one_spelling_each(piece.speaker for piece in spoken if piece.speaker is not None)
    runs: list[list[Piece]] = []
    for piece in spoken:
        named = replace(piece, speaker=names[piece.speaker.casefold()]) if piece.speaker is not None else piece
        goes_on = bool(runs) and runs[-1][-1].speaker == named.speaker
        if goes_on and not (named.speaker is None and named.is_new_voice):
            runs[-1].append(named)
        else:
            runs.append([named])
    return tuple(_turn(run) for run in runs)


def end_with_the_next(pieces: Sequence[Piece], end_seconds: float | None = None) -> list[Piece]:
    """Gives each piece without an end the start of the next one; the last one gets `end_seconds`, which may be None."""
    ended: list[Piece] = []
    next_start = end_seconds
    for piece in reversed(pieces):
        if piece.start_seconds is not None and piece.end_seconds is None and next_start is not None:
            end = max(piece.start_seconds, next_start)
            ended.append(replace(piece, end_seconds=end, times_are_exact=False))
        else:
            ended.append(piece)
        next_start = piece.start_seconds if piece.start_seconds is not None else next_start
    return ended[::-1]


def spread_words(text: str, start_seconds: float, end_seconds: float) -> tuple[Word, ...]:
    """The words of the text with times in proportion to their lengths."""
    texts = text.split()
    total = sum(len(word) for word in texts)
    words: list[Word] = []
    done = 0
    for word in texts:
        start = start_seconds + (end_seconds - start_seconds) * done / total
        done += len(word)
        words.append(Word(word, start, start_seconds + (end_seconds - start_seconds) * done / total))
    return tuple(words)


def _one_spelling_each(names: Iterable[str]) -> dict[str, str]:
    """Names that differ by capitals only are one person; the first spelling that is not all capitals is shown."""
    spellings: dict[str, str] = {}
    for name in names:
        shown = spellings.setdefault(name.casefold(), name)
        if shown.isupper() and not name.isupper():
            spellings[name.casefold()] = name
    return spellings


def _turn(run: Sequence[Piece]) -> Turn:
    starts = [piece.start_seconds for piece in run if piece.start_seconds is not None]
    ends = [piece.end_seconds for piece in run if piece.end_seconds is not None]
    # The last piece may have no end: the turn then has none either, an earlier piece's end is not where it ends.
    has_end = run[-1].end_seconds is not None
    has_all_words = all(piece.words for piece in run)
    return Turn(
        speaker=run[0].speaker,
        text=" ".join(piece.text for piece in run),
        start_seconds=min(starts, default=None),
        end_seconds=max(ends, default=None) if has_end else None,
        words=tuple(word for piece in run for word in piece.words) if has_all_words else (),
        times_are_exact=all(piece.times_are_exact for piece in run),
    )
