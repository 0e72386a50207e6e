"""What is left after `kill -9`, and when the disk or the database fails in mid-call."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.recording import CrashSafeRecorder, is_asked_to_end, read_recording
from assistant.call import CallState
from assistant.errors import StoreError
from assistant.store import Store, StoreSink, schema
from assistant.values import AudioFrame, Channel, Verbosity
from tests.assistant.store.calls import STARTED, final, send, stamp
from tests.small_disk import SmallDisk, small_disk

BOTH = tuple(Channel)

CALL = """
    import sys, time, numpy as np
    from pathlib import Path
    from assistant.audio.recording import CrashSafeRecorder
    from assistant.store import Store, StoreSink
    from assistant.values import AudioFrame, Channel, Stamped
    from tests.assistant.store.calls import STARTED, final, stamp

    store = Store.open(Path(sys.argv[1]))
    session_id, folder = store.begin("Talk", STARTED, "tiny.en", tuple(Channel), None)
    recorder = CrashSafeRecorder(folder, tuple(Channel))
    sink = StoreSink(store, session_id)
    print(session_id, flush=True)
    number = 0
    while True:
        for channel in Channel:
            recorder.write(AudioFrame(channel, float(number), np.full(16_000, 7, np.int16)))
        sink.next(stamp(final(number, "word", float(number))))
        while len(store.load(session_id).utterances) <= number:
            time.sleep(0.001)
        print(number, flush=True)
        number += 1
"""


@contextmanager
def call_in_a_process(data_folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", textwrap.dedent(CALL), str(data_folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


@contextmanager
def recording_without_its_program(store: Store) -> Iterator[tuple[str, threading.Thread]]:
    """A session whose program has crashed, and what still records it, as the recorder's process does."""
    session_id, folder = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    recorder = CrashSafeRecorder(folder, BOTH)
    recorder.write(AudioFrame(Channel.YOU, 0.0, np.full(16_000, 7, np.int16)))
    store.release(session_id)

    def record() -> None:
        while not is_asked_to_end(folder):
            time.sleep(0.01)
        recorder.close()

    recording = threading.Thread(target=record)
    recording.start()
    yield session_id, recording
    recording.join(10.0)
    assert not recording.is_alive()


@pytest.mark.parametrize("does", ["end_recordings", "recover", "delete"])
def test_what_records_on_without_its_program_is_ended_by_whoever_comes_next(tmp_path: Path, does: str) -> None:
    with Store.open(tmp_path) as store, recording_without_its_program(store) as (session_id, recording):
        getattr(store, does)(*([] if does == "end_recordings" else [session_id]))
        recording.join(10.0)
        assert not recording.is_alive()
        assert store.recoverable() == ([session_id] if does == "end_recordings" else [])
        assert not (store.folder(session_id) / "recording.end").exists()
        if does == "recover":
            assert store.load(session_id).duration_seconds == 1.0


def test_kill_in_mid_call_keeps_every_stored_utterance_and_all_sound(tmp_path: Path) -> None:
    data_folder = tmp_path / "data"
    with call_in_a_process(data_folder) as (process, session_id), Store.open(data_folder) as store:
        assert process.stdout
        printed = [process.stdout.readline() for _ in range(20)]
        assert store.recoverable() == []
        assert store.load(session_id).state is CallState.RECORDING
        assert store.sessions()[0].duration_seconds >= 20.0
        process.kill()
        last = int([*printed, *process.stdout.read().split()][-1])
        process.wait()

        assert store.recoverable() == [session_id]
        recovered = store.recover(session_id)
        call = store.load(session_id)
        assert len(call.utterances) >= last + 1
        assert last + 1 <= call.duration_seconds <= last + 2
        assert call.state is CallState.RECOVERED
        assert call.audio == recovered.audio == store.folder(session_id) / "call.flac"
        sound = np.concatenate(list(read_recording(call.audio).blocks()))
        assert len(sound) == call.duration_seconds * 16_000
        assert (sound[: last * 16_000] == 7).all()
        assert recovered.problem == ""
        assert store.recoverable() == []


def interrupted(store: Store, seconds: int) -> str:
    """A session whose owner is gone, with some sound and one utterance."""
    session_id, folder = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    sink = StoreSink(store, session_id)
    send(sink, final(0, "before the crash"))
    sink.close()
    if seconds:
        recorder = CrashSafeRecorder(folder, (Channel.THEM,))
        sound = np.random.default_rng(1).integers(-30_000, 30_000, seconds * 16_000).astype(np.int16)
        recorder.write(AudioFrame(Channel.THEM, 0.0, sound))
        recorder.close()
    store.release(session_id)
    return session_id


