"""A whole call as the panel, the exports and the store's readers see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from assistant.values import AudioGap, Flag, FollowUp, Mark, RetiredWhy, ReviewedSentence, TranscriptUpdate


class CallState(StrEnum):
    RECORDING = "recording"  # being recorded now
    RECOVERED = "recovered"  # the program ended in mid-call; everything up to there is kept
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class FlagFate:
    flag: Flag
    raised_at_seconds: float
    withdrawn_at_seconds: float | None = None
    withdrawn_reason: str | None = None


@dataclass(frozen=True, slots=True)
class FollowUpFate:
    follow_up: FollowUp
    raised_at_seconds: float
    retired_at_seconds: float | None = None
    retired_why: RetiredWhy | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """Everything kept of a call. Sequences are ordered by time."""

    id: str
    title: str
    started: datetime  # with time zone
    duration_seconds: float
    state: CallState
    model: str  # name of the speech model; empty for an imported transcript
    utterances: tuple[TranscriptUpdate, ...] = ()  # finals with words
    sentences: tuple[ReviewedSentence, ...] = ()
    flags: tuple[FlagFate, ...] = ()
    follow_ups: tuple[FollowUpFate, ...] = ()
    gaps: tuple[AudioGap, ...] = ()
    marks: tuple[Mark, ...] = ()
    audio: Path | None = None  # the recording: two channels, left you, right them
    consent: str | None = None  # what was answered to the consent reminder, and when
