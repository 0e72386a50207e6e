"""The history as a person looks through it: what is searched for, which calls are left out, what was deleted and can
still be taken back. No Qt, no store; used by the UI thread alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby

from assistant.call import CallState
from assistant.parts import SPEAKERS
from assistant.plain import clock, plain, roughly
from assistant.values import Channel
from ui.desktop.after.entries import Entry, Tone, heading
from ui.desktop.controls import PastCall

_BEFORE_CHARACTERS = 40  # of a hit's line that stand before the hit
_STATES = {CallState.RECOVERED: "recovered", CallState.RECORDING: "being recorded", CallState.FINISHED: ""}
NOTHING_KEPT = "No interview is kept yet. What you record appears here."
NOTHING_FOUND = "Nothing is found."
NOTHING_HERE = "No interview in this time."


class Period(Enum):
    """Which calls to show: their name, and how many days back they go."""

    ALL = ("All", None)
    WEEK = ("7 days", 7)
    MONTH = ("30 days", 30)
    YEAR = ("1 year", 365)


@dataclass(frozen=True, slots=True)
class Hit:
    """An utterance that holds what was searched for."""

    call_id: str
    utterance: int
    channel: Channel
    at_seconds: float
    text: str


@dataclass(slots=True)
class HistoryState:
    """`entries` are the rows to show. Keys are an id of a call, or "id utterance" for a place in it."""

    calls: tuple[PastCall, ...] = ()  # the newest first
    is_known: bool = False  # they were read
    query: str = ""
    period: Period = Period.ALL
    hits: tuple[Hit, ...] = ()  # of `query`, once it was searched
    deleted: list[str] = field(default_factory=list)  # ids that are hidden and can be taken back, the last one first

    def take_calls(self, calls: Iterable[PastCall]) -> None:
        self.calls, self.is_known = tuple(calls), True
        known = {call.id for call in self.calls}
        self.deleted = [call_id for call_id in self.deleted if call_id in known]

    def take_hits(self, query: str, hits: Iterable[Hit]) -> bool:
        """Whether they are what is looked for by now: an answer may be late."""
        if query != self.query:
            return False
        self.hits = tuple(hits)
        return True

    def search(self, query: str) -> None:
        self.query = query
        if not query.strip():
            self.hits = ()

    def delete(self, call_id: str) -> bool:
        """Hide a call; False where there is none of that id, or it is being recorded."""
        call = self.call(call_id)
        if call is None or call_id in self.deleted or call.state is CallState.RECORDING:
            return False
        self.deleted.insert(0, call_id)
        return True

    def undo(self) -> str | None:
        """Take the last deletion back; the id of the call that is there again."""
        return self.deleted.pop(0) if self.deleted else None

    def take_deleted(self) -> tuple[str, ...]:
        """What is to be deleted for good now; it can't be taken back any more."""
        gone, self.deleted = tuple(self.deleted), []
        self.calls = tuple(call for call in self.calls if call.id not in gone)
        return gone

    def call(self, call_id: str) -> PastCall | None:
        return next((call for call in self.calls if call.id == call_id), None)

    def told_deleted(self) -> str:
        """What was deleted, in words; empty where nothing was."""
        if not self.deleted:
            return ""
        call = self.call(self.deleted[0])
        last = f"“{plain(call.title) or 'Untitled call'}”" if call else "An interview"
        more = f" and {len(self.deleted) - 1} more" if len(self.deleted) > 1 else ""
        return f"{last}{more} deleted, for good when you leave this page."

    def entries(self, now: datetime) -> tuple[Entry, ...]:
        if not self.is_known:
            return (Entry("Looking…", tone=Tone.QUIET),)
        shown = [call for call in self.calls if call.id not in self.deleted and self._is_in_period(call, now)]
        if self.query.strip():
            return tuple(self._found(shown)) or (Entry(NOTHING_FOUND, tone=Tone.QUIET),)
        if not shown:
            return (Entry(NOTHING_HERE if self.calls else NOTHING_KEPT, tone=Tone.QUIET),)
        rows: list[Entry] = []
        for day, calls in groupby(shown, key=lambda call: call.started.date()):
            rows.append(heading(day_name(day, now.date())))
            rows += [_call_entry(call) for call in calls]
        return tuple(rows)

    def _is_in_period(self, call: PastCall, now: datetime) -> bool:
        days = self.period.value[1]
        return days is None or call.started >= now - timedelta(days=days)

    def _found(self, shown: Sequence[PastCall]) -> Iterable[Entry]:
        """By calls in the order of their best hit; calls whose title holds the words, but no line, come last."""
        by_id = {call.id: call for call in shown}
        hits: dict[str, list[Hit]] = {}
        for hit in self.hits:
            if hit.call_id in by_id:
                hits.setdefault(hit.call_id, []).append(hit)
        words = self.query.casefold().split()
        titled = [c.id for c in shown if c.id not in hits and all(word in c.title.casefold() for word in words)]
        for call_id in [*hits, *titled]:
            call = by_id[call_id]
            yield Entry(
                plain(call.title) or "Untitled call", call.id, f"{call.started:%d %b %Y, %H:%M}", is_title_strong=True
            )
            for hit in sorted(hits.get(call_id, ()), key=lambda hit: hit.at_seconds):
                yield _hit_entry(hit, self.query)


def day_name(day: date, today: date) -> str:
    if day == today:
        return "TODAY"
    if day == today - timedelta(days=1):
        return "YESTERDAY"
    return f"{day:%A, %d %B %Y}".upper()


def place_of(key: str) -> tuple[str, int | None]:
    """The call that a key names, and the utterance in it if it names one."""
    call_id, _, utterance = key.partition(" ")
    return call_id, int(utterance) if utterance else None


def snippet(text: str, query: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A line from shortly before the first hit on, and which of its characters were searched for: each word of the
    query from the beginning of a word of the line, the way the index finds them."""
    text = plain(text)
    words = [re.escape(word) for word in re.findall(r"\w+", plain(query))]
    if not words:
        return text, ()
    pattern = re.compile(rf"\b(?:{'|'.join(words)})\w*", re.IGNORECASE)
    first = pattern.search(text)
    if first is not None and first.start() > _BEFORE_CHARACTERS:
        cut = text.rfind(" ", 0, first.start() - _BEFORE_CHARACTERS + 10) + 1
        text = "… " + text[cut:]
    return text, tuple(match.span() for match in pattern.finditer(text))


def _call_entry(call: PastCall) -> Entry:
    note = " · ".join(filter(None, (roughly(call.duration_seconds), _STATES[call.state])))
    return Entry(plain(call.title) or "Untitled call", call.id, f"{call.started:%H:%M}", note=note)


def _hit_entry(hit: Hit, query: str) -> Entry:
    text, marked = snippet(hit.text, query)
    return Entry(
        "", f"{hit.call_id} {hit.utterance}", f"{clock(hit.at_seconds)} {SPEAKERS[hit.channel]}", text, marked=marked
    )
