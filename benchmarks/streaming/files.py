"""A whole recording as fast as it goes, two channels on two threads, in a process of its own:

    python -m benchmarks.streaming.files ours|theirs RECORDING MODEL_FOLDER RESULT

`ours` is what `depthcue transcribe` does: it reads the file, hears who speaks when, takes echo out, writes words with
their times, and reviews them. `theirs` is faster-whisper's batched pipeline with its own settings, beam 5: it reads the
file, hears where somebody speaks, and writes text; words with times if it is asked to. It has the faster of two
arrangements: two threads for one channel after the other, or one for each. Loading the model is not counted. Each
figure is the best of two runs. Decoding alone: ours, the windows of the whole run once more, with word times; theirs,
text without word times, less the time that its reading and its voice filter take by themselves.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.ports import BatchTranscriber, Hypothesis
from assistant.values import Channel
from benchmarks.streaming.calls import BenchCall
from benchmarks.streaming.text import NO_ERRORS, Errors, errors

THREADS = 2


@dataclass(frozen=True, slots=True)
class Took:
    """Wall-clock seconds, and for the whole the CPU's."""

    whole_seconds: float = 0.0  # from the file to what the program makes of it
    timed_seconds: float = 0.0  # the same with a time for each word
    decode_seconds: float = 0.0
    cpu_seconds: float = 0.0

    def __add__(self, other: Took) -> Took:
        return Took(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(Took)))


@dataclass(frozen=True, slots=True)
class FileRun:
    took: Took
    texts: dict[str, str]  # of each channel


@dataclass(frozen=True, slots=True)
class FileFigures:
    call_seconds: float = 0.0
    took: Took = Took()
    errors: Errors = NO_ERRORS

    def __add__(self, other: FileFigures) -> FileFigures:
        return FileFigures(self.call_seconds + other.call_seconds, self.took + other.took, self.errors + other.errors)


def read(path: Path) -> FileRun:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return FileRun(Took(**kept["took"]), kept["texts"])


def file_figures(call: BenchCall, run: FileRun) -> FileFigures:
    made = FileFigures(call.duration_seconds, run.took)
    for channel, voice in call.voices.items():
        if voice.is_scored:
            made += FileFigures(errors=errors(voice.text, run.texts[channel]))
    return made


class Remembering:
    """A transcriber that keeps what it was given."""

    def __init__(self, transcriber: BatchTranscriber) -> None:
        self._transcriber = transcriber
        self.name = transcriber.name
        self.workers = transcriber.workers
        self.given: list[Sequence[NDArray[np.float32]]] = []

    @property
    def language(self) -> str:
        return self._transcriber.language

    @property
    def notices(self) -> tuple[str, ...]:
        return self._transcriber.notices

    def for_call(self, language: str, glossary: Sequence[str]) -> BatchTranscriber:
        return self._transcriber.for_call(language, glossary)

    def transcribe_all(self, windows: Sequence[NDArray[np.float32]]) -> list[Hypothesis]:
        self.given.append(windows)
        return self._transcriber.transcribe_all(windows)


def run_ours(recording: Path, folder: Path) -> FileRun:
    from dataclasses import replace

    from assistant.audio.files import LONG_FRAME_SECONDS, FileSource
    from ui import compose
    from ui.user_settings import user_settings

    settings = replace(user_settings(), decode_threads=THREADS)
    transcriber = compose.load_batch_transcriber(str(folder), settings)

    def run() -> FileRun:
        remembering = Remembering(transcriber)
        source = FileSource(recording, channels="split", frame_seconds=LONG_FRAME_SECONDS)
        whole, cpu, call = _timed(lambda: compose.reviewed_recording(source, remembering, recording.stem))
        with ThreadPoolExecutor(THREADS) as pool:
            decode, _, _ = _timed(lambda: list(pool.map(transcriber.transcribe_all, remembering.given)))
        texts = {c.value: " ".join(update.text for update in call.utterances if update.channel is c) for c in Channel}
        return FileRun(Took(whole, whole, decode, cpu), texts)

    return _best(run(), run())


def run_theirs(recording: Path, folder: Path) -> FileRun:
    from faster_whisper import BatchedInferencePipeline, WhisperModel, decode_audio
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    def arranged(threads: int, at_once: int) -> FileRun:
        model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, num_workers=at_once)

        def text(samples: Any, has_times: bool) -> str:
            pipeline = BatchedInferencePipeline(model)
            segments, _ = pipeline.transcribe(samples, language="en", beam_size=5, word_timestamps=has_times)
            return " ".join(segment.text.strip() for segment in segments)

        def filtered(samples: Any) -> Any:
            return get_speech_timestamps(samples, VadOptions(max_speech_duration_s=30, min_silence_duration_ms=160))

        def each(does: Callable[[Any], Any]) -> list[Any]:
            sides = decode_audio(str(recording), split_stereo=True)
            with ThreadPoolExecutor(at_once) as pool:
                return list(pool.map(does, sides))

        whole, cpu, texts = _timed(lambda: each(lambda samples: text(samples, has_times=False)))
        timed, _, _ = _timed(lambda: each(lambda samples: text(samples, has_times=True)))
        before, _, _ = _timed(lambda: each(filtered))
        named = {channel.value: said for channel, said in zip(Channel, texts, strict=True)}
        return FileRun(Took(whole, timed, whole - before, cpu), named)

    arranged(1, THREADS)  # what is loaded at the first use is not counted
    return _best(arranged(THREADS, 1), arranged(1, THREADS))


def _timed(does: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall-clock and CPU seconds, and what came of it."""
    began, began_cpu = time.monotonic(), time.process_time()
    made = does()
    return time.monotonic() - began, time.process_time() - began_cpu, made


def _best(one: FileRun, other: FileRun) -> FileRun:
    least = Took(*(min(getattr(one.took, field.name), getattr(other.took, field.name)) for field in fields(Took)))
    return FileRun(least, one.texts)


def main(program: str, recording: Path, folder: Path, result: Path) -> None:
    run = run_ours(recording, folder) if program == "ours" else run_theirs(recording, folder)
    result.write_text(json.dumps(asdict(run)), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["DEPTHCUE_HOME"] = home
        main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
