from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from assistant.audio.recording import CrashSafeRecorder, find_recording, finish, read_recording
from assistant.errors import RecordingError
from assistant.values import AudioFrame, AudioGap, Channel
from tests.small_disk import SmallDisk, small_disk

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


def test_channels_are_left_you_right_them_raw_and_finished(tmp_path: Path) -> None:
    record(tmp_path, frame(Channel.YOU, 0, 500), frame(Channel.THEM, 0, 700), frame(Channel.YOU, 500, 100))
    raw = heard(tmp_path)
    assert np.array_equal(raw[:600, 0], counting(0, 600))
    assert np.array_equal(raw[:, 1], counting(0, 700))
    assert not raw[600:, 0].any()  # the shorter one is silent to the end

    path = finish(tmp_path)
    assert path == tmp_path / "call.flac"
    assert soundfile.info(path).subtype == "PCM_16"
    assert [file.name for file in tmp_path.iterdir()] == ["call.flac"]
    assert np.array_equal(heard(tmp_path), raw)
    assert np.array_equal(heard(path), raw)
    assert path.stat().st_mode & 0o777 == 0o600


def test_frames_stand_at_their_times(tmp_path: Path) -> None:
    record(
        tmp_path,
        frame(Channel.THEM, 320, 160),
        AudioGap(Channel.THEM, 480 / RATE, 800 / RATE, "the program was busy"),
        frame(Channel.THEM, 800, 160),
        frame(Channel.THEM, 880, 160),  # its first half is there already
        frame(Channel.THEM, 0, 160),  # long past
        AudioGap(Channel.YOU, 0.0, 100 / RATE, "no microphone"),
    )
    samples = heard(tmp_path)
    assert len(samples) == 1040
    assert not samples[:320, 1].any()
    assert np.array_equal(samples[320:480, 1], counting(320, 160))
    assert not samples[480:800, 1].any()
    assert np.array_equal(samples[800:, 1], counting(800, 240))
    assert not samples[:, 0].any()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400), st.booleans()), max_size=12), st.data())
