"""LocalAgreement-2 as whisper_streaming publishes it (Macháček, Dabre, Bojar 2023), written anew from its description.

What is published, and kept here: decodes of the whole buffer after each chunk of 1.0 s; words on which two
successive decodes agree are committed; the buffer is trimmed at the end of a segment of the recogniser once it is
longer than 15 s; committed text that was trimmed away, up to 200 characters, is the prompt. A voice controller on
Silero ends an utterance after 0.5 s of silence and then gives out the last hypothesis as it stands.

What is spoken between the last decode and the end of an utterance is so never decoded: the tool loses those words, and
its paper counts what it prints. So does this; nothing is decoded on its behalf that it would not decode, and nothing is
held against it that it would print. One thing is kinder here: an end and a new beginning within one piece of sound are
taken one after the other, where the original drops the words between.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ, Word

CHUNK_SECONDS = 1.0
TRIM_SECONDS = 15.0
PROMPT_CHARACTERS = 200
OVERLAP_WORDS = 5  # committed words that a decode may repeat at its beginning
SAME_PLACE_SECONDS = 1.0
TIME_TOLERANCE_SECONDS = 0.1
WINDOW_SAMPLES, CONTEXT_SAMPLES = 512, 64  # that Silero judges, and that it wants to see before
SPEECH_PROBABILITY, SILENCE_PROBABILITY = 0.5, 0.35
SILENCE_SAMPLES = SAMPLE_RATE_HZ // 2
PAD_SAMPLES = SAMPLE_RATE_HZ // 10
KEPT_SAMPLES = SAMPLE_RATE_HZ  # before a beginning that is noticed late


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the recogniser makes of a buffer: words and the ends of its segments, in seconds from the buffer's start.
    Words keep the recogniser's spaces and punctuation: agreement is on exactly those."""

    words: tuple[Word, ...]
    segment_ends_seconds: tuple[float, ...]


Recogniser = Callable[[NDArray[np.float32], str], Decoded]  # (samples,) float32 at 16 kHz, prompt


class Utterance:
    """The words of one utterance, from its growing buffer."""

    def __init__(self, recognise: Recogniser, start_seconds: float) -> None:
        self._recognise = recognise
        self.start_seconds = start_seconds
        self._buffer_start_seconds = start_seconds
        self._buffer = np.zeros(0, np.float32)
        self.committed: list[Word] = []
        self._overlap: list[Word] = []  # committed words that are still in the buffer
        self.tail: list[Word] = []  # the rest of the last hypothesis
        self._committed_until_seconds = start_seconds

    @property
    def end_seconds(self) -> float:
        return self._buffer_start_seconds + len(self._buffer) / SAMPLE_RATE_HZ

    def hear(self, samples: NDArray[np.float32]) -> None:
        self._buffer = np.concatenate([self._buffer, samples])

    def decode(self) -> None:
        decoded = self._recognise(self._buffer, self._prompt())
        placed = [word.moved(self._buffer_start_seconds) for word in decoded.words]
        new = self._behind_committed(placed)
        agreed = 0
        for word, before in zip(new, self.tail, strict=False):
            if word.text != before.text:
                break
            agreed += 1
        self.committed += new[:agreed]
        self._overlap += new[:agreed]
        self.tail = new[agreed:]
        if agreed:
            self._committed_until_seconds = new[agreed - 1].end_seconds
        if len(self._buffer) > TRIM_SECONDS * SAMPLE_RATE_HZ:
            self._trim(decoded.segment_ends_seconds)

    def _behind_committed(self, words: list[Word]) -> list[Word]:
        """Without what is committed already: by its time, and by the words that it begins with."""
        new = [w for w in words if w.start_seconds > self._committed_until_seconds - TIME_TOLERANCE_SECONDS]
        if not new or abs(new[0].start_seconds - self._committed_until_seconds) >= SAME_PLACE_SECONDS:
            return new
        for count in range(1, min(len(self._overlap), len(new), OVERLAP_WORDS) + 1):
            if [w.text for w in self._overlap[-count:]] == [w.text for w in new[:count]]:
                return new[count:]
        return new

    def _prompt(self) -> str:
        """The last committed words that the buffer no longer holds."""
        gone = [word for word in self.committed[:-1] if word.end_seconds <= self._buffer_start_seconds]
        taken: list[str] = []
        length = 0
        while gone and length < PROMPT_CHARACTERS:
            taken.append(gone.pop().text)
            length += len(taken[-1]) + 1
        return "".join(reversed(taken))

    def _trim(self, segment_ends_seconds: Sequence[float]) -> None:
        """Cut the buffer at the end of the last segment, the newest one aside, that is committed in full."""
        ends = [self._buffer_start_seconds + end for end in segment_ends_seconds[:-1]]
        done = [end for end in ends if self.committed and end <= self.committed[-1].end_seconds]
        if done:
            cut_seconds = done[-1]
            self._buffer = self._buffer[int((cut_seconds - self._buffer_start_seconds) * SAMPLE_RATE_HZ) :]
            self._buffer_start_seconds = cut_seconds
            self._overlap = [word for word in self._overlap if word.end_seconds > cut_seconds]


