"""The recording process with a real sound server: it records first, alone, and gives out what is on the disk."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.recorder import RecorderSource
from assistant.audio.recorder.disk import RESERVE_BYTES
from assistant.audio.recording import CrashSafeRecorder, finish, read_recording
from assistant.errors import CaptureError, RecordingError
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel, State
from tests.assistant.audio.recorder.reader import Reader, is_alive, on_disk, press_now
from tests.conftest import VirtualAudio
from tests.small_disk import small_disk

YOU, THEM = Channel.YOU, Channel.THEM
NEAR_SECONDS = 0.005  # the call's clock keeps pace with the devices' meanwhile
SOON_SECONDS = 0.5  # a busy machine hands on a signal
pytestmark = pytest.mark.usefixtures("virtual_audio")


@pytest.mark.usefixtures("sound")
def test_what_is_given_out_is_on_the_disk_already_and_stays_the_same(reader: Reader) -> None:
    reader.hear(0.5)
    frames = [item for item in list(reader.items) if isinstance(item, AudioFrame)]
    recorded = on_disk(reader.folder)
    for side, channel in enumerate(Channel):
        for frame in [frame for frame in frames if frame.channel is channel]:
            start = round(frame.start_seconds * SAMPLE_RATE_HZ)
            assert np.array_equal(recorded[start : start + len(frame.samples), side], frame.samples)
    assert reader.source.channels == (YOU, THEM)


def test_a_recorder_with_nothing_to_say_does_not_hang(reader: Reader) -> None:
    reader.source._child.patience_seconds = 2.0
    first = reader.source.process_id
    reader.hear()
    reader.source.pause(time.monotonic())
    time.sleep(2.5)
    reader.source.resume(time.monotonic())
    reader.hear()
    assert reader.source.process_id == first
    assert reader.states() == [State.PAUSED]


@pytest.mark.usefixtures("sound")
def test_a_pause_records_nothing(reader: Reader) -> None:
    reader.hear()
    paused_at_seconds = press_now(reader.source, reader.source.pause)
    reader.wait_until(
        lambda: all(reader.told_seconds(channel) > paused_at_seconds - NEAR_SECONDS for channel in Channel)
    )
    time.sleep(0.5)
    told_seconds = [reader.told_seconds(channel) for channel in Channel]
    assert told_seconds == pytest.approx([paused_at_seconds] * 2, abs=NEAR_SECONDS)
    resumed_at_seconds = press_now(reader.source, reader.source.resume)
    reader.hear()
    reader.close()
    start, beyond = round(max(told_seconds) * SAMPLE_RATE_HZ), round(resumed_at_seconds * SAMPLE_RATE_HZ)
    recorded = on_disk(reader.folder)
    assert recorded[start - 4800 : start].any(axis=0).all()
    assert not recorded[start:beyond].any()
    assert recorded[beyond:].any(axis=0).all()


@pytest.mark.usefixtures("sound")
def test_a_recorder_that_is_told_to_end_by_the_system_keeps_what_was_said(reader: Reader) -> None:
    reader.hear()
    assert reader.source.origin_seconds is not None
    told_at_seconds = time.monotonic() - reader.source.origin_seconds
    os.kill(reader.source.process_id, signal.SIGTERM)
    reader.join()
    for channel in Channel:
        assert told_at_seconds - NEAR_SECONDS < reader.told_seconds(channel) < told_at_seconds + SOON_SECONDS


def test_a_disk_that_fills_ends_the_recording_while_it_can_still_be_packed(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        if not disk.is_mounted:
            disk.leave(64_000)
        else:
            disk.leave(RESERVE_BYTES + 64_000)
        reader = Reader(disk.folder / "call")
        reader.join()
        assert isinstance(reader.failure, RecordingError)
        assert reader.states()[-1] is State.DISK_FULL
        assert not is_alive(reader.source.process_id)
        if disk.is_mounted:
            assert finish(disk.folder / "call") is not None
        assert read_recording(disk.folder / "call").length_seconds > 0.5


def test_what_cannot_be_recorded_is_refused_in_the_same_words(virtual_audio: VirtualAudio, tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match='there is no microphone "Headset"'):
        RecorderSource("Headset")
    (tmp_path / "call.flac").write_bytes(b"")
    source = RecorderSource()
    with pytest.raises(RecordingError, match="already"):
        source.record_into(tmp_path)
    source.close()
    assert not is_alive(source.process_id)


def test_two_recorders_never_write_one_recording(reader: Reader) -> None:
    with pytest.raises(RecordingError, match="already"):
        CrashSafeRecorder(reader.folder, tuple(Channel), goes_on=True)


@pytest.mark.usefixtures("sound")
def test_a_recorder_that_is_held_up_for_a_while_catches_up_and_lost_nothing(reader: Reader) -> None:
    reader.hear()
    os.kill(reader.source.process_id, signal.SIGSTOP)
    time.sleep(1.0)
    os.kill(reader.source.process_id, signal.SIGCONT)
    reader.hear(1.2)
    reader.close()
    lost = [gap.end_seconds - gap.start_seconds for channel in Channel for gap in reader.gaps(channel)]
    assert sum(lost) < 0.5, "a busy machine may lose a little by itself"
