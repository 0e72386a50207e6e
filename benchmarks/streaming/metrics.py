"""What a live transcript was worth, from what was shown and when. Pure: no audio, no clock, no model.

Times are seconds on the call's clock, which the replay keeps in step with the wall: a word that ends at 10.0 and is on
the screen at 10.3 is 0.3 s late, computation included.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.transcript.agreement import letters
from assistant.values import Channel, UpdateKind, Word
from benchmarks.streaming.text import Token, tokens

TURN_SILENCE_SECONDS = 0.5  # who is silent for this long has ended a turn
NEAR_SECONDS = 2.0  # recognised words stand this near to the spoken ones, or they are others
ASIDE_SECONDS = 0.5  # a final word this far from any speech is invented
_TIME_TOLERANCE_SECONDS = 0.1  # of reference times
_EDGE_SECONDS = 0.5  # an utterance may begin this late in its first word


@dataclass(frozen=True, slots=True)
class Shown:
    """A text of an utterance as it came up: all words of its kind, see `assistant.values.TranscriptUpdate`."""

    kind: UpdateKind
    channel: Channel
    utterance: int
    start_seconds: float  # of the audio that it was made of
    end_seconds: float
    words: tuple[Word, ...]
    at_seconds: float  # when it was published
    screen_seconds: float | None = None  # when the window had taken it; None: replaced by a newer one before

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def on_screen(history: Iterable[Shown]) -> list[Shown]:
    """What reached the window, as of the moment at which it did; another program's text as of when it printed it."""
    moved = [
        Shown(s.kind, s.channel, s.utterance, s.start_seconds, s.end_seconds, s.words, s.screen_seconds)
        for s in history
        if s.screen_seconds is not None
    ]
    return sorted(moved, key=lambda shown: shown.at_seconds)


# --- how late words were -------------------------------------------------------------------------------------------


def first_correct(
    reference: Sequence[Token], history: Iterable[Shown], counts: Callable[[Shown], bool] = lambda _: True
) -> dict[int, float]:
    """When each word of one channel's reference first stood at its place: number of the word -> seconds."""
    starts = [token.start_seconds for token in reference]
    seen: dict[int, float] = {}
    for shown in history:
        if not counts(shown):
            continue
        hypothesis = tokens(shown.words)
        begun = bisect_right(starts, max(shown.at_seconds, shown.end_seconds))
        first = bisect_left(starts, shown.start_seconds - _EDGE_SECONDS, 0, begun)
        for place, _ in matches(reference[first:begun], hypothesis):
            seen.setdefault(first + place, shown.at_seconds)
    return seen


def is_stable(shown: Shown) -> bool:
    return shown.kind is not UpdateKind.PARTIAL


def matches(reference: Sequence[Token], hypothesis: Sequence[Token]) -> list[tuple[int, int]]:
    """Places (reference, hypothesis) of equal words in the alignment with the fewest errors; among equals the one whose
    words are nearest in time. Equal words further apart than `NEAR_SECONDS` are different ones."""
    rows, columns = len(reference), len(hypothesis)
    cost = [[float(row + column) for column in range(columns + 1)] for row in range(rows + 1)]
    for row, wanted in enumerate(reference, 1):
        for column, given in enumerate(hypothesis, 1):
            cost[row][column] = min(
                cost[row - 1][column] + 1,
                cost[row][column - 1] + 1,
                cost[row - 1][column - 1] + _difference(wanted, given),
            )
    found: list[tuple[int, int]] = []
    row, column = rows, columns
    while row and column:
        difference = _difference(reference[row - 1], hypothesis[column - 1])
        if math.isclose(cost[row][column], cost[row - 1][column - 1] + difference, abs_tol=1e-9):
            row, column = row - 1, column - 1
            if difference < 1:
                found.append((row, column))
        elif math.isclose(cost[row][column], cost[row - 1][column] + 1, abs_tol=1e-9):
            row -= 1
        else:
            column -= 1
    return found[::-1]


def _difference(wanted: Token, given: Token) -> float:
    apart = abs(wanted.middle_seconds - given.middle_seconds)
    if wanted.text != given.text or apart > NEAR_SECONDS:
        return 1.0
    return apart * 1e-4  # decides between places only: far less than an error even over many words


def delays(reference: Sequence[Token], seen: dict[int, float], wanted: Iterable[int] | None = None) -> list[float]:
    """Seconds from the end of each word that was ever correct to its first correct showing; `wanted` are the words to
    look at. Words whose own time is a guess are left out."""
    places = seen.keys() if wanted is None else [place for place in wanted if place in seen]
    return [seen[place] - reference[place].end_seconds for place in places if reference[place].is_timed]


def last_of_turns(reference: Sequence[Token]) -> list[int]:
    """Places of the words after which the speaker was silent."""
    return [
        place
        for place, token in enumerate(reference)
        if place + 1 == len(reference) or reference[place + 1].start_seconds - token.end_seconds >= TURN_SILENCE_SECONDS
    ]


def final_delays(
    history: Iterable[Shown], end_of_speech: Callable[[Shown], float], counts_empty: bool = False
) -> list[float]:
    """Seconds from the end of the speech of each utterance to its first final text."""
    first: dict[int, Shown] = {}
    for shown in history:
        if shown.kind is UpdateKind.FINAL and (shown.words or counts_empty):
            first.setdefault(shown.utterance, shown)
    return [shown.at_seconds - end_of_speech(shown) for shown in first.values()]


