"""A recording on the disk: as it grows, packed, and read again."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.audio.recording import CrashSafeRecorder, find_recording, finish, read_recording
from assistant.errors import RecordingError
from assistant.values import AudioGap, Channel
from tests.assistant.audio.numbered import RATE, child, counting, frame, heard, record


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
    with pytest.raises(RecordingError, match=r"can't be read \([^/]+\)\."):  # where it is stands before
        read_recording(tmp_path)


def test_a_folder_whose_name_is_no_unicode_is_recorded_to_and_read(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/jos\xe9"))  # of a home from before UTF-8
    record(folder, frame(Channel.YOU, 0, RATE))
    finish(folder)
    assert np.array_equal(heard(folder)[:, 0], counting(0, RATE))


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
