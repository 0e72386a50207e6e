"""The recording process with a real sound server: it records first, alone, and whatever ends, what it heard is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from assistant.audio.capture import open_live
from assistant.audio.recorder import RecorderSource
from assistant.audio.recorder.disk import RESERVE_BYTES
from assistant.audio.recorder.outbox import Outbox
from assistant.audio.recorder.process import ASLEEP, RecordingLoop
from assistant.audio.recorder.sleep import SleepWatch
from assistant.audio.recorder.source import BROKE_OFF
from assistant.audio.recorder.wire import receive
from assistant.audio.recording import CrashSafeRecorder, finish, read_recording
from assistant.errors import CaptureError, RecordingError
from assistant.sealing import keys
from assistant.sealing.keys import FileKey, HistoryKey, is_sealed
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, State, Status
from tests.conftest import VirtualAudio
from tests.small_disk import small_disk

YOU, THEM = Channel.YOU, Channel.THEM
PATIENCE_SECONDS = 30.0

pytestmark = pytest.mark.usefixtures("virtual_audio")


class Reader:
    """Reads a source on a thread of its own, as the session does, and keeps everything."""

    def __init__(self, folder: Path, key: FileKey | None = None) -> None:
        self.folder = folder
        self.source = RecorderSource()
        self.source.record_into(folder, key)
        self.items: list[AudioFrame | AudioGap | Status] = []
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            while (item := self.source.read()) is not None:
                self.items.append(item)
        except (CaptureError, RecordingError) as error:
            self.failure = error

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < until, [item for item in self.items if isinstance(item, Status)]
            time.sleep(0.01)

    def hear(self, seconds: float = 0.3) -> None:
        """Wait for that much more of both channels."""
        until = {channel: self.end_seconds(channel) + seconds for channel in Channel}
        self.wait_until(lambda: all(self.end_seconds(channel) >= until[channel] for channel in Channel))

    def end_seconds(self, channel: Channel) -> float:
        ends = [item.end_seconds for item in list(self.items) if self.is_sound(item, channel)]
        return ends[-1] if ends else 0.0

    @staticmethod
    def is_sound(item: Any, channel: Channel) -> bool:
        return isinstance(item, AudioFrame) and item.channel is channel

    def gaps(self, channel: Channel) -> list[AudioGap]:
        return [item for item in list(self.items) if isinstance(item, AudioGap) and item.channel is channel]

    def breaks(self, channel: Channel) -> list[AudioGap]:
        """Gaps for want of the recorder. A busy machine makes others."""
        return [gap for gap in self.gaps(channel) if gap.reason == BROKE_OFF]

    def states(self) -> list[State]:
        return [item.state for item in list(self.items) if isinstance(item, Status)]

    def close(self) -> None:
        self.source.close()
        self.join()

    def join(self) -> None:
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    reader = Reader(tmp_path / "call")
    yield reader
    reader.close()
    assert not is_alive(reader.source.process_id)


@pytest.fixture
def sound(virtual_audio: VirtualAudio, tmp_path: Path) -> Iterator[None]:
    """A steady tone on both sides."""
    times = np.arange(60 * 48_000) / 48_000
    soundfile.write(tmp_path / "tone.wav", 0.3 * np.sin(2 * np.pi * 440 * times), 48_000)
    players = [virtual_audio.play(tmp_path / "tone.wav", sink) for sink in ("micfeed", "call")]
    yield
    for player in players:
        player.kill()
        player.wait()


def is_alive(process_id: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process_id}/stat").read_text()
    except FileNotFoundError:
        return False


def on_disk(folder: Path) -> NDArray[np.int16]:
    return np.concatenate([np.zeros((0, 2), np.int16), *read_recording(folder).blocks()])


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


def wait_for_end(process_id: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while is_alive(process_id):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.usefixtures("sound")
def test_a_program_that_crashes_takes_no_sound_along_until_somebody_makes_the_call_whole(tmp_path: Path) -> None:
    folder = tmp_path / "call"
    program, recorder = start_program(folder)
    with program:
        program.send_signal(signal.SIGSEGV)
    wanted_samples = read_recording(folder).length_samples + round(1.5 * SAMPLE_RATE_HZ)
    until = time.monotonic() + PATIENCE_SECONDS
    while read_recording(folder).length_samples < wanted_samples:
        assert time.monotonic() < until, "the recording goes on"
        time.sleep(0.05)
    assert finish(folder) is not None
    wait_for_end(recorder)
    recorded = on_disk(folder)
    assert len(recorded) >= wanted_samples
    assert recorded[-1600:].any()
    assert sorted(path.name for path in folder.iterdir()) == ["call.flac"]


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


def test_nothing_goes_on_in_a_pause_that_nobody_can_end(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "call")
    reader.hear()
    recorder = reader.source.process_id
    reader.source.pause()
    pipe = reader.source._child.process.stdin
    assert pipe is not None
    pipe.close()  # as when the program crashes
    wait_for_end(recorder)
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


def test_a_recorder_with_nothing_to_say_does_not_hang(reader: Reader) -> None:
    reader.source._child.patience_seconds = 2.0
    first = reader.source.process_id
    reader.hear()
    reader.source.pause()
    time.sleep(2.5)
    reader.source.resume()
    reader.hear()
    assert reader.source.process_id == first
    assert not reader.states()


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
def test_a_pause_records_nothing(reader: Reader) -> None:
    reader.hear()
    reader.source.pause()
    time.sleep(0.3)
    paused_at = max(reader.end_seconds(YOU), reader.end_seconds(THEM))  # each stops where its last piece ended
    time.sleep(0.5)
    assert max(reader.end_seconds(YOU), reader.end_seconds(THEM)) == paused_at
    reader.source.resume()
    reader.hear()
    reader.close()
    start = round(paused_at * SAMPLE_RATE_HZ)
    assert not on_disk(reader.folder)[start : start + 4800].any()


def test_a_kill_in_a_pause_does_not_end_the_pause(reader: Reader) -> None:
    reader.hear()
    reader.source.pause()
    first = reader.source.process_id
    os.kill(first, signal.SIGKILL)
    reader.wait_until(lambda: State.WARNING in reader.states())
    heard = len(reader.items)
    time.sleep(0.8)
    assert not [item for item in reader.items[heard:] if isinstance(item, AudioFrame)]
    reader.source.resume()
    reader.hear()


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
