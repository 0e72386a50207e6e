"""How late text was, measured while it came. `next` is called by the session's threads, one at a time."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.values import Flag, Stamped, TranscriptUpdate, UpdateKind


@dataclass(frozen=True, slots=True)
class Percentiles:
    count: int
    p50_seconds: float
    p95_seconds: float


class DelayMeter:
    """A sink for calls at real-time speed: wall-clock time of an event minus the end of the words that it is about."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}  # utterance -> end of the last word that was shown
        self._words: list[float] = []
        self._finals: list[float] = []
        self._flags: list[float] = []

    def next(self, stamped: Stamped) -> None:
        match stamped.event:
            case TranscriptUpdate(kind=UpdateKind.PARTIAL, words=words, utterance=utterance):
                new = [word for word in words if word.end_seconds > self._seen.get(utterance, 0.0) + 0.05]
                self._words += [stamped.wall_seconds - word.end_seconds for word in new]
                if new:
                    self._seen[utterance] = new[-1].end_seconds
            case TranscriptUpdate(kind=UpdateKind.FINAL, words=words) if words:
                self._finals.append(stamped.wall_seconds - words[-1].end_seconds)
            case Flag(end_seconds=end_seconds):
                self._flags.append(stamped.wall_seconds - end_seconds)
            case _:
                pass

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
