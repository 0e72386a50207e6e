"""What the core needs from outside, as narrow as it goes. Engines, devices and screens implement these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.values import Aspect, AudioFrame, AudioGap, Channel, Label, Stamped, Status, Word


class AudioSource(Protocol):
    """Both channels of a call, or of a recording of one. `read` is called by one thread, `close` by any."""

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that this source can hear."""
        ...

    @property
    def duration_seconds(self) -> float | None:
        """Length of a recording, None for a live call and where a file does not say."""
        ...

    def read(self) -> AudioFrame | AudioGap | Status | None:
        """Block until there is something to hear or to know; None at the end, and after `close`.

        Frames of a channel are contiguous; what was not heard comes as a gap. The channels are interleaved by their
        times, so that none runs ahead of the other by more than a frame or two, as long as both are heard.

        Raises:
            CaptureError, AudioFileError: the source can't go on; the text says what to do.
        """
        ...

    def close(self) -> None: ...


class VoiceDetector(Protocol):
    """Is this block speech? One per channel, since it adapts."""

    block_seconds: float

    def is_speech(self, samples: NDArray[np.int16]) -> bool:
        """`samples` is (block_seconds * 16000,) int16 at 16 kHz."""
        ...


class EchoRemover(Protocol):
    """Takes what a microphone hears of the call out of its sound. One per call, since it learns the room."""

    def remove(self, microphone: NDArray[np.float32], call: NDArray[np.float32]) -> NDArray[np.float32]:
        """The microphone's sound without the call's. All are (160,) in -1..1: the same 10 ms of both, in order."""
        ...


class Effort(Enum):
    """How much a decode may cost."""

    PARTIAL = "partial"  # greedy, the words' times estimated: text that will be replaced within the second
    HASTY = "hasty"  # greedy: text that stays, when there is no time for more
    FINAL = "final"  # beam search: text that stays


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a recogniser makes of a stretch of sound. Word times are relative to its first sample (behind a lead)."""

    words: tuple[Word, ...]
    average_log_probability: float  # over the tokens of the text, the end mark not counted
    no_speech_probability: float
    compression_ratio: float  # of the text; above 2.4 it is a loop
    voice_probability: float = 1.0  # that there is a voice in the sound; asked of another model where this one doubts
    language: str = "en"  # code of the call's language, once that is known; English until then
    written_in: str = "en"  # code of the language of its words: a guess until the call's is known
    notice: str = ""  # what a user should know from now on


@dataclass(frozen=True, slots=True)
class Lead:
    """What the samples begin with, and whose words are given, not heard again.

    Before a final it is the utterance before: a short utterance alone has no context, and with that a model makes far
    fewer mistakes. In partial text it is the utterance's own beginning, which makes the next decode cheaper
    where the model takes given words at once.
    """

    seconds: float  # of the samples that belong to it
    words: tuple[Word, ...]


class Transcriber(Protocol):
    """A speech model, or what it is for one call. Called by the decode worker only."""

    name: str

    @property
    def language(self) -> str:
        """Code of the language of the call; empty where nobody has said enough to know it."""
        ...

    @property
    def notices(self) -> tuple[str, ...]:
        """What a user should know before the call: what was asked for and can't be done."""
        ...

    def for_call(self, language: str, glossary: Sequence[str]) -> Transcriber:
        """The same model for one call: in that language (a code, or "auto" to hear it), with these terms."""
        ...

    def transcribe(self, samples: NDArray[np.float32], effort: Effort, lead: Lead | None = None) -> Hypothesis:
        """`samples` is (samples,) float32 in -1..1 at 16 kHz, at most 30 s, the lead's sound included.

        The hypothesis holds the words behind the lead, with times relative to the end of the lead's sound.

        Raises:
            TranscriptionError: the engine failed.
        """
        ...


class BatchTranscriber(Protocol):
    """A speech model for recordings, or what it is for one of them. What is common with `Transcriber` is the same."""

    name: str
    workers: int  # threads that may call `transcribe_all` at once, once the language is known; one until then

    @property
    def language(self) -> str: ...

    @property
    def notices(self) -> tuple[str, ...]: ...

    def for_call(self, language: str, glossary: Sequence[str]) -> BatchTranscriber: ...

    def transcribe_all(self, windows: Sequence[NDArray[np.float32]]) -> list[Hypothesis]:
        """Each window is (samples,) float32 in -1..1 at 16 kHz, at most 30 s. Final effort.

        Raises:
            TranscriptionError: the engine failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """Probabilities of what a sentence is. `asks` and `opens_topic` mean something for the interviewer's turns only,
    `labels` and `aspects` for the candidate's sentences only."""

    labels: Mapping[Label, float]  # of all four; they add up to 1
    aspects: Mapping[Aspect, float]  # that the sentence answers it, each by itself
    asks: Mapping[Aspect, float]  # that the turn asks for it, each by itself
    opens_topic: float


class SentenceModel(Protocol):
    """A small language model beside the rules of the review. Called by the decode worker, some milliseconds a call."""

    def score(self, context: Sequence[str], text: str) -> SentenceScores:
        """`context` is the question and up to three sentences said before in the same answer, oldest first."""
        ...


class LanguageModel(Protocol):
    """A language model that is asked in words. What it answers is text of a stranger: check it before it is shown."""

    name: str

    def answer(self, instructions: str, text: str, limit_seconds: float) -> str:
        """Blocks for at most about `limit_seconds`; called by one thread at a time.

        Raises:
            ModelError: there is no answer within the limit; the text says why and what to do.
        """
        ...

    def close(self) -> None:
        """It is not asked any more, and an answer that is under way ends at once. From any thread."""
        ...


class Sink(Protocol):
    """Who wants to know. `next` may be called from the listening thread and the decode worker, never at once; it must
    not block for longer than a queue's put."""

    def next(self, stamped: Stamped) -> None: ...

    def close(self) -> None:
        """Everything was published; returns when it is safe."""
        ...


class Recorder(Protocol):
    """Keeps the sound. Called by the listening thread, before anything else sees a frame."""

    def write(self, item: AudioFrame | AudioGap) -> None:
        """Raises RecordingError when the disk takes no more; everything before is kept."""
        ...

    def close(self) -> None: ...
