"""Runs the real command, in this process or in one of its own, and reads what it leaves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from assistant.demo import INTERVIEW
from ui.cli import main

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "ui.cli"]
PATIENCE_SECONDS = 60.0  # with a command that is under way
RECORDING = "Recording both voices"  # how `listen` says that it has begun
ONE_CLAIM = (24.4, 27.7)  # "I increased revenue by 7000%."


def cut_of_interview(start_seconds: float, end_seconds: float) -> tuple[NDArray[np.int16], int]:
    """(samples, 2) int16 and the rate in Hz of a stretch of the bundled interview."""
    rate_hz = soundfile.info(INTERVIEW).samplerate
    start, stop = round(start_seconds * rate_hz), round(end_seconds * rate_hz)
    samples, _ = soundfile.read(INTERVIEW, start=start, stop=stop, dtype="int16", always_2d=True)
    return samples, rate_hz


def write_wav(path: Path, samples: NDArray[np.int16], rate_hz: int) -> Path:
    """`samples` is (samples, channels) or (samples,) int16."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def write_cut(path: Path, cut_seconds: tuple[float, float] = ONE_CLAIM) -> Path:
    return write_wav(path, *cut_of_interview(*cut_seconds))


def depthcue(*arguments: object) -> int:
    """The exit code of the command in this process."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as ended:  # what argparse does with what it does not understand
        return int(ended.code or 0)


def start(*arguments: object, home: Path, environment: Mapping[str, str] | None = None, **options: Any) -> Any:
    """The command as a process, with `home` as its folder; `options` are those of `subprocess.Popen`."""
    env = {**os.environ, **(environment or {}), "DEPTHCUE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    piped: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [*COMMAND, *map(str, arguments)], env=env, text=True, encoding="utf-8", **{**piped, **options}
    )


def events_in(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def without_clock(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What stays the same at any speed: all but the wall's clock, and the text that was on its way."""
    return [
        {key: value for key, value in event.items() if key != "wall_s"}
        for event in events
        if event["type"] not in ("partial", "committed")
    ]


def words_in(events: list[dict[str, Any]], channel: str) -> str:
    """The final text of a channel."""
    finals = {event["utterance"]: event for event in events if event["type"] == "final"}
    said = [word for final in finals.values() if final["channel"] == channel for word in final["words"]]
    return " ".join(word["text"] for word in sorted(said, key=lambda word: word["start_s"]))


def claims_in(events: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """Flags and follow-ups in their order: kind and quote, question, and why it went."""
    questions = {event["id"]: event["question"] for event in events if event["type"] == "follow_up"}
    told: list[tuple[str, ...]] = []
    for event in events:
        match event["type"]:
            case "flag":
                told.append(("flag", event["kind"], event["quote"]))
            case "flag_withdrawn":
                told.append(("withdrawn", event["id"]))
            case "follow_up":
                told.append(("ask", event["question"]))
            case "follow_up_retired":
                told.append((event["retired_why"], questions[event["id"]]))
    return told
