"""A whole call as the panel, the exports and the store's readers see it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from assistant.quotes import as_they_read
from assistant.values import (
    AudioGap,
    CommunicationCue,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    Mark,
    RetiredWhy,
    ReviewedSentence,
    Stamped,
    TranscriptUpdate,
    UpdateKind,
    Verbosity,
)


class CallState(StrEnum):
    RECORDING = "recording"  # being recorded now
    RECOVERED = "recovered"  # the program ended in mid-call; everything up to there is kept
    FINISHED = "finished"


class Version(StrEnum):
    """Which transcript of a call."""

    NEWEST = "newest"
    LIVE = "live"  # as it was heard during the call; never overwritten
    SECOND = "second"  # transcribed and reviewed once more, from the recording


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
class Correction:
    """What a person wrote in place of what was heard. The utterance itself stays as it was heard."""

    utterance: int
    text: str


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
    language: str = ""  # code of the one that was transcribed; empty if it never became clear
    consent: str | None = None  # what was answered to the consent reminder, and when
    version: Version = Version.LIVE
    corrections: tuple[Correction, ...] = ()  # of utterances of this version, by their numbers
    notes: str = ""  # what the interviewer wrote about the call, of any lines
    cues: tuple[CommunicationCue, ...] = ()
    verbosity: Verbosity | None = None  # by which it was reviewed; None where that was not kept


class CallCollector:
    """A sink that keeps a call in memory, for recordings that become files and for nothing else."""

    def __init__(self) -> None:
        self._finals: dict[int, TranscriptUpdate] = {}
        self._sentences: dict[int, ReviewedSentence] = {}
        self._flags: dict[str, FlagFate] = {}
        self._follow_ups: dict[str, FollowUpFate] = {}
        self._gaps: list[AudioGap] = []
        self._marks: list[Mark] = []
        self._cues: list[CommunicationCue] = []

    def next(self, stamped: Stamped) -> None:
        at_seconds = stamped.audio_seconds
        match stamped.event:
            case TranscriptUpdate(kind=UpdateKind.FINAL) as final:
                self._finals[final.utterance] = final
            case ReviewedSentence() as sentence:
                self._sentences[sentence.sentence.index] = sentence
            case Flag() as flag:  # one that is known stands in other words now
                known = self._flags.get(flag.id)
                self._flags[flag.id] = FlagFate(flag, known.raised_at_seconds if known else at_seconds)
            case FlagWithdrawn(id=flag_id, reason=reason):
                fate = self._flags[flag_id]
                self._flags[flag_id] = replace(fate, withdrawn_at_seconds=at_seconds, withdrawn_reason=reason)
            case FollowUp() as follow_up:
                self._follow_ups[follow_up.id] = FollowUpFate(follow_up, at_seconds)
            case FollowUpRetired(id=follow_up_id, why=why):
                asked = self._follow_ups[follow_up_id]
                self._follow_ups[follow_up_id] = replace(asked, retired_at_seconds=at_seconds, retired_why=why)
            case AudioGap() as gap:
                self._gaps.append(gap)
            case Mark() as mark:
                self._marks.append(mark)
            case CommunicationCue() as cue:
                self._cues.append(cue)
            case _:  # levels, partial text and status pass by
                pass

    def close(self) -> None:
        """Nothing is held open."""

    def call(self, empty: Call) -> Call:
        """`empty` (its title, start and the like) with everything that was collected."""
        finals = [final for final in self._finals.values() if final.words]
        return replace(
            empty,
            utterances=tuple(sorted(finals, key=lambda final: (final.words[0].start_seconds, final.utterance))),
            sentences=tuple(self._sentences.values()),
            flags=tuple(self._flags.values()),
            follow_ups=tuple(self._follow_ups.values()),
            gaps=tuple(self._gaps),
            marks=tuple(self._marks),
            cues=as_they_read(self._cues, self._sentences.values()),
        )
