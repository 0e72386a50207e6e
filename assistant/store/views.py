"""What the store tells about calls, apart from the calls themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from assistant.call import CallState
from assistant.values import Channel, Status


@dataclass(frozen=True, slots=True)
class SessionSummary:
    id: str
    started: datetime  # with time zone
    duration_seconds: float
    title: str
    state: CallState


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was saved of a call whose program ended in the middle."""

    session_id: str
    audio: Path | None  # for `read_recording`; None where no sound was kept
    duration_seconds: float
    problem: str = ""  # for a person: why the recording could not be packed


@dataclass(frozen=True, slots=True)
class Found:
    """An utterance that holds what was searched for."""

    session_id: str
    utterance: int
    channel: Channel
    start_seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was to know about a call, and when."""

    at_seconds: float
    status: Status