class VoiceController:
    """Where utterances begin and end, by Silero's probabilities. Feed it the samples in order.

    `session` is Silero's network as faster-whisper brings it (an onnxruntime session).
    """

    def __init__(self, session: Any) -> None:
        self._session = session
        self._state = np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT_SAMPLES, np.float32)
        self._rest = np.zeros(0, np.float32)
        self._seen = 0  # samples judged
        self._is_speech = False
        self._silent_since = 0

    def hear(self, samples: NDArray[np.float32]) -> list[tuple[str, int]]:
        """("start" or "end", sample number) of what began or ended, in order."""
        self._rest = np.concatenate([self._rest, samples])
        edges = []
        while len(self._rest) >= WINDOW_SAMPLES:
            window, self._rest = self._rest[:WINDOW_SAMPLES], self._rest[WINDOW_SAMPLES:]
            edges += self._judge(self._probability(window))
        return edges

    def _probability(self, window: NDArray[np.float32]) -> float:
        given = np.concatenate([self._context, window])[None]
        self._context = window[-CONTEXT_SAMPLES:]
        output, *state = self._session.run(None, {"input": given, "h": self._state[0], "c": self._state[1]})
        self._state = state[0], state[1]
        return float(np.ravel(output)[0])

    def _judge(self, probability: float) -> list[tuple[str, int]]:
        self._seen += WINDOW_SAMPLES
        if probability >= SPEECH_PROBABILITY:
            self._silent_since = 0
            if not self._is_speech:
                self._is_speech = True
                return [("start", max(0, self._seen - PAD_SAMPLES))]
        elif probability < SILENCE_PROBABILITY and self._is_speech:
            self._silent_since = self._silent_since or self._seen
            if self._seen - self._silent_since >= SILENCE_SAMPLES:
                end = self._silent_since + PAD_SAMPLES
                self._is_speech, self._silent_since = False, 0
                return [("end", end)]
        return []


class Stream:
    """One channel: `hear` each piece of sound as it comes, then `work`."""

    def __init__(
        self, recognise: Recogniser, controller: VoiceController, show: Callable[[Utterance, bool], None]
    ) -> None:
        """`show` is called with an utterance whenever its words may have changed, and whether it is over."""
        self._recognise = recognise
        self._controller = controller
        self._show = show
        self._waiting = np.zeros(0, np.float32)  # not yet given to an utterance
        self._waiting_start = 0  # sample number
        self._utterance: Utterance | None = None
        self._undecoded = 0  # samples since the last decode

    def hear(self, samples: NDArray[np.float32]) -> None:
        self._waiting = np.concatenate([self._waiting, samples])
        for edge, at in self._controller.hear(samples):
            if edge == "start":
                self._drop(at)
                self._utterance = Utterance(self._recognise, at / SAMPLE_RATE_HZ)
            else:
                self._give(max(0, at - self._waiting_start))
                self.finish()
        if self._utterance is not None:
            self._give(len(self._waiting))
        else:
            self._drop(self._waiting_start + len(self._waiting) - KEPT_SAMPLES)

    def work(self) -> None:
        """Decode, if a chunk is complete."""
        if self._utterance is not None and self._undecoded > CHUNK_SECONDS * SAMPLE_RATE_HZ:
            self._undecoded = 0
            self._utterance.decode()
            self._show(self._utterance, False)

    def finish(self) -> None:
        """The utterance is over, or the sound: the last hypothesis is what there is."""
        if self._utterance is not None:
            self._show(self._utterance, True)
            self._utterance = None
            self._undecoded = 0

    def _give(self, count: int) -> None:
        """That many of the waiting samples belong to the utterance."""
        assert self._utterance is not None
        self._utterance.hear(self._waiting[:count])
        self._undecoded += min(count, len(self._waiting))
        self._drop(self._waiting_start + count)

    def _drop(self, until: int) -> None:
        """Forget waiting samples before this sample number."""
        count = min(len(self._waiting), max(0, until - self._waiting_start))
        self._waiting, self._waiting_start = self._waiting[count:], self._waiting_start + count
