"""`kill -9` at random moments: of what records, of the program, of both at once. What is lost, and can it be read?"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from assistant.audio.recording import finish, read_recording
from assistant.errors import RecordingError
from assistant.values import SAMPLE_RATE_HZ
from benchmarks.capture.rig import RATE_HZ, Recording
from tests.conftest import VirtualAudio

_EACH_SECONDS = (0.8, 2.5)
_TONE_HZ = 440.0
_HEARD_AMPLITUDE = 0.05
# A program that records and says so: the process that does, and the call's 0.0.
_PROGRAM = """
import sys
from pathlib import Path
from assistant.audio.recorder import RecorderSource
source = RecorderSource("mic", "call")
source.record_into(Path(sys.argv[1]))
told = False
while source.read() is not None:
    if source.origin_seconds is not None and not told:
        told = True
        print(source.process_id, source.origin_seconds, flush=True)
"""


def measure(audio: VirtualAudio, kills: int) -> list[str]:
    """Lines of a report."""
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tone = np.sin(2 * np.pi * _TONE_HZ * np.arange(3600 * RATE_HZ // 4) / RATE_HZ).astype(np.float32) / 4
        soundfile.write(folder / "tone.wav", tone, RATE_HZ)
        players = [audio.play(folder / "tone.wav", sink) for sink in ("micfeed", "call")]
        try:
            recorder_lost, unreadable = _kill_recorder(folder / "one", kills // 2, rng)
            lost: dict[str, list[float]] = {"of the program": [], "of both": []}
            for number in range(kills - kills // 2):
                who = ("of the program", "of both")[number % 2]
                seconds = _kill_program(folder / str(number), rng, who == "of both")
                unreadable += seconds is None
                lost[who] += [] if seconds is None else [seconds]
        finally:
            for player in players:
                player.kill()
                player.wait()
    lines = [f"{kills} kills at random moments: {unreadable} unreadable recordings"]
    for who, all_seconds in {"of the recording process": recorder_lost, **lost}.items():
        if all_seconds:
            median, most = np.median(all_seconds), max(all_seconds)
            lines.append(f"  {who}: {len(all_seconds)}, lost {median:.2f} s (median), at most {most:.2f} s")
    return lines


def _kill_recorder(folder: Path, kills: int, rng: random.Random) -> tuple[list[float], int]:
    """The program goes on each time: what is missing in the one recording, and whether it can't be read."""
    recording = Recording(folder)
    for number in range(kills):
        time.sleep(rng.uniform(*_EACH_SECONDS))
        process_id = recording.source.process_id
        os.kill(process_id, signal.SIGKILL)
        until = time.monotonic() + 20
        while len(recording.gaps) < 2 * (number + 1) and time.monotonic() < until:
            time.sleep(0.02)
    recording.stop()
    gaps = [gap.end_seconds - gap.start_seconds for gap in recording.gaps]
    return gaps, 0 if _is_readable(folder) else 1


def _kill_program(folder: Path, rng: random.Random, with_recorder: bool) -> float | None:
    """Seconds of sound that are missing at the end of the recording; None where it can't be read."""
    program = subprocess.Popen([sys.executable, "-c", _PROGRAM, str(folder)], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    process_id, origin_seconds = program.stdout.readline().split()
    time.sleep(rng.uniform(*_EACH_SECONDS))
    killed_seconds = time.monotonic()
    if with_recorder:
        os.kill(int(process_id), signal.SIGKILL)
    program.kill()
    program.communicate()
    is_readable = _is_readable(folder)  # this is what ends a recording that goes on without its program
    while Path(f"/proc/{process_id}").exists():
        time.sleep(0.01)
    if not is_readable:
        return None
    return max(0.0, killed_seconds - float(origin_seconds) - read_recording(folder).length_seconds)


def _is_readable(folder: Path) -> bool:
    """Both voices are in what is there, and it can be packed."""
    try:
        finish(folder)
        blocks = list(read_recording(folder).blocks())
    except RecordingError:
        return False
    sound = np.concatenate(blocks)[SAMPLE_RATE_HZ // 2 :] / 32768
    return len(sound) > 0 and bool((np.abs(sound).max(axis=0) > _HEARD_AMPLITUDE).all())
