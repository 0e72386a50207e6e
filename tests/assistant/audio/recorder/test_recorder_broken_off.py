"""The recording process killed, hung or left alone: whatever ends, what it heard is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.recorder import RecorderSource
from assistant.audio.recorder.child import Child
from assistant.audio.recorder.source import BROKE_OFF
from assistant.audio.recorder.wire import Fact
from assistant.audio.recording import finish, read_recording
from assistant.errors import CaptureError
from assistant.sealing import keys
from assistant.sealing.keys import HistoryKey, is_sealed
from assistant.values import PAUSED, SAMPLE_RATE_HZ, AudioFrame, Channel, State, Status
from tests.assistant.audio.recorder.reader import Reader, is_alive, on_disk, press_now
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("virtual_audio")


@pytest.mark.usefixtures("sound")
def test_a_recorder_that_is_killed_is_succeeded_at_once_in_the_same_recording(reader: Reader) -> None:
    reader.hear()
    first = reader.source.process_id
    os.kill(first, signal.SIGKILL)
    reader.wait_until(lambda: all(reader.breaks(channel) for channel in Channel))
    reader.hear(0.1)
    assert reader.source.process_id != first
    reader.close()
    assert State.WARNING in reader.states()
    recorded = on_disk(reader.folder)
    for side, channel in enumerate(Channel):
        (gap,) = reader.breaks(channel)
        assert gap.end_seconds > gap.start_seconds
        items = [item for item in reader.items if not isinstance(item, Status) and item.channel is channel]
        for before, after in pairwise(items):
            assert after.start_seconds == pytest.approx(before.end_seconds, abs=1e-4)
        after_gap = round(gap.end_seconds * SAMPLE_RATE_HZ)
        assert recorded[after_gap : after_gap + 1600, side].any(), "on the same clock"
        assert recorded[: round(gap.start_seconds * SAMPLE_RATE_HZ), side].any()
    finish(reader.folder)


PROGRAM = """
    import sys
    from pathlib import Path
    from assistant.audio.recorder import RecorderSource
    source = RecorderSource()
    source.record_into(Path(sys.argv[1]))
    print(source.process_id, flush=True)
    while (item := source.read()) is not None:
        print(getattr(item, "end_seconds", 0.0), flush=True)
"""


def start_program(folder: Path) -> tuple[subprocess.Popen[str], int]:
    """A program that records, and its recorder's process."""
    code = textwrap.dedent(PROGRAM)
    program = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    recorder = int(program.stdout.readline())
    while float(program.stdout.readline()) < 0.5:
        pass
    return program, recorder


@pytest.mark.usefixtures("sound")
def test_a_program_that_crashes_takes_no_sound_along_until_somebody_makes_the_call_whole(tmp_path: Path) -> None:
    folder = tmp_path / "call"
    program, recorder = start_program(folder)
    with program:
        program.send_signal(signal.SIGSEGV)
    wanted_samples = read_recording(folder).length_samples + round(1.5 * SAMPLE_RATE_HZ)
    wait_until(lambda: read_recording(folder).length_samples >= wanted_samples, lambda: "the recording did not go on")
    assert finish(folder) is not None
    wait_until(lambda: not is_alive(recorder))
    recorded = on_disk(folder)
    assert len(recorded) >= wanted_samples
    assert recorded[-1600:].any()
    assert sorted(path.name for path in folder.iterdir()) == ["call.flac"]


def test_nothing_goes_on_in_a_pause_that_nobody_can_end(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "call")
    reader.hear()
    recorder = reader.source.process_id
    reader.source.pause(time.monotonic())
    pipe = reader.source._child.process.stdin
    assert pipe is not None
    pipe.close()  # as when the program crashes
    wait_until(lambda: not is_alive(recorder))
    reader.close()


