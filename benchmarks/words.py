"""Word error rates of a session's finals against offline decoding with the same weights, and what the decodes cost.

    python -m benchmarks.words [FOLDER ...]

Without a folder: the bundled interview. A FOLDER holds calls as `NAME.json` (sentences with `speaker` and `text`)
beside `NAME.flac`, `.ogg` or `.wav` (left interviewer, right candidate). Prints a table; asserts nothing.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.audio.files import FileSource
from assistant.demo import INTERVIEW, TRUTH
from assistant.values import AudioFrame, Channel
from benchmarks.streaming.text import NO_ERRORS, Errors, errors
from models.weights import choose_default, locate
from models.whisper import WhisperTranscriber
from ui import compose

SPEAKERS = {Channel.YOU: "interviewer", Channel.THEM: "candidate"}


def calls(folders: list[Path]) -> Iterator[tuple[Path, Path]]:
    """(truth, recording) of each call."""
    if not folders:
        yield TRUTH, INTERVIEW
    for folder in folders:
        for truth in sorted(folder.glob("*.json")):
            for suffix in (".flac", ".ogg", ".wav"):
                if truth.with_suffix(suffix).exists():
                    yield truth, truth.with_suffix(suffix)


def channel_samples(recording: Path) -> dict[Channel, np.ndarray]:
    """Each voice of a recording: (samples,) float32 at 16 kHz."""
    pieces: dict[Channel, list[np.ndarray]] = {channel: [] for channel in Channel}
    source = FileSource(recording, channels="split")
    while (item := source.read()) is not None:
        if isinstance(item, AudioFrame):
            pieces[item.channel].append(item.samples)
    return {channel: np.concatenate(part).astype(np.float32) / 32768 for channel, part in pieces.items()}


def offline_text(transcriber: WhisperTranscriber, samples: np.ndarray) -> str:
    segments, _ = transcriber.engine.transcribe(samples, language="en", beam_size=5, condition_on_previous_text=False)
    return " ".join(segment.text for segment in segments)


def main(folders: list[Path]) -> None:
    data_folder = Path(tempfile.mkdtemp())
    located = locate(choose_default(data_folder), data_folder)
    transcriber = WhisperTranscriber(located.folder, located.name)
    totals = {channel: [NO_ERRORS, NO_ERRORS] for channel in Channel}
    print(
        f"model {located.name}, int8, beam 5; wrong words of all\n"
        f"{'call':12} {'voice':12} {'session':>14} {'offline':>14}"
    )
    for truth_path, recording in calls(folders):
        truth = json.loads(truth_path.read_text(encoding="utf-8"))
        started = time.monotonic()
        call = compose.reviewed_recording(FileSource(recording, channels="split"), transcriber, truth_path.stem)
        seconds = time.monotonic() - started
        for channel, samples in channel_samples(recording).items():
            reference = " ".join(s["text"] for s in truth["sentences"] if s["speaker"] == SPEAKERS[channel])
            text = " ".join(update.text for update in call.utterances if update.channel is channel)
            measured = [errors(reference, said) for said in (text, offline_text(transcriber, samples))]
            totals[channel] = [total + more for total, more in zip(totals[channel], measured, strict=True)]
            print(_line(truth_path.stem, channel, measured))
        print(
            f"{'':12} both voices in {seconds:.1f} s: {call.duration_seconds / seconds:.1f} times the speed of speech"
        )
    for channel, measured in totals.items():
        print(_line("all", channel, measured))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _line(name: str, channel: Channel, measured: list[Errors]) -> str:
    cells = [f"{100 * one.share:.1f} % ({one.wrong})" for one in measured]
    return f"{name:12} {SPEAKERS[channel]:12} {cells[0]:>14} {cells[1]:>14}"


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