def test_the_tail_waits_until_somebody_has_transcribed_it(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        session_id = interrupted(store, 3)
        assert store.untranscribed() == []
        recovered = store.recover(session_id)
        assert store.untranscribed() == [recovered]
        sink = StoreSink(store, session_id)
        assert store.untranscribed() == []  # somebody is at it
        send(sink, final(1, "the tail", 2.0))
        sink.close()
        assert store.untranscribed() == [
            recovered
        ]  # it was not said to be complete: that process may have been killed, too
        store.tail_transcribed(session_id)
        assert store.untranscribed() == []
        call = store.load(session_id)
        assert [update.text for update in call.utterances] == ["before the crash", "the tail"]
        assert (call.state, call.duration_seconds) == (CallState.RECOVERED, 3.0)


def test_a_crash_before_the_first_sound_is_recovered_with_its_text(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        session_id = interrupted(store, 0)
        recovered = store.recover(session_id)
        assert (recovered.audio, recovered.duration_seconds) == (None, 1.4)
        assert store.load(session_id).audio is None


def test_recovering_twice_changes_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        session_id = interrupted(store, 1)
        first = store.recover(session_id)
        store.tail_transcribed(session_id)
        assert store.recover(session_id) == first
        assert store.untranscribed() == []
        store.finish(session_id, 1.0)
        store.recover(session_id)
        assert store.load(session_id).state is CallState.FINISHED


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "disk") as made:
        yield made


def test_recovering_on_a_full_disk_keeps_the_raw_sound(disk: SmallDisk) -> None:
    with Store.open(disk.folder) as store:
        session_id = interrupted(store, 8)
        disk.leave(190_000)
        recovered = store.recover(session_id)
        assert "Nothing is lost" in recovered.problem
        assert recovered.audio == store.folder(session_id)
        assert store.load(session_id).duration_seconds == 8.0
        disk.leave(400_000)
        assert store.recover(session_id).audio == store.folder(session_id) / "call.flac"


def fill_until_it_fails(disk: SmallDisk, sink: StoreSink) -> int:
    """How many utterances were sent until the sink said that the disk takes no more."""
    disk.leave(0)
    number = 0
    while sink.failure is None:
        sink.next(stamp(final(number, "a long utterance " * 100, float(number))))
        number += 1
        time.sleep(0.005)  # no faster than the disk, or all would be one transaction
    return number


def test_a_full_disk_in_mid_call_stops_nothing_and_is_said_at_the_end(disk: SmallDisk) -> None:
    with Store.open(disk.folder) as store:
        session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
        sink = StoreSink(store, session_id)
        sent = fill_until_it_fails(disk, sink)
        sink.next(stamp(final(sent, "the call goes on", float(sent))))
        with pytest.raises(StoreError, match=r"depthcue\.db.*disk"):
            sink.close()
        sink.close()  # said once
        disk.leave(700_000)
        assert len(store.load(session_id).utterances) < sent


def test_a_disk_that_was_full_for_a_while_loses_nothing(disk: SmallDisk) -> None:
    with Store.open(disk.folder) as store:
        session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
        sink = StoreSink(store, session_id)
        sent = fill_until_it_fails(disk, sink)
        disk.leave(700_000)
        sink.next(stamp(final(sent, "at last", float(sent))))
        sink.close()
        assert sink.failure is None
        assert [update.utterance for update in store.load(session_id).utterances] == list(range(sent + 1))


def test_a_held_database_is_said_to_be_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.01)
    store = Store.open(tmp_path)
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    sink = StoreSink(store, session_id)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        send(sink, final(0, "waits"))
        with pytest.raises(StoreError, match="Another program holds it"):
            sink.close()


def test_a_session_that_the_database_refuses_to_write_is_free_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.01)
    with Store.open(tmp_path) as store, Store.open(tmp_path) as another:
        session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
        store.release(session_id)
        with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="Another program holds it"):
                StoreSink(store, session_id, verbosity=Verbosity.NORMAL)
        assert another.hold(session_id)


def test_ending_without_a_database_thread_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(tmp_path)
    session_id, _ = store.begin("Talk", STARTED, "tiny.en", BOTH, None)
    monkeypatch.setattr(StoreSink, "_run", lambda self: None)
    sink = StoreSink(store, session_id)
    send(sink, final(0, "nobody writes this"))
    with pytest.raises(StoreError, match="please report it"):
        sink.close()