@pytest.mark.usefixtures("sound")
def test_a_recorder_that_hangs_is_replaced_in_the_same_recording(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.source._child.patience_seconds = 1.0
    reader.hear()
    first = reader.source.process_id
    os.kill(first, signal.SIGSTOP)
    reader.wait_until(lambda: all(reader.breaks(channel) for channel in Channel))
    reader.hear(0.1)
    assert not is_alive(first)
    (told,) = [item for item in reader.items if isinstance(item, Status)]
    assert "hung" in told.message
    reader.close()
    assert on_disk(reader.folder)[-1600:].any()


def test_a_call_ends_although_its_recorder_hangs(reader: Reader) -> None:
    reader.source._child.patience_seconds = 0.5
    reader.hear()
    os.kill(reader.source.process_id, signal.SIGSTOP)
    reader.close()
    assert not is_alive(reader.source.process_id)


def test_a_recorder_that_does_not_open_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    hung = [sys.executable, "-c", "import time; time.sleep(60)"]  # as where the sound server hangs
    monkeypatch.setattr("assistant.audio.recorder.child._COMMAND", hung)
    monkeypatch.setattr("assistant.audio.recorder.child.OPENING_SECONDS", 0.5)
    with pytest.raises(CaptureError, match="does not answer"):
        RecorderSource()


@pytest.mark.usefixtures("sound")
def test_an_encrypted_recording_goes_on_after_a_kill_and_its_key_is_nowhere_to_be_seen(tmp_path: Path) -> None:
    history = HistoryKey(os.urandom(16), os.urandom(32))
    keys.remember(history)
    key = history.for_new_file()
    reader = Reader(tmp_path / "call", key)
    try:
        reader.hear()
        first = reader.source.process_id
        seen = b"".join(Path(f"/proc/{first}/{file}").read_bytes() for file in ("cmdline", "environ"))
        assert key.secret not in seen and key.secret.hex().encode() not in seen
        os.kill(first, signal.SIGKILL)
        reader.wait_until(lambda: all(reader.gaps(channel) for channel in Channel))
        reader.hear()
    finally:
        reader.close()
    frames = [item for item in reader.items if isinstance(item, AudioFrame)]
    assert all(is_sealed(reader.folder / f"{channel.value}.pcm") for channel in Channel)
    recorded = on_disk(reader.folder)
    loud = max(frames, key=lambda frame: np.abs(frame.samples.astype(np.int32)).max())
    assert not any(loud.samples.tobytes() in path.read_bytes() for path in reader.folder.iterdir())
    for side, channel in enumerate(Channel):
        last = [frame for frame in frames if frame.channel is channel][-1]
        start = round(last.start_seconds * SAMPLE_RATE_HZ)
        assert np.array_equal(recorded[start : start + len(last.samples), side], last.samples)
    path = finish(reader.folder)
    assert path is not None and is_sealed(path)
    assert np.array_equal(on_disk(reader.folder), recorded)
    keys.forget_all()


@pytest.mark.usefixtures("sound")
def test_a_kill_after_a_pause_tells_what_it_missed_and_the_pause_once(reader: Reader) -> None:
    reader.hear()
    reader.source.pause(time.monotonic())
    reader.wait_until(lambda: State.PAUSED in reader.states())
    reader.source.resume(time.monotonic())
    reader.hear()
    os.kill(reader.source.process_id, signal.SIGKILL)
    reader.wait_until(lambda: all(reader.breaks(channel) for channel in Channel))
    reader.hear(0.1)
    for channel in Channel:
        assert [gap.reason for gap in reader.gaps(channel)] == [PAUSED, BROKE_OFF]
        items = [item for item in reader.items if not isinstance(item, Status) and item.channel is channel]
        for before, after in pairwise(items):
            assert after.start_seconds == pytest.approx(before.end_seconds, abs=1e-4)


def test_a_kill_in_a_pause_does_not_end_the_pause(reader: Reader) -> None:
    reader.hear()
    pressed_seconds = press_now(reader.source, reader.source.pause)
    os.kill(reader.source.process_id, signal.SIGKILL)
    reader.wait_until(lambda: State.WARNING in reader.states())
    time.sleep(0.8)
    # A sound server gives the successor the whole block that it is filling: its beginning may lie before the press.
    ends_seconds = [item.end_seconds for item in reader.items if isinstance(item, AudioFrame)]
    assert max(ends_seconds) <= pressed_seconds + 1 / SAMPLE_RATE_HZ
    heard = len(reader.items)
    resumed_seconds = press_now(reader.source, reader.source.resume)
    reader.hear()
    resumed = [item for item in reader.items[heard:] if isinstance(item, AudioFrame)]
    assert min(frame.start_seconds for frame in resumed) > resumed_seconds


def press_before_a_successor_is_told_to_record(
    source: RecorderSource, press: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> list[float]:
    """It has opened the devices, and hears. Returns, once it was pressed, where the call's clock stood."""
    pressed: list[float] = []
    answer = Child.answer

    def answers(child: Child) -> Fact:
        fact = answer(child)
        if "channels" in fact.values:
            time.sleep(0.6)  # what it hears by now waits to be recorded
            pressed.append(press_now(source, press))
        return fact

    monkeypatch.setattr(Child, "answer", answers)
    return pressed


@pytest.mark.usefixtures("sound")
def test_a_pause_that_ends_before_a_successor_can_be_told_is_kept_to_its_end(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.hear()
    paused_at_seconds = press_now(reader.source, reader.source.pause)
    pressed = press_before_a_successor_is_told_to_record(reader.source, reader.source.resume, monkeypatch)
    os.kill(reader.source.process_id, signal.SIGKILL)
    reader.wait_until(lambda: State.WARNING in reader.states())
    reader.hear()
    reader.close()
    (resumed_at_seconds,) = pressed
    frames = [item for item in reader.items if isinstance(item, AudioFrame)]
    assert not [frame for frame in frames if paused_at_seconds + 0.005 < frame.end_seconds < resumed_at_seconds]
    start, beyond = (round(seconds * SAMPLE_RATE_HZ) for seconds in (paused_at_seconds + 0.005, resumed_at_seconds))
    recorded = on_disk(reader.folder)
    assert not recorded[start:beyond].any()
    assert recorded[beyond : beyond + SAMPLE_RATE_HZ // 5].any(axis=0).all(), "and no longer"


@pytest.mark.usefixtures("sound")
def test_what_a_successor_hears_before_a_pause_of_which_it_is_told_later_is_kept(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.hear()
    pressed = press_before_a_successor_is_told_to_record(reader.source, reader.source.pause, monkeypatch)
    os.kill(reader.source.process_id, signal.SIGKILL)
    reader.wait_until(lambda: all(reader.breaks(channel) for channel in Channel))
    reader.wait_until(lambda: all(reader.told_seconds(channel) > pressed[0] - 0.005 for channel in Channel))
    reader.close()
    (paused_at_seconds,) = pressed
    before = round(paused_at_seconds * SAMPLE_RATE_HZ)
    recorded = on_disk(reader.folder)
    assert recorded[before - SAMPLE_RATE_HZ // 10 : before].any(axis=0).all()
    assert len(recorded) <= before + SAMPLE_RATE_HZ // 200


def test_a_call_ends_although_its_recorder_was_killed_and_the_successor_never_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = RecorderSource()
    hung = [sys.executable, "-c", "import time; time.sleep(60)"]  # as where the sound server hangs
    monkeypatch.setattr("assistant.audio.recorder.child._COMMAND", hung)
    source.record_into(tmp_path / "call")
    reading = threading.Thread(target=lambda: list(iter(source.read, None)), daemon=True)
    reading.start()
    os.kill(source.process_id, signal.SIGKILL)
    time.sleep(0.3)  # it is asked to go on, and does not
    source.close()
    reading.join(10.0)
    assert not reading.is_alive()
