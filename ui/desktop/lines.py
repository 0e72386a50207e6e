"""The transcript as lines to show: utterances, gaps and marks in the order of their times, with marked spans.

Pure values: no Qt, no thread. Lines are frozen, so that whoever shows them can tell by identity what has changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from assistant.plain import plain
from assistant.values import PAUSED, AudioGap, Channel, Mark, TranscriptUpdate, UpdateKind, Word

_SLACK_SECONDS = 0.02  # word times are rounded to hundredths on their way through files
_SHORTEST_GAP_SECONDS = 0.25  # in less there is no word to miss; the exports name them all
_PAUSE_SLACK_SECONDS = 0.5
_LONGEST_UTTERANCE_SECONDS = 90.0  # how far back a line may begin that still holds a word


class LineKind(StrEnum):
    SPEECH = "speech"
    GAP = "gap"
    MARK = "mark"


class SpanKind(StrEnum):
    NUMBER_ONLY = "number_only"
    VAGUE = "vague"
    GOOD_SIGN = "good_sign"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a line's text that are marked; `reason_id` finds out why."""

    start: int
    end: int
    kind: SpanKind
    reason_id: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the transcript. Text behind `settled` characters is a guess that may still change."""

    kind: LineKind
    start_seconds: float
    text: str
    settled: int
    channel: Channel | None = None
    utterance: int | None = None
    is_final: bool = True
    words: tuple[Word, ...] = ()  # of a final: cleaned, so that joined by spaces they are the text
    spans: tuple[Span, ...] = ()
    is_corrected: bool = False  # a person wrote it; what was heard is kept


@dataclass(frozen=True, slots=True)
class Inserted:
    row: int
    line: Line


@dataclass(frozen=True, slots=True)
class Replaced:
    row: int
    line: Line


@dataclass(frozen=True, slots=True)
class Removed:
    row: int


LineChange = Inserted | Replaced | Removed


@dataclass(slots=True)
class _Open:
    """An utterance that is still being spoken: what is agreed on, and the latest guess of the whole."""

    committed: tuple[Word, ...] = ()
    guess: tuple[Word, ...] = ()


class Lines:
    """All lines of a call. Every method returns what it changed, in the order in which a view must follow."""

    def __init__(self) -> None:
        self.rows: list[Line] = []
        self._starts: list[float] = []  # of the rows, for bisection
        self._open: dict[int, _Open] = {}
        self._shown: set[int | None] = set()  # utterances that have a line

    def update(self, update: TranscriptUpdate) -> list[LineChange]:
        """Show a partial, committed or final text; a final without words takes its line away."""
        if update.kind is UpdateKind.FINAL:
            self._open.pop(update.utterance, None)
            return self._show(update, _cleaned(update.words), is_final=True)
        state = self._open.setdefault(update.utterance, _Open())
        if update.kind is UpdateKind.COMMITTED:
            state.committed = _cleaned(update.words)
        else:
            state.guess = _cleaned(update.words)
        words = state.committed + state.guess[len(state.committed) :]
        return self._show(update, words, is_final=False, settled_words=len(state.committed))

    def gap(self, gap: AudioGap) -> list[LineChange]:
        seconds = gap.end_seconds - gap.start_seconds
        if seconds < _SHORTEST_GAP_SECONDS:
            return []
        if gap.reason == PAUSED:
            return self._pause(gap.start_seconds, f"Paused for {seconds:.1f} s")
        who = "You were" if gap.channel is Channel.YOU else "They were"
        text = plain(f"{who} not heard for {seconds:.1f} s: {gap.reason}")
        return [self._insert(Line(LineKind.GAP, gap.start_seconds, text, len(text), gap.channel))]

    def _pause(self, start_seconds: float, text: str) -> list[LineChange]:
        """One line for both sides, whose gaps come one after the other and differ by a frame or two."""
        first = bisect_left(self._starts, start_seconds - _PAUSE_SLACK_SECONDS)
        last = bisect_right(self._starts, start_seconds + _PAUSE_SLACK_SECONDS)
        if any(line.kind is LineKind.GAP and line.channel is None for line in self.rows[first:last]):
            return []
        return [self._insert(Line(LineKind.GAP, start_seconds, text, len(text)))]

    def mark(self, mark: Mark) -> list[LineChange]:
        note = plain(mark.note)
        text = f"Marked: {note}" if note else "Marked"
        return [self._insert(Line(LineKind.MARK, mark.at_seconds, text, len(text)))]

    def span(
        self, channel: Channel, start_seconds: float, end_seconds: float, quote: str, kind: SpanKind, reason_id: str
    ) -> list[LineChange]:
        """Mark the words of `channel` between two times, cut to `quote` where they hold it."""
        pieces = self._pieces(channel, start_seconds, end_seconds)
        changes: list[LineChange] = []
        for row, start, end in _cut(pieces, self.rows, plain(quote)):
            line = self.rows[row]
            spans = (*line.spans, Span(start, end, kind, reason_id))
            changes.append(
                self._replace(row, replace(line, spans=tuple(sorted(spans, key=lambda s: (s.start, s.end)))))
            )
        return changes

    def unmark(self, reason_id: str, near_seconds: float) -> list[LineChange]:
        """Take the spans with `reason_id` away."""
        changes: list[LineChange] = []
        for row in self._rows_near(near_seconds, near_seconds + _LONGEST_UTTERANCE_SECONDS):
            line = self.rows[row]
            spans = tuple(span for span in line.spans if span.reason_id != reason_id)
            if len(spans) != len(line.spans):
                changes.append(self._replace(row, replace(line, spans=spans)))
        return changes

    def row_at(self, channel: Channel, seconds: float) -> int | None:
        """The row in which `channel` speaks at `seconds`."""
        found = self._pieces(channel, seconds, seconds)
        if found:
            return found[0][0]
        row = bisect_right(self._starts, seconds + _SLACK_SECONDS) - 1
        return row if row >= 0 else None

    # --- rows ---

    def _show(
        self, update: TranscriptUpdate, words: tuple[Word, ...], *, is_final: bool, settled_words: int = 0
    ) -> list[LineChange]:
        row = self._row_of(update.utterance)
        text = " ".join(word.text for word in words)
        if not text:
            return [] if row is None else [self._remove(row)]
        settled = len(text) if is_final else len(" ".join(word.text for word in words[:settled_words]))
        line = Line(
            LineKind.SPEECH,
            update.start_seconds if row is None else self.rows[row].start_seconds,
            text,
            settled,
            update.channel,
            update.utterance,
            is_final,
            words if is_final else (),
            self.rows[row].spans if row is not None and is_final and self.rows[row].text == text else (),
        )
        return [self._insert(line) if row is None else self._replace(row, line)]

    def _row_of(self, utterance: int) -> int | None:
        """Open utterances are among the last lines, so look from the end."""
        if utterance not in self._shown:
            return None
        return next((row for row in reversed(range(len(self.rows))) if self.rows[row].utterance == utterance), None)

    def _insert(self, line: Line) -> Inserted:
        row = bisect_right(self._starts, line.start_seconds)
        self.rows.insert(row, line)
        self._starts.insert(row, line.start_seconds)
        if line.utterance is not None:
            self._shown.add(line.utterance)
        return Inserted(row, line)

    def _replace(self, row: int, line: Line) -> Replaced:
        self.rows[row] = line
        return Replaced(row, line)

    def _remove(self, row: int) -> Removed:
        self._shown -= {self.rows[row].utterance}
        del self.rows[row], self._starts[row]
        return Removed(row)

    # --- from times to characters ---

    def _rows_near(self, start_seconds: float, end_seconds: float) -> range:
        first = bisect_left(self._starts, start_seconds - _LONGEST_UTTERANCE_SECONDS)
        return range(first, bisect_right(self._starts, end_seconds + _SLACK_SECONDS))

    def _pieces(self, channel: Channel, start_seconds: float, end_seconds: float) -> list[tuple[int, int, int]]:
        """(row, first character, last character + 1) of the words that lie between the times."""
        pieces = []
        for row in self._rows_near(start_seconds, end_seconds):
            line = self.rows[row]
            if line.channel is not channel or not line.words:
                continue
            position, first, last = 0, None, 0
            for word in line.words:
                middle = (word.start_seconds + word.end_seconds) / 2
                if start_seconds - _SLACK_SECONDS <= middle <= end_seconds + _SLACK_SECONDS:
                    first = position if first is None else first
                    last = position + len(word.text)
                position += len(word.text) + 1
            if first is not None:
                pieces.append((row, first, last))
        return pieces


def _cleaned(words: Iterable[Word]) -> tuple[Word, ...]:
    texts = ((word, plain(word.text)) for word in words)
    return tuple(word if text == word.text else replace(word, text=text) for word, text in texts if text)


def _cut(pieces: list[tuple[int, int, int]], rows: list[Line], quote: str) -> list[tuple[int, int, int]]:
    """The pieces without what stands around the quote in their first and last word: a full stop, a comma."""
    if not pieces or not quote:
        return pieces
    joined = " ".join(rows[row].text[first:last] for row, first, last in pieces)
    at = joined.find(quote)
    if at < 0:
        return pieces
    before, after = at, len(joined) - at - len(quote)
    head_row, head, head_end = pieces[0]
    pieces[0] = (head_row, min(head + before, head_end), head_end)
    tail_row, tail, tail_end = pieces[-1]
    pieces[-1] = (tail_row, tail, max(tail_end - after, tail))
    return [piece for piece in pieces if piece[1] < piece[2]]
