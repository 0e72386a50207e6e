"""How late text was, measured while it came. `next` is called by the session's threads, one at a time."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.transcript.agreement import letters
from assistant.values import Flag, Stamped, TranscriptUpdate, UpdateKind, Word


@dataclass(frozen=True, slots=True)
class Percentiles:
    count: int
    p50_seconds: float
    p95_seconds: float


class DelayMeter:
    """A sink for calls at real-time speed: wall-clock time of an event minus the end of the words that it is about.

    Times of words come from the final text. A word was first shown when a text of its utterance had it at its place.
    """

    def __init__(self) -> None:
        self._shown: dict[int, list[tuple[float, tuple[Word, ...]]]] = {}  # utterance -> (wall clock, words), in order
        self._final: set[int] = set()  # utterances
        self._flagged: set[str] = set()
        self._words: list[float] = []
        self._finals: list[float] = []
        self._flags: list[float] = []

    def next(self, stamped: Stamped) -> None:
        match stamped.event:
            case TranscriptUpdate(kind=UpdateKind.PARTIAL, words=words, utterance=utterance):
                self._shown.setdefault(utterance, []).append((stamped.wall_seconds, words))
            case TranscriptUpdate(kind=UpdateKind.FINAL, utterance=utterance) if utterance in self._final:
                pass  # heard once more: it was there already
            case TranscriptUpdate(kind=UpdateKind.FINAL, words=words, utterance=utterance):
                self._final.add(utterance)
                self._note_words(words, [*self._shown.pop(utterance, ()), (stamped.wall_seconds, words)])
                if words:
                    self._finals.append(stamped.wall_seconds - words[-1].end_seconds)
            case Flag(id=flag_id, end_seconds=end_seconds) if flag_id not in self._flagged:
                self._flagged.add(flag_id)
                self._flags.append(stamped.wall_seconds - end_seconds)
            case _:
                pass

    def _note_words(self, final: tuple[Word, ...], shown: list[tuple[float, tuple[Word, ...]]]) -> None:
        first: dict[int, float] = {}
        spelled = [letters(word.text) for word in final]
        for wall_seconds, words in shown:
            matcher = SequenceMatcher(a=spelled, b=[letters(word.text) for word in words], autojunk=False)
            for start, _, length in matcher.get_matching_blocks():
                for place in range(start, start + length):
                    first.setdefault(place, wall_seconds)
        self._words += [seconds - final[place].end_seconds for place, seconds in first.items()]

    def close(self) -> None:
        """Nothing is held open."""

    def lines(self) -> list[str]:
        """One line a measure, for a person."""
        rows = (
            ("word said -> first shown", self._words),
            ("end of speech -> final text", self._finals),
            ("end of the quoted words -> flag", self._flags),
        )
        return [
            f"{name}: median {p.p50_seconds:.2f} s, 95 % within {p.p95_seconds:.2f} s ({p.count} times)"
            for name, values in rows
            if (p := percentiles(values)) is not None
        ]


def percentiles(values: list[float]) -> Percentiles | None:
    if not values:
        return None
    ranked = sorted(values)
    last = len(ranked) - 1
    return Percentiles(len(ranked), ranked[round(0.5 * last)], ranked[round(0.95 * last)])
