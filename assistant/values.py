"""What passes between the stages: small frozen values, in the order in which a call makes them.

Times are seconds on the call's clock: 0.0 is the first sound of the recording, both channels share it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the panel needs these values before its window is up, and no arrays
    import numpy as np
    from numpy.typing import NDArray

SAMPLE_RATE_HZ = 16_000  # everywhere behind the sources; what Whisper and webrtcvad take
SAME_SECONDS = 0.001  # moments so near each other are one, computed twice


class Channel(StrEnum):
    """Which side of the call. One voice per channel is what makes speaker labels certain."""

    YOU = "you"  # the interviewer: the microphone
    THEM = "them"  # the candidate: the call's sound


# --- audio ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class AudioFrame:
    """A stretch of one channel's sound.

    `samples` is (samples,) int16 at 16 kHz; frames of a channel come in order, without overlap.
    """

    channel: Channel
    start_seconds: float
    samples: NDArray[np.int16]

    @property
    def end_seconds(self) -> float:
        return self.start_seconds + len(self.samples) / SAMPLE_RATE_HZ


PAUSED = "paused"  # the reason of a gap that the interviewer made


@dataclass(frozen=True, slots=True)
class AudioGap:
    """A stretch of a channel that was not heard, and why, in words a user understands."""

    channel: Channel
    start_seconds: float
    end_seconds: float
    reason: str


SILENCE_DBFS = -96.0  # digital silence: every sample is zero


@dataclass(frozen=True, slots=True)
class Level:
    """How loud a channel is just now, for the meters."""

    channel: Channel
    peak_dbfs: float  # 0 is full scale, `SILENCE_DBFS` or less is silence


# --- transcript ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Word:
    """A word as the recogniser wrote it: no outer white space, punctuation attached ("7000%.")."""

    text: str
    start_seconds: float
    end_seconds: float
    probability: float = 1.0

    def moved(self, seconds: float) -> Word:
        """The same word, that much later; times are kept to the millisecond."""
        start_seconds, end_seconds = round(self.start_seconds + seconds, 3), round(self.end_seconds + seconds, 3)
        return replace(self, start_seconds=start_seconds, end_seconds=end_seconds)


class UpdateKind(StrEnum):
    PARTIAL = "partial"  # the whole hypothesis of an open utterance; replaces the one before
    COMMITTED = "committed"  # the words at its beginning that successive hypotheses agree on
    FINAL = "final"  # locked; review and store read nothing else


@dataclass(frozen=True, slots=True)
class TranscriptUpdate:
    """What is known of one utterance. Each update holds all words of its kind, so the last one of a kind is enough.

    A final without words takes the utterance back: it was no speech.
    """

    kind: UpdateKind
    channel: Channel
    utterance: int  # numbered over both channels in the order of their beginnings
    start_seconds: float  # of the audio that was decoded
    end_seconds: float
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one speaker. `text` is its words joined by single spaces, so character offsets map to words."""

    index: int  # over both channels, from 0, in the order in which sentences are completed
    channel: Channel
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def start_seconds(self) -> float:
        return self.words[0].start_seconds

    @property
    def end_seconds(self) -> float:
        return self.words[-1].end_seconds


# --- review --------------------------------------------------------------------------------------------------------


class Label(StrEnum):
    """What a candidate's sentence is: see the labelling guidelines in the README of `assistant/review`."""

    VAGUE = "vague"
    NUMBER_ONLY = "number_only"
    SUBSTANTIATED = "substantiated"
    NEUTRAL = "neutral"


class Aspect(StrEnum):
    """What a good account of one's own work answers."""

    METRIC_DEFINITION = "metric_definition"
    MEASUREMENT_METHOD = "measurement_method"
    BASELINE = "baseline"
    OWN_CONTRIBUTION = "own_contribution"
    CHALLENGE = "challenge"
    HOW_OVERCOME = "how_overcome"
    RESULT = "result"
    LESSON = "lesson"
    TRADEOFF = "tradeoff"
    AUDIENCE_EXPLAINED = "audience_explained"


class ClaimKind(StrEnum):
    """Why something is flagged or asked. `ASPECT` is only asked: a part of the story that nobody has touched."""

    VAGUE = "vague"
    NUMBER_ONLY = "number_only"
    ASPECT = "aspect"


