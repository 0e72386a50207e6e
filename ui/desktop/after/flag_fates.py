"""What became of each flag of a call that is over. About the talk, never a verdict on a person. Pure values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assistant.call import Call, FlagFate, FollowUpFate
from assistant.parts import ASPECTS
from assistant.plain import clock, plain
from assistant.values import ClaimKind, RetiredWhy
from ui.desktop.after.entries import Entry, Tone

TONES = {ClaimKind.NUMBER_ONLY: Tone.NUMBER, ClaimKind.VAGUE: Tone.VAGUE, ClaimKind.ASPECT: Tone.ASKED}


class Fate(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


FATE_SIGNS = {Fate.OPEN: "○ Open", Fate.ANSWERED: "✓ Answered", Fate.WITHDRAWN: "↩ Withdrawn"}


@dataclass(frozen=True, slots=True)
class FlagLine:
    """A flag with what became of it."""

    id: str
    kind: ClaimKind
    at_seconds: float
    quote: str
    reason: str
    fate: Fate
    story: str  # when and why, empty where nothing happened

    def entry(self) -> Entry:
        note = FATE_SIGNS[self.fate] + (f" · {self.story}" if self.story else "")
        return Entry(
            f"“{self.quote}”", self.id, clock(self.at_seconds), self.reason, note, TONES[self.kind], text_lines=8
        )


def flag_lines(call: Call) -> tuple[FlagLine, ...]:
    """By their times."""
    asked: dict[str, list[FollowUpFate]] = {}
    for one in call.follow_ups:
        if one.follow_up.flag_id is not None:
            asked.setdefault(one.follow_up.flag_id, []).append(one)
    lines = (_line(fate, asked.get(fate.flag.id, ())) for fate in call.flags)
    return tuple(sorted(lines, key=lambda line: line.at_seconds))


def count_fates(lines: Iterable[FlagLine]) -> dict[Fate, int]:
    counts = dict.fromkeys(Fate, 0)
    for line in lines:
        counts[line.fate] += 1
    return counts


def _line(fate: FlagFate, asked: Sequence[FollowUpFate]) -> FlagLine:
    flag = fate.flag
    missing = ", ".join(ASPECTS[aspect] for aspect in flag.missing)
    reason = plain(flag.reason).rstrip(".") + "." + (f" Not said: {missing}." if missing else "")
    became, story = _story(fate, asked)
    return FlagLine(flag.id, flag.kind, flag.start_seconds, plain(flag.quote), reason, became, story)


def _story(fate: FlagFate, asked: Sequence[FollowUpFate]) -> tuple[Fate, str]:
    by_why = {one.retired_why: one for one in asked if one.retired_at_seconds is not None}
    was_asked = by_why.get(RetiredWhy.ASKED)
    parts = [f"asked {clock(was_asked.retired_at_seconds or 0.0)}"] if was_asked else []
    if fate.withdrawn_at_seconds is not None:
        why = plain(fate.withdrawn_reason or "").rstrip(".")
        when = ", ".join([*parts, f"at {clock(fate.withdrawn_at_seconds)}"])
        return Fate.WITHDRAWN, f"{when}: {why}" if why else when
    if (answered := by_why.get(RetiredWhy.ANSWERED)) is not None:
        return Fate.ANSWERED, ", ".join([*parts, f"at {clock(answered.retired_at_seconds or 0.0)}"])
    if was_asked:
        return Fate.OPEN, f"{parts[0]}, no answer to it was heard"
    if (later := by_why.get(RetiredWhy.DISMISSED)) is not None:
        return Fate.OPEN, f"put off {clock(later.retired_at_seconds or 0.0)}"
    return Fate.OPEN, ""
