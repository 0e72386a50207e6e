"""What is decoded: an utterance in progress, and one decode of it or of one that has ended. Values of `Streaming`."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.ports import Effort, Hypothesis, Lead
from assistant.speech.listener import Utterance
from assistant.transcript.agreement import Agreement
from assistant.values import Channel, Word


@dataclass(frozen=True, slots=True)
class StreamingSettings:
    shows_partials: bool = True
    speculates: bool = True  # decode a final before its end is known: sooner, and in vain where speech goes on
    step_seconds: float = 0.2  # new sound before an open utterance is decoded again, at least
    # And at least so long, in times of what its last decode took: a long utterance, which costs more, and a slow model
    # get partial text less often. Up to .6 s a decode one voice leaves the worker two fifths of its time.
    step_in_decodes: float = 1.7
    longest_step_seconds: float = 1.0  # and the step under pressure
    refines: bool = False  # hear finals once more while nobody speaks


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """One decode: give `samples`, `effort` and `lead` to the transcriber and hand the result to `done`."""

    number: int  # of the utterance
    utterance: Utterance
    effort: Effort
    samples: NDArray[np.float32]  # of the utterance; of a final behind those of the lead
    is_final: bool = False
    lead: Lead | None = None
    is_refinement: bool = False


@dataclass(slots=True, eq=False)
class Open:
    """An utterance in progress. `speculative` is a final decode of its audio up to `speculative_end_seconds`."""

    number: int
    channel: Channel
    agreement: Agreement = field(default_factory=Agreement)
    partials: int = 0  # jobs so far
    seen_until_seconds: float = 0.0  # end of the audio of the last of them, or of the last speculative final
    partial_took_seconds: float = 0.0  # 0: not known
    whole_took_seconds: float = 0.0  # the last one of them that heard everything
    written_in: str = ""  # code of the language of what is shown
    is_led_astray: bool = False  # the beginning that was given led to nothing
    speculative: Hypothesis | None = None
    speculative_end_seconds: float = -1.0
    speculative_effort: Effort = Effort.FINAL
    words: tuple[Word, ...] = ()  # shown last
    committed: int = 0
