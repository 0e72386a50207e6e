"""A call that is over, as the session view shows it. No Qt; made off the UI thread, used by one thread at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.call import Call, Correction, Version
from assistant.corrections import corrected
from assistant.plain import plain
from assistant.values import TranscriptUpdate
from ui.desktop.after.entries import Entry
from ui.desktop.after.flag_fates import Fate, FlagLine, count_fates, flag_lines
from ui.desktop.after.moments import TimelineData, WordTrack, timeline_of
from ui.desktop.after.summary import summary_entries
from ui.desktop.lines import Line, LineKind
from ui.desktop.panel_state import PanelState

MOST_CORRECTION_CHARACTERS = 20_000
VERSION_NAMES = {Version.LIVE: "Live", Version.SECOND: "Second pass"}
NO_FLAGS = "Nothing was flagged in this call."
NONE_LEFT = "None of the flags."


@dataclass(slots=True)
class SessionState:
    """Everything about one call."""

    call: Call
    panel: PanelState
    flags: tuple[FlagLine, ...]
    summary: tuple[Entry, ...]
    timeline: TimelineData
    words: WordTrack
    has_second_pass: bool = False  # it was transcribed once more, and both versions are kept

    @classmethod
    def of(cls, call: Call, has_second_pass: bool = False) -> SessionState:
        panel = PanelState.from_call(replace(call, utterances=corrected(call)))
        by_hand = {correction.utterance for correction in call.corrections}
        rows = panel.lines.rows
        for row, line in enumerate(rows):
            if line.utterance in by_hand:
                rows[row] = replace(line, is_corrected=True)
        lists = flag_lines(call), summary_entries(call)
        return cls(call, panel, *lists, timeline_of(call), WordTrack(rows), has_second_pass)

    @property
    def title(self) -> str:
        return plain(self.call.title) or "Untitled call"

    @property
    def version_name(self) -> str:
        """Which of two versions it is; empty where there is only one."""
        return VERSION_NAMES[self.call.version] if self.has_second_pass else ""

    @property
    def rows(self) -> list[Line]:
        return self.panel.lines.rows

    def row_at(self, at_seconds: float) -> int | None:
        """The row in which something is said at a moment, or the one before it."""
        word = self.words.at(at_seconds)
        if word is not None:
            return word.row
        before = [row for row, line in enumerate(self.rows) if line.start_seconds <= at_seconds]
        return before[-1] if before else (0 if self.rows else None)

    def row_of(self, utterance: int) -> int | None:
        return next((row for row, line in enumerate(self.rows) if line.utterance == utterance), None)

    def flag_entries(self, wanted: Fate | None) -> tuple[Entry, ...]:
        """The flags with a fate, or all. Keys are their ids."""
        chosen = [line for line in self.flags if wanted is None or line.fate is wanted]
        if not chosen:
            return (Entry(NONE_LEFT if self.flags else NO_FLAGS),)
        return tuple(line.entry() for line in chosen)

    def fates(self) -> dict[Fate, int]:
        return count_fates(self.flags)

    def flag_seconds(self, flag_id: str) -> float | None:
        return next((line.at_seconds for line in self.flags if line.id == flag_id), None)

    # --- correcting a line ---

    def can_correct(self, row: int) -> bool:
        return 0 <= row < len(self.rows) and self.rows[row].kind is LineKind.SPEECH and bool(self.rows[row].words)

    def heard(self, row: int) -> str:
        """What was heard in a row, whatever it reads now."""
        update = self._utterance(row)
        return plain(update.text) if update is not None else ""

    def correction(self, row: int, text: str) -> Correction | None:
        """What to store so that a row reads `text`; None where nothing changes. What was heard needs no correction:
        that one's text is empty."""
        text = plain(text[:MOST_CORRECTION_CHARACTERS])
        update = self._utterance(row)
        if update is None or not text or text == self.rows[row].text:
            return None
        return Correction(update.utterance, "" if text == self.heard(row) else text)

    def _utterance(self, row: int) -> TranscriptUpdate | None:
        if not self.can_correct(row):
            return None
        number = self.rows[row].utterance
        return next((update for update in self.call.utterances if update.utterance == number), None)
