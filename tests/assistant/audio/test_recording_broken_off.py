"""What is left of a recording whose program is killed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from assistant.audio.recording import finish
from assistant.values import AudioFrame, Channel
from tests.assistant.audio.numbered import RATE, child, counting, frame, heard, record

RECORDING_CHILD = """
    import sys, numpy as np
    from pathlib import Path
    from assistant.audio.recording import CrashSafeRecorder
    from assistant.values import AudioFrame, Channel
    recorder = CrashSafeRecorder(Path(sys.argv[1]), tuple(Channel))
    start = 0
    while True:
        samples = (np.arange(start, start + 333) % 30_000 + 1).astype(np.int16)
        for channel in Channel:
            recorder.write(AudioFrame(channel, start / 16_000, samples))
        start += 333
        print(start, flush=True)
"""
FINISHING_CHILD = """
    import sys
    from pathlib import Path
    from assistant.audio.recording import finish
    print("now", flush=True)
    finish(Path(sys.argv[1]))
"""


def test_finishing_after_a_crash_in_the_middle_of_it(tmp_path: Path) -> None:
    record(tmp_path, frame(Channel.YOU, 0, 4000))
    before = heard(tmp_path)
    (tmp_path / "call.flac.part").write_bytes(b"half a file")
    finish(tmp_path)
    (tmp_path / "them.pcm").write_bytes(b"")  # the crash came before this one was removed
    assert finish(tmp_path) == tmp_path / "call.flac"
    assert np.array_equal(heard(tmp_path), before)
    assert [file.name for file in tmp_path.iterdir()] == ["call.flac"]


def test_kill_while_recording_keeps_everything_that_was_written(tmp_path: Path) -> None:
    with child(RECORDING_CHILD, tmp_path / "call") as process:
        assert process.stdout
        printed = [process.stdout.readline() for _ in range(200)]
        process.kill()
        written = int([*printed, *process.stdout.read().split()][-1])
    for _ in ("raw", "finished"):
        samples = heard(tmp_path / "call")
        for column in range(2):
            assert np.array_equal(samples[:written, column], counting(0, written))
        assert written <= len(samples) <= written + 333
        finish(tmp_path / "call")


def test_kill_while_finishing_loses_nothing(tmp_path: Path) -> None:
    sound = counting(0, 120 * RATE)
    for attempt, delay_seconds in enumerate((0.0, 0.02, 0.05, 0.1, 0.2)):
        folder = tmp_path / str(attempt)
        record(folder, AudioFrame(Channel.THEM, 0.0, sound))
        with child(FINISHING_CHILD, folder) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(delay_seconds)
            process.kill()
        assert np.array_equal(heard(folder)[:, 1], sound)
        finish(folder)
        assert np.array_equal(heard(folder)[:, 1], sound)
        assert [file.name for file in folder.iterdir()] == ["call.flac"]


def test_a_file_cut_at_any_byte_is_readable(tmp_path: Path) -> None:
    record(tmp_path, frame(Channel.YOU, 0, 1000), frame(Channel.THEM, 0, 1000))
    for size in (1999, 1001, 3, 1):
        os.truncate(tmp_path / "them.pcm", size)
        assert np.array_equal(heard(tmp_path)[: size // 2, 1], counting(0, size // 2))
        assert np.array_equal(heard(tmp_path)[:, 0], counting(0, 1000))
