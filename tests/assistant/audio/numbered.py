"""Recordings in which every sample says where it belongs."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.audio.recording import CrashSafeRecorder, read_recording
from assistant.values import AudioFrame, AudioGap, Channel

RATE = 16_000


def counting(first: int, count: int) -> NDArray[np.int16]:
    """Sound in which every sample says where it belongs."""
    return (np.arange(first, first + count) % 30_000 + 1).astype(np.int16)


def frame(channel: Channel, start: int, count: int) -> AudioFrame:
    return AudioFrame(channel, start / RATE, counting(start, count))


def heard(folder: Path, start_seconds: float = 0.0) -> NDArray[np.int16]:
    blocks = list(read_recording(folder).blocks(start_seconds))
    return np.concatenate([np.zeros((0, 2), np.int16), *blocks])


def record(folder: Path, *items: AudioFrame | AudioGap) -> None:
    recorder = CrashSafeRecorder(folder, tuple(Channel))
    for item in items:
        recorder.write(item)
    recorder.close()


def child(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(folder)], stdout=subprocess.PIPE, text=True
    )
