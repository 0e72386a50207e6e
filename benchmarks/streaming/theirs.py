"""One channel through LocalAgreement-2 in real time, in a process of its own, on one thread:

    python -m benchmarks.streaming.theirs RECORDING you|them MODEL_FOLDER RESULT

It says "ready" once the model is warm, and starts the clock when it gets a line. The loop is the published one: it
takes all the sound there is every 0.04 s, or after a decode that took longer.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import soundfile
from faster_whisper import WhisperModel
from faster_whisper.vad import get_vad_model
from numpy.typing import NDArray

from assistant.values import SAMPLE_RATE_HZ, Channel, UpdateKind, Word
from benchmarks.streaming import usage
from benchmarks.streaming.history import Run
from benchmarks.streaming.local_agreement import Decoded, Stream, Utterance, VoiceController
from benchmarks.streaming.metrics import Shown

PIECE_SECONDS = 0.04
NO_SPEECH_PROBABILITY = 0.9  # words of a segment above are not taken


class FasterWhisper:
    """The published backend and its options: beam 5, word times, text before as context within a decode."""

    def __init__(self, folder: Path) -> None:
        self._model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def __call__(self, samples: NDArray[np.float32], prompt: str) -> Decoded:
        segments, _ = self._model.transcribe(
            samples,
            language="en",
            initial_prompt=prompt or None,
            beam_size=5,
            word_timestamps=True,
            condition_on_previous_text=True,
        )
        heard = list(segments)
        words = [
            Word(word.word, float(word.start), float(word.end))
            for segment in heard
            if segment.no_speech_prob <= NO_SPEECH_PROBABILITY
            for word in segment.words or ()
        ]
        return Decoded(tuple(words), tuple(float(segment.end) for segment in heard))


class History:
    """Keeps what is printed, as the updates of an utterance."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._numbers: dict[float, int] = {}  # start of an utterance -> number
        self._committed = 0  # words of the utterance that were shown last as committed
        self.started_seconds = 0.0
        self.shown: list[Shown] = []

    def now(self) -> float:
        return time.monotonic() - self.started_seconds

    def show(self, utterance: Utterance, is_over: bool) -> None:
        number = self._numbers.setdefault(utterance.start_seconds, len(self._numbers))
        words = [*utterance.committed, *utterance.tail]
        if is_over:
            self._add(UpdateKind.FINAL, number, utterance, words)
            self._committed = 0
            return
        self._add(UpdateKind.PARTIAL, number, utterance, words)
        if len(utterance.committed) > self._committed:
            self._committed = len(utterance.committed)
            self._add(UpdateKind.COMMITTED, number, utterance, utterance.committed)

    def _add(self, kind: UpdateKind, number: int, utterance: Utterance, words: list[Word]) -> None:
        now = self.now()
        plain = tuple(Word(word.text.strip(), word.start_seconds, word.end_seconds) for word in words)
        start, end = utterance.start_seconds, utterance.end_seconds
        self.shown.append(Shown(kind, self._channel, number, start, end, plain, now, now))


def main(recording: Path, channel: Channel, folder: Path, result: Path) -> None:
    both, _ = soundfile.read(recording, dtype="float32")
    samples = both[:, list(Channel).index(channel)]
    recognise = FasterWhisper(folder)
    recognise(samples[:SAMPLE_RATE_HZ], "")
    history = History(channel)
    stream = Stream(recognise, VoiceController(get_vad_model().session), history.show)
    print("ready", flush=True)
    sys.stdin.readline()
    used, worked = usage.cpu_seconds(), usage.machine_seconds()
    history.started_seconds = time.monotonic()
    taken = 0
    while taken < len(samples):
        due = taken / SAMPLE_RATE_HZ + PIECE_SECONDS
        time.sleep(max(0.0, due - history.now()))
        until = min(len(samples), round(history.now() * SAMPLE_RATE_HZ))
        stream.hear(samples[taken:until])
        taken = until
        stream.work()
    stream.finish()
    ended = history.now()
    used, worked = usage.cpu_seconds() - used, usage.machine_seconds() - worked
    Run(history.shown, used, usage.peak_bytes(), ended, machine_seconds=worked).write(result)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Channel(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
