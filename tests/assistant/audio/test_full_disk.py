"""A recording on a disk that is full."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.errors import RecordingError
from assistant.values import AudioFrame, Channel
from tests.assistant.audio.numbered import counting, frame, heard, record
from tests.small_disk import SmallDisk, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


def test_a_full_disk_keeps_what_was_written_and_says_so(disk: SmallDisk) -> None:
    disk.leave(150_000)
    recorder = CrashSafeRecorder(disk.folder / "call", (Channel.YOU,))
    written = 0
    with pytest.raises(RecordingError, match=r"The first \d+ s are kept in .*call.*Free some space") as caught:
        while True:
            recorder.write(frame(Channel.YOU, written, 1111))
            written += 1111
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.__cause__.errno in (errno.ENOSPC, errno.EFBIG)
    assert written > 60_000
    recorder.close()
    kept = heard(disk.folder / "call")[:, 0]
    assert len(kept) >= written
    assert np.array_equal(kept, counting(0, len(kept)))


def test_recording_goes_on_at_the_right_time_once_there_is_space(disk: SmallDisk) -> None:
    disk.leave(50_000)
    recorder = CrashSafeRecorder(disk.folder / "call", (Channel.YOU,))
    with pytest.raises(RecordingError):
        recorder.write(frame(Channel.YOU, 0, 100_000))
    kept = len(heard(disk.folder / "call"))
    assert 20_000 < kept < 30_000
    disk.leave(600_000)
    recorder.write(frame(Channel.YOU, 100_000, 100))
    recorder.close()
    samples = heard(disk.folder / "call")[:, 0]
    assert np.array_equal(samples[:kept], counting(0, kept))
    assert not samples[kept:100_000].any()
    assert np.array_equal(samples[100_000:], counting(100_000, 100))


def test_a_disk_too_full_to_finish_keeps_the_raw_sound(disk: SmallDisk) -> None:
    folder = disk.folder / "call"
    sound = np.random.default_rng(1).integers(-30_000, 30_000, 60_000).astype(np.int16)
    record(folder, AudioFrame(Channel.THEM, 0.0, sound))
    disk.leave(50_000)
    with pytest.raises(RecordingError, match=r"Nothing is lost.*call.*Free some space"):
        finish(folder)
    assert [file.name for file in folder.iterdir() if file.stat().st_size] == ["them.pcm"]
    assert np.array_equal(heard(folder)[:, 1], sound)
    disk.leave(600_000)
    finish(folder)
    assert np.array_equal(heard(folder)[:, 1], sound)


def test_free_seconds_is_the_space_at_this_rate(tmp_path: Path) -> None:
    both = CrashSafeRecorder(tmp_path / "both", tuple(Channel))
    one = CrashSafeRecorder(tmp_path / "one", (Channel.YOU,))
    free_bytes = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    assert both.free_seconds() == pytest.approx(free_bytes / 64_000, rel=0.05)
    assert one.free_seconds() == pytest.approx(2 * both.free_seconds(), rel=0.05)
    both.close()
    one.close()