@dataclass(frozen=True, slots=True)
class ReviewedSentence:
    """A sentence with what it is and what it answers."""

    sentence: Sentence
    label: Label | None  # None for the interviewer
    aspects: tuple[Aspect, ...] = ()  # candidate: what it answers; interviewer: what it asks for
    is_good_sign: bool = False  # an admitted mistake or a lesson
    answer: int = 0  # of the candidate: to which it belongs, or leads; another one begins with another topic


@dataclass(frozen=True, slots=True)
class Flag:
    """Exact words of the candidate that an interviewer would have to ask about."""

    id: str  # "f1", "f2", ...
    kind: ClaimKind  # VAGUE or NUMBER_ONLY
    channel: Channel
    sentence: int  # index of the sentence
    quote: str  # equals sentence.text[quote_start:quote_end]
    quote_start: int  # character offsets in the sentence's text
    quote_end: int
    start_seconds: float  # of the quoted words
    end_seconds: float
    missing: tuple[Aspect, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class FlagWithdrawn:
    """What was missing has been said: the flag no longer stands."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A short question to read aloud. Those that belong to a flag quote its words; the others quote nothing."""

    id: str  # "q1", "q2", ...
    kind: ClaimKind
    channel: Channel
    aspect: Aspect
    question: str
    why: str
    quote: str | None = None
    start_seconds: float | None = None  # of the quoted words
    end_seconds: float | None = None
    flag_id: str | None = None
    worded_by: str = ""  # name of the language model that worded it; empty where it stands in the question bank


class RetiredWhy(StrEnum):
    ANSWERED = "answered"
    ASKED = "asked"
    DISMISSED = "dismissed"
    STALE = "stale"
    DISPLACED = "displaced"  # three better ones stood there
    UNSAID = "unsaid"  # heard once more, the words that it is about were others


@dataclass(frozen=True, slots=True)
class FollowUpRetired:
    id: str
    why: RetiredWhy


class CueKind(StrEnum):
    """What is noted about how something is told, apart from what is claimed."""

    UNEXPLAINED_TERM = "unexplained_term"
    LONG_ANSWER = "long_answer"  # without an answer to the question
    HELPS_LISTENER = "helps_listener"  # noted as good


@dataclass(frozen=True, slots=True)
class CommunicationCue:
    """A gentle note on how something is told, for the interviewer to act on or to remember; never a flag."""

    kind: CueKind
    channel: Channel
    sentence: int  # index of the sentence
    quote: str
    start_seconds: float  # of the quoted words
    end_seconds: float
    advice: str  # what it is, and what to do about it

    @property
    def is_good(self) -> bool:
        return self.kind is CueKind.HELPS_LISTENER


# --- the call itself -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that the interviewer marked."""

    at_seconds: float
    note: str = ""


class State(StrEnum):
    """States that must not be confused with each other."""

    READY = "ready"
    RECORDING = "recording"
    PAUSED = "paused"
    DEVICE_LOST = "device_lost"  # a channel is not heard; `message` says which
    DEVICE_BACK = "device_back"
    SILENT = "silent"  # a channel gives digital silence, until its `Level` says otherwise
    BEHIND = "behind"  # the worker is late; `behind_seconds` says by how much
    CAUGHT_UP = "caught_up"
    WARNING = "warning"  # something to know that stops nothing
    DISK_FULL = "disk_full"
    FINISHING = "finishing"
    FINISHED = "finished"
    FAILED = "failed"  # transcription stopped; the recording goes on or is kept


@dataclass(frozen=True, slots=True)
class Status:
    state: State
    message: str = ""  # for a person; empty where the state says it all
    channel: Channel | None = None
    behind_seconds: float | None = None


ReviewEvent = ReviewedSentence | Flag | FlagWithdrawn | FollowUp | FollowUpRetired | CommunicationCue
Event = TranscriptUpdate | ReviewEvent | AudioGap | Mark | Level | Status


@dataclass(frozen=True, slots=True)
class Stamped:
    """An event with the moment at which it was published."""

    event: Event
    audio_seconds: float  # position of the call's clock
    wall_seconds: float  # since the first sound was read


class Verbosity(StrEnum):
    """How much is worth saying. Quiet is the precise one."""

    QUIET = "quiet"
    NORMAL = "normal"
    EAGER = "eager"
