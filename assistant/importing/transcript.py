"""What a transcript of another program holds: turns of speakers, as far as the file tells them, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time

from assistant.values import Word

_MARK = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Turn:
    """A run of cues of one speaker, in the order of the file; turns of different speakers may overlap.

    `text` has single spaces and no mark-up. Sounds that the other program marked ("[laughter]", "[inaudible 00:10]")
    stay in it. Times are seconds from the beginning of the call.
    """

    speaker: str | None  # None where the file names nobody
    text: str
    start_seconds: float | None
    end_seconds: float | None
    words: tuple[Word, ...] = ()  # the words of `text`, where the file has word times
    times_are_exact: bool = True  # False where a start or an end was only derived from what stands around it

    @property
    def spoken_text(self) -> str:
        """The text without marked sounds: what can be a claim."""
        return " ".join(_MARK.sub(" ", self.text).split())


@dataclass(frozen=True, slots=True)
class ImportedTranscript:
    turns: tuple[Turn, ...]  # at least one
    warnings: tuple[str, ...] = ()  # what was repaired or left out, for a person to read
    title: str | None = None
    recorded: datetime | None = None  # without time zone where the file names none
    clock_at_start: time | None = None  # time of day at 0.0 seconds, where the file counts by the clock on the wall
    duration_seconds: float | None = None  # only where the file says it
    offered_names: tuple[str, ...] = ()  # people whom the file's header names; who of the speakers they are is not said

    @property
    def speakers(self) -> tuple[str, ...]:
        """The named speakers in the order of their first words."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns if turn.speaker is not None))

    @property
    def has_times(self) -> bool:
        """Whether every turn has a beginning."""
        return all(turn.start_seconds is not None for turn in self.turns)

    @property
    def times_are_exact(self) -> bool:
        """Whether every turn has a beginning and an end that stand so in the file."""
        return all(
            turn.times_are_exact and turn.start_seconds is not None and turn.end_seconds is not None
            for turn in self.turns
        )
