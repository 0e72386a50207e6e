"""What the timeline draws of a call, and which word is heard when. Pure values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.call import Call
from assistant.plain import clock, plain
from assistant.values import Channel, ClaimKind
from ui.desktop.lines import Line, LineKind

_JOINED_SECONDS = 0.6  # pauses within one turn, which would only make the picture restless
_STILL_SECONDS = 0.8  # how long a word stays lit after its end, unless another one begins


class PointKind(StrEnum):
    NUMBER = "number_only"
    VAGUE = "vague"
    FOLLOW_UP = "follow_up"
    MARK = "mark"


POINT_NAMES = {
    PointKind.NUMBER: "number only",
    PointKind.VAGUE: "vague",
    PointKind.FOLLOW_UP: "follow-up",
    PointKind.MARK: "mark",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Point:
    at_seconds: float
    kind: PointKind
    text: str


@dataclass(frozen=True, slots=True)
class TimelineData:
    """Speech of both, where nothing was heard, and the points, all by time."""

    duration_seconds: float
    speech: dict[Channel, tuple[Stretch, ...]]
    gaps: tuple[Stretch, ...]
    points: tuple[Point, ...]

    def nearest(self, at_seconds: float, within_seconds: float) -> Point | None:
        """The point next to a moment; a flag before the follow-up to it."""
        near = [point for point in self.points if abs(point.at_seconds - at_seconds) <= within_seconds]
        return min(near, key=lambda point: (abs(point.at_seconds - at_seconds), point.kind.value), default=None)


def timeline_of(call: Call) -> TimelineData:
    duration = max([call.duration_seconds, *(update.end_seconds for update in call.utterances)], default=0.0)
    kinds = {ClaimKind.NUMBER_ONLY: PointKind.NUMBER, ClaimKind.VAGUE: PointKind.VAGUE}
    points = [Point(f.flag.start_seconds, kinds[f.flag.kind], f"“{plain(f.flag.quote)}”") for f in call.flags]
    points += [
        Point(fate.raised_at_seconds, PointKind.FOLLOW_UP, plain(fate.follow_up.question)) for fate in call.follow_ups
    ]
    points += [Point(mark.at_seconds, PointKind.MARK, plain(mark.note) or "marked") for mark in call.marks]
    return TimelineData(
        duration,
        {channel: _speech(call, channel) for channel in Channel},
        tuple(Stretch(gap.start_seconds, gap.end_seconds) for gap in call.gaps),
        tuple(sorted(points, key=lambda point: point.at_seconds)),
    )


def describe(point: Point) -> str:
    return f"{clock(point.at_seconds)} {POINT_NAMES[point.kind]}: {point.text}"


def _speech(call: Call, channel: Channel) -> tuple[Stretch, ...]:
    words = sorted(
        (word.start_seconds, word.end_seconds)
        for update in call.utterances
        if update.channel is channel
        for word in update.words
    )
    return tuple(_joined(words))


def _joined(spans: Iterable[tuple[float, float]]) -> Iterator[Stretch]:
    start, end = None, 0.0
    for first, last in spans:
        if start is None or first - end > _JOINED_SECONDS:
            if start is not None:
                yield Stretch(start, end)
            start, end = first, last
        end = max(end, last)
    if start is not None:
        yield Stretch(start, end)


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word of the transcript: characters `first` to `last` of a row's text."""

    start_seconds: float
    end_seconds: float
    row: int
    first: int
    last: int


class WordTrack:
    """Which word is heard at a moment. Where both speak, the one that began last."""

    def __init__(self, rows: Sequence[Line]) -> None:
        self._words = sorted(_words(rows), key=lambda word: word.start_seconds)
        self._starts = [word.start_seconds for word in self._words]

    def at(self, at_seconds: float) -> HeardWord | None:
        place = bisect_right(self._starts, at_seconds) - 1
        if place < 0:
            return None
        word = self._words[place]
        return word if at_seconds <= word.end_seconds + _STILL_SECONDS else None


def word_at_character(line: Line, character: int) -> float | None:
    """When the word begins that holds a character of a line's text; None between words and in lines without any."""
    position = 0
    for word in line.words:
        if position <= character < position + len(word.text):
            return word.start_seconds
        position += len(word.text) + 1
    return None


def _words(rows: Sequence[Line]) -> Iterable[HeardWord]:
    for row, line in enumerate(rows):
        if line.kind is not LineKind.SPEECH:
            continue
        position = 0
        for word in line.words:
            last = position + len(word.text)
            yield HeardWord(word.start_seconds, word.end_seconds, row, position, last)
            position = last + 1