def end_of_speech(speech: Sequence[tuple[float, float]], shown: Shown) -> float | None:
    """The end of what is said last in the utterance's audio, by the (start, end) of what is said, in order; None: that
    is not known, because it goes on beyond the audio or nothing is said there."""
    place = bisect_left(speech, (shown.end_seconds, 0.0))
    if not place:
        return None
    end = speech[place - 1][1]
    return end if shown.start_seconds < end <= shown.end_seconds + _TIME_TOLERANCE_SECONDS else None


# --- how steady text was -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Counts of words over all utterances."""

    final: int = 0
    erased: int = 0  # shown, then taken back or replaced, or moved by an earlier one that was (Arivazhagan 2020)
    committed: int = 0
    changed: int = 0  # committed and not in the final text
    replaced: int = 0  # in the first final text and not in the last
    stable_texts: tuple[str, ...] = ()  # per utterance: as committed, completed by the final


def steadiness(history: Iterable[Shown]) -> Steadiness:
    """Of one channel."""
    utterances: dict[int, list[Shown]] = {}
    for shown in history:
        utterances.setdefault(shown.utterance, []).append(shown)
    parts = [_steadiness_of(utterances[number]) for number in sorted(utterances)]
    return Steadiness(
        sum(part.final for part in parts),
        sum(part.erased for part in parts),
        sum(part.committed for part in parts),
        sum(part.changed for part in parts),
        sum(part.replaced for part in parts),
        tuple(text for part in parts for text in part.stable_texts),
    )


def _steadiness_of(history: Sequence[Shown]) -> Steadiness:
    displayed = [_letters(shown.words) for shown in history if shown.kind is not UpdateKind.COMMITTED]
    erased = sum(len(before) - _common(before, after) for before, after in pairwise(displayed))
    finals = [shown for shown in history if shown.kind is UpdateKind.FINAL]
    last = finals[-1].words if finals else ()
    final = _letters(last)
    replaced = _not_in(_letters(finals[0].words), final) if finals else 0
    taken_back = 0
    committed_words: tuple[Word, ...] = ()
    for shown in history:
        if shown.kind is UpdateKind.COMMITTED:
            before, after = _letters(committed_words), _letters(shown.words)
            taken_back += len(before) - _common(before, after)
            committed_words = shown.words
    committed = _letters(committed_words)
    rest = last[prefix_length(committed, final) :]
    stable = " ".join(word.text for word in (*committed_words, *rest))
    return Steadiness(
        len(final),
        erased,
        len(committed) + taken_back,
        _not_in(committed, final) + taken_back,
        replaced,
        (stable,),
    )


def prefix_length(beginning: Sequence[str], whole: Sequence[str]) -> int:
    """How many words of `whole` the words of `beginning` stand for, by the fewest errors."""
    *_, costs = _edit_rows(beginning, whole)
    return min(range(len(costs)), key=lambda length: (costs[length], abs(length - len(beginning))))


def _not_in(beginning: Sequence[str], whole: Sequence[str]) -> int:
    """Words of `beginning` that are not in the part of `whole` which they stand for."""
    part = whole[: prefix_length(beginning, whole)]
    rows = _edit_rows(beginning, part)
    row, column, kept = len(beginning), len(part), 0
    while row and column:
        if beginning[row - 1] == part[column - 1] and rows[row][column] == rows[row - 1][column - 1]:
            row, column, kept = row - 1, column - 1, kept + 1
        elif rows[row][column] == rows[row - 1][column - 1] + 1:
            row, column = row - 1, column - 1
        elif rows[row][column] == rows[row - 1][column] + 1:
            row -= 1
        else:
            column -= 1
    return len(beginning) - kept


def _edit_rows(one: Sequence[str], other: Sequence[str]) -> list[list[int]]:
    rows = [list(range(len(other) + 1))]
    for number, word in enumerate(one, 1):
        row = [number]
        for column, given in enumerate(other, 1):
            row.append(min(rows[-1][column] + 1, row[-1] + 1, rows[-1][column - 1] + (word != given)))
        rows.append(row)
    return rows


def _letters(words: Iterable[Word]) -> list[str]:
    """Words as a reader tells them apart: case and punctuation that change are no change of a word."""
    return [letters(word.text) for word in words]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the common beginning."""
    count = 0
    for word, given in zip(one, other, strict=False):
        if word != given:
            break
        count += 1
    return count


# --- what was said at the end --------------------------------------------------------------------------------------


def final_words(history: Iterable[Shown]) -> list[Word]:
    """The final text of one channel: of several finals of an utterance the last counts."""
    last = {shown.utterance: shown.words for shown in history if shown.kind is UpdateKind.FINAL}
    return [word for number in sorted(last) for word in last[number]]


def invented(words: Iterable[Word], speech: Sequence[tuple[float, float]]) -> int:
    """Words that stand where nobody speaks; `speech` are the (start, end) of what was said, in order."""
    return sum(
        not any(start - ASIDE_SECONDS <= token.middle_seconds <= end + ASIDE_SECONDS for start, end in speech)
        for token in tokens(words)
    )


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest value; not a number where there is none."""
    if not values:
        return math.nan
    ranked = sorted(values)
    return ranked[round(share * (len(ranked) - 1))]


def share_within(values: Sequence[float], seconds: float) -> float:
    return sum(value <= seconds for value in values) / len(values) if values else math.nan