def test_any_order_of_holes_and_frames_keeps_the_clock(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[tuple[int, int, bool]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("call")
    truth: dict[Channel, list[int]] = {channel: [] for channel in Channel}
    recorder = CrashSafeRecorder(folder, tuple(Channel))
    for hole, length, is_gap in pieces:
        channel = data.draw(st.sampled_from(Channel))
        start = len(truth[channel]) + hole
        if is_gap:
            recorder.write(AudioGap(channel, start / RATE, (start + length) / RATE, "asleep"))
            truth[channel] += [0] * (hole + length)
        else:
            recorder.write(frame(channel, start, length))
            truth[channel] += [0] * hole + counting(start, length).tolist()
    recorder.close()
    samples = heard(folder)
    assert len(samples) == max(map(len, truth.values()))
    for column, channel in enumerate(Channel):
        assert samples[: len(truth[channel]), column].tolist() == truth[channel]
        assert not samples[len(truth[channel]) :, column].any()
    if len(samples):
        finish(folder)
        assert np.array_equal(heard(folder), samples)


def test_a_night_of_sleep_costs_no_disk(tmp_path: Path) -> None:
    record(tmp_path, frame(Channel.YOU, 0, 160), frame(Channel.YOU, 8 * 3600 * RATE, 160))
    file = tmp_path / "you.pcm"
    assert read_recording(tmp_path).length_seconds == pytest.approx(8 * 3600 + 0.01)
    assert file.stat().st_blocks * 512 < 1_000_000


def test_reading_can_start_in_the_middle(tmp_path: Path) -> None:
    record(tmp_path, frame(Channel.YOU, 0, 25 * RATE))
    for _ in ("raw", "finished"):
        assert np.array_equal(heard(tmp_path, 11.5)[:, 0], counting(round(11.5 * RATE), round(13.5 * RATE)))
        assert len(heard(tmp_path, 99.0)) == 0
        finish(tmp_path)


def test_one_channel_leaves_the_other_silent(tmp_path: Path) -> None:
    recorder = CrashSafeRecorder(tmp_path, (Channel.THEM,))
    recorder.write(frame(Channel.THEM, 0, 480))
    recorder.close()
    finish(tmp_path)
    samples = heard(tmp_path)
    assert not samples[:, 0].any()
    assert np.array_equal(samples[:, 1], counting(0, 480))


def test_it_can_be_read_while_it_grows(tmp_path: Path) -> None:
    recorder = CrashSafeRecorder(tmp_path, tuple(Channel))
    recorder.write(frame(Channel.YOU, 0, 160))
    recording = read_recording(tmp_path)
    recorder.write(frame(Channel.YOU, 160, 160))
    assert sum(map(len, recording.blocks())) == 160
    assert len(heard(tmp_path)) == 320
    recorder.close()


def test_nothing_heard_leaves_nothing(tmp_path: Path) -> None:
    record(tmp_path)
    assert finish(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(RecordingError, match="no recording"):
        finish(tmp_path)


def test_a_recording_is_never_started_over(tmp_path: Path) -> None:
    record(tmp_path, frame(Channel.YOU, 0, 160))
    for _ in ("raw", "finished"):
        before = heard(tmp_path)
        with pytest.raises(RecordingError, match="already"):
            CrashSafeRecorder(tmp_path, tuple(Channel))
        assert np.array_equal(heard(tmp_path), before)
        finish(tmp_path)


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(RecordingError, match=r"can't be started.*writable"):
        CrashSafeRecorder(tmp_path / "file" / "call", tuple(Channel))


def test_a_damaged_file_is_said_to_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "call.flac").write_bytes(b"fLaC" + bytes(100))
    with pytest.raises(RecordingError, match="can't be read"):
        read_recording(tmp_path)


def test_finishing_after_a_crash_in_the_middle_of_it(tmp_path: Path) -> None:
    record(tmp_path, frame(Channel.YOU, 0, 4000))
    before = heard(tmp_path)
    (tmp_path / "call.flac.part").write_bytes(b"half a file")
    finish(tmp_path)
    (tmp_path / "them.pcm").write_bytes(b"")  # the crash came before this one was removed
    assert finish(tmp_path) == tmp_path / "call.flac"
    assert np.array_equal(heard(tmp_path), before)
    assert [file.name for file in tmp_path.iterdir()] == ["call.flac"]


def test_a_packed_file_that_differs_never_replaces_the_raw_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(tmp_path, frame(Channel.YOU, 0, 4000))
    write = soundfile.SoundFile.write
    monkeypatch.setattr(soundfile.SoundFile, "write", lambda self, block: write(self, block[:-1]))
    with pytest.raises(RecordingError, match="differs"):
        finish(tmp_path)
    assert np.array_equal(heard(tmp_path)[:, 0], counting(0, 4000))
    assert find_recording(tmp_path) == tmp_path
    assert not (tmp_path / "call.flac.part").exists()


# --- kill -9 -------------------------------------------------------------------------------------------------------

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


def child(code: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(folder)], stdout=subprocess.PIPE, text=True
    )


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


# --- a full disk ---------------------------------------------------------------------------------------------------


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


def test_memory_does_not_grow_with_length(tmp_path: Path) -> None:
    """An hour of sound that can't be held: 230 MB against a limit of 60 MB above what the modules need."""
    hour = tmp_path / "you.pcm"
    hour.write_bytes(b"")
    os.truncate(hour, 3600 * RATE * 2)
    code = """
        import resource, sys
        from pathlib import Path
        from assistant.audio.recording import finish
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        finish(Path(sys.argv[1]))
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """
    with child(code, tmp_path) as process:
        assert process.stdout
        grown_kib = int(process.stdout.read())
    assert grown_kib < 60_000
    assert soundfile.info(tmp_path / "call.flac").frames == 3600 * RATE
