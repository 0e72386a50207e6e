"""The plan of a call: the main questions of the role, which of them were asked, and the time that is left. No Qt."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.plain import plain


def _none(_text: str) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Agenda:
    """`recognise` gives the index of the question that the interviewer's words ask, None if they ask none."""

    questions: tuple[str, ...] = ()
    minutes: int = 0  # that the call is planned to last; 0: not known
    recognise: Callable[[str], int | None] = _none
    asked: frozenset[int] = frozenset()

    def heard(self, text: str, before: str = "") -> Agenda:
        """After words of the interviewer, `before` being those that they may go on from after a pause; the same object
        if they ask no question of the plan that was open."""
        index = self.recognise(text) if self.questions else None
        if index is None and self.questions and before:
            index = self.recognise(f"{before} {text}")
        return self if index is None or index in self.asked else replace(self, asked=self.asked | {index})

    def toggled(self, index: int) -> Agenda:
        """The interviewer knows better."""
        return replace(self, asked=self.asked ^ {index})

    def lines(self) -> tuple[tuple[str, bool], ...]:
        """Each question, harmless to show, and whether it was asked."""
        return tuple((plain(text), index in self.asked) for index, text in enumerate(self.questions))

    def summary(self, clock_seconds: float) -> str:
        """ "2 of 6 asked · 31 min left" """
        asked = f"{len(self.asked)} of {len(self.questions)} asked"
        if not self.minutes:
            return asked
        left_minutes = math.ceil(self.minutes - clock_seconds / 60)
        return f"{asked} · {left_minutes} min left" if left_minutes > 0 else f"{asked} · {-left_minutes} min over"
