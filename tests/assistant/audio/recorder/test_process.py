"""The loop of the recording process, in this process."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.capture import open_live
from assistant.audio.recorder.outbox import Outbox
from assistant.audio.recorder.process import ASLEEP, RecordingLoop
from assistant.audio.recorder.sleep import SleepWatch
from assistant.audio.recorder.wire import receive
from assistant.audio.recording import CrashSafeRecorder, read_recording
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, Status
from tests.assistant.audio.recorder.reader import on_disk

YOU, THEM = Channel.YOU, Channel.THEM


@pytest.mark.usefixtures("virtual_audio")
def test_a_recorder_that_is_left_alone_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.audio.recorder.process.ALONE_SECONDS", 0.2)
    folder, (ours, theirs) = tmp_path / "call", os.pipe()
    os.close(ours)
    recorder = CrashSafeRecorder(folder, (YOU, THEM))
    source = open_live()
    try:
        loop = RecordingLoop(source, recorder, folder, Outbox(theirs))
        loop.alone_since_seconds = time.monotonic()
        loop.run()
    finally:
        source.close()
        recorder.close()
        os.close(theirs)
    assert read_recording(folder).length_seconds < 5.0


class _Scripted:
    """A source of one frame after the other, between which the computer sleeps."""

    channels = (YOU, THEM)
    origin_seconds = 50.0

    def __init__(self, sleeps: Callable[[int], None]) -> None:
        self._sleeps = sleeps
        self._frames = iter(range(20))

    def wait(self, timeout_seconds: float) -> bool:
        return True

    def read(self) -> AudioFrame | None:
        number = next(self._frames, None)
        if number is None:
            return None
        self._sleeps(number)
        return AudioFrame(Channel((YOU, THEM)[number % 2]), number // 2 * 0.02, np.full(320, number + 1, np.int16))


def test_a_sleep_of_the_computer_is_a_gap_and_the_call_goes_on(tmp_path: Path) -> None:
    clock = {"awake": 0.0, "always": 0.0}

    def sleeps(number: int) -> None:
        clock["always"] += 600.0 if number == 10 else 0.0

    ours, theirs = os.pipe()
    recorder = CrashSafeRecorder(tmp_path, (YOU, THEM))
    watch = SleepWatch(lambda: clock["awake"], lambda: clock["always"])
    loop = RecordingLoop(_Scripted(sleeps), recorder, tmp_path, Outbox(theirs), watch)  # type: ignore[arg-type]
    loop.run()
    recorder.close()
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        messages = list(iter(lambda: receive(pipe), None))
    gaps = [message for message in messages if isinstance(message, AudioGap)]
    assert gaps == [AudioGap(channel, 0.1, 600.1, ASLEEP) for channel in (YOU, THEM)]
    assert any("slept for 10 min" in message.message for message in messages if isinstance(message, Status))
    recorded = on_disk(tmp_path)
    assert len(recorded) == round(600.2 * SAMPLE_RATE_HZ)
    assert recorded[round(600.1 * SAMPLE_RATE_HZ)].tolist() == [11, 12]
    assert not recorded[1600 : round(600.1 * SAMPLE_RATE_HZ)].any()


@pytest.mark.parametrize(
    ("press", "at_seconds", "is_told"),
    [
        ("begin", 50.05, False),
        ("begin", 50.11, True),  # it was still heard when the computer fell asleep
        ("stop", 50.15, True),
        ("stop", 50.05, False),
    ],
)
def test_a_sleep_is_told_where_the_moment_before_it_is_kept(
    tmp_path: Path, press: str, at_seconds: float, is_told: bool
) -> None:
    clock = {"always": 0.0}

    def sleeps(number: int) -> None:
        if number == 10:
            clock["always"] = 600.0
            getattr(loop.pauses, press)(at_seconds)

    ours, theirs = os.pipe()
    recorder = CrashSafeRecorder(tmp_path, (YOU, THEM))
    watch = SleepWatch(lambda: 0.0, lambda: clock["always"])
    loop = RecordingLoop(_Scripted(sleeps), recorder, tmp_path, Outbox(theirs), watch)  # type: ignore[arg-type]
    loop.run()
    recorder.close()
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        gaps = [message for message in iter(lambda: receive(pipe), None) if isinstance(message, AudioGap)]
    assert gaps == ([AudioGap(channel, 0.1, 600.1, ASLEEP) for channel in (YOU, THEM)] if is_told else [])
