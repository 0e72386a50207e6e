"""A whole recording as fast as it goes, two channels on two threads, in a process of its own:

    python -m benchmarks.streaming.files ours|theirs RECORDING MODEL_FOLDER RESULT

`ours` is what `depthcue transcribe` does, review included; `theirs` is faster-whisper's batched pipeline with its own
settings, beam 5, in the faster of two arrangements: two threads for one channel after the other, or one for each. Both
read the file; loading the model is not counted.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from assistant.values import Channel
from benchmarks.streaming.calls import BenchCall
from benchmarks.streaming.text import NO_ERRORS, Errors, errors

THREADS = 2


@dataclass(frozen=True, slots=True)
class FileRun:
    seconds: float
    texts: dict[str, str]  # of each channel


@dataclass(frozen=True, slots=True)
class FileFigures:
    call_seconds: float = 0.0
    seconds: float = 0.0
    errors: Errors = NO_ERRORS

    def __add__(self, other: FileFigures) -> FileFigures:
        return FileFigures(
            self.call_seconds + other.call_seconds, self.seconds + other.seconds, self.errors + other.errors
        )

    @property
    def speed(self) -> float:
        """Seconds of call, both channels, for each second."""
        return self.call_seconds / self.seconds


def read(path: Path) -> FileRun:
    return FileRun(**json.loads(path.read_text(encoding="utf-8")))


def file_figures(call: BenchCall, run: FileRun) -> FileFigures:
    made = FileFigures(call.duration_seconds, run.seconds)
    for channel, voice in call.voices.items():
        if voice.is_scored:
            made += FileFigures(errors=errors(voice.text, run.texts[channel]))
    return made


def run_ours(recording: Path, folder: Path) -> FileRun:
    from dataclasses import replace

    from assistant.audio.files import LONG_FRAME_SECONDS, FileSource
    from ui import compose

    settings = replace(compose.user_settings(), decode_threads=THREADS)
    transcriber = compose.load_batch_transcriber(str(folder), settings)
    began = time.monotonic()
    call = compose.reviewed_recording(
        FileSource(recording, channels="split", frame_seconds=LONG_FRAME_SECONDS), transcriber, recording.stem
    )
    seconds = time.monotonic() - began
    texts = {c: " ".join(update.text for update in call.utterances if update.channel is c) for c in Channel}
    return FileRun(seconds, {channel.value: text for channel, text in texts.items()})


def run_theirs(recording: Path, folder: Path) -> FileRun:
    from faster_whisper import BatchedInferencePipeline, WhisperModel, decode_audio

    def arranged(threads: int, at_once: int) -> FileRun:
        model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads, num_workers=at_once)
        pipeline = BatchedInferencePipeline(model)

        def text(samples: Any) -> str:
            segments, _ = pipeline.transcribe(samples, language="en", beam_size=5)
            return " ".join(segment.text.strip() for segment in segments)

        began = time.monotonic()
        sides = decode_audio(str(recording), split_stereo=True)
        with ThreadPoolExecutor(at_once) as pool:
            texts = list(pool.map(text, sides))
        seconds = time.monotonic() - began
        return FileRun(seconds, {channel.value: text for channel, text in zip(Channel, texts, strict=True)})

    arranged(1, THREADS)  # what is loaded at the first use is not counted
    return min(arranged(THREADS, 1), arranged(1, THREADS), key=lambda run: run.seconds)


def main(program: str, recording: Path, folder: Path, result: Path) -> None:
    run = run_ours(recording, folder) if program == "ours" else run_theirs(recording, folder)
    result.write_text(json.dumps(asdict(run)), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ["DEPTHCUE_HOME"] = home
        main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]))
