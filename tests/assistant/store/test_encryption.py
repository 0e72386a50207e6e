"""The history is encrypted and decrypted: nothing of it is readable without the key, and nothing is ever lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.audio.files import FileSource
from assistant.audio.recording import CrashSafeRecorder, finish, read_recording
from assistant.call import Call, Version
from assistant.errors import RecordingError, SealingError, StoreError
from assistant.export import export_call
from assistant.sealing import gate, keys, vault
from assistant.sealing.keys import is_sealed
from assistant.sealing.slots import Cost
from assistant.store import Store, StoreSink, conversion, database_copy
from assistant.store.conversion import Encryption, convert, encryption, want_encrypted, want_plain
from assistant.store.schema import connect
from assistant.values import AudioFrame, Channel
from tests.assistant.store.calls import STARTED, final, send

CHEAP = Cost(iterations=1, lanes=1, memory_kib=8)
PASSPHRASE = "four words nobody says"
SECRET = "Zanzibar"
BOTH = tuple(Channel)


@pytest.fixture(autouse=True)
def nobody_knows() -> Iterator[None]:
    yield
    keys.forget_all()
    gate.ask_by(None)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """What the process of its own does is done in this one, which opens the database with nothing else meanwhile: to
    start a process takes half a second each time."""
    monkeypatch.setattr(conversion, "convert_database", database_copy._convert)
    with Store.open(tmp_path) as opened:
        yield opened


@pytest.fixture
def in_its_own_process(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "convert_database", database_copy.convert_database)


def sound(number: int, seconds: float = 3.0) -> np.ndarray:
    return np.random.default_rng(number).integers(-9000, 9000, round(seconds * 16_000)).astype(np.int16)


def hold_call(store: Store, number: int, *, finishes: bool = True) -> str:
    session_id, folder = store.begin(f"{SECRET} {number}", STARTED, "tiny.en", BOTH, "Given")
    recorder = CrashSafeRecorder(folder, BOTH, key=store.new_recording_key())
    for channel in Channel:
        recorder.write(AudioFrame(channel, 0.0, sound(number + 100 * (channel is Channel.THEM))))
    recorder.close()
    sink = StoreSink(store, session_id)
    send(sink, *(final(line, f"{SECRET} line {line}", float(line)) for line in range(3)))
    sink.close()
    if finishes:
        finish(folder)
        store.finish(session_id, 3.0)
    return session_id


def kept(store: Store) -> dict[str, tuple[Call, bytes]]:
    """All that a user has: texts and sound, by call."""
    ids = [summary.id for summary in store.sessions()]
    return {
        one: (store.load(one), b"".join(b.tobytes() for b in read_recording(store.folder(one)).blocks())) for one in ids
    }


def readable_files(folder: Path) -> list[str]:
    """Files in which something that was said can be found without any key."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(
        path.name for path in files if SECRET.encode() in path.read_bytes() or path.read_bytes()[:4] == b"fLaC"
    )


def test_everything_is_unreadable_without_the_key_and_the_same_with_it_and_plain_again_at_the_end(store: Store) -> None:
    for number in range(3):
        hold_call(store, number)
    before = kept(store)
    assert "depthcue.db" in readable_files(store.data_folder)
    told: list[tuple[int, int]] = []

    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store, lambda done, of: told.append((done, of)))
    assert readable_files(store.data_folder) == []
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert encryption(store.data_folder) == Encryption(is_wanted=True)
    assert kept(store) == before
    assert {found.session_id for found in store.search("zanz")} == set(before)

    want_plain(store.data_folder)
    convert(store)
    keys.forget_all()
    assert kept(store) == before
    assert encryption(store.data_folder) == Encryption()
    assert not [path for path in store.data_folder.iterdir() if path.name.startswith("encryption")]


def test_a_new_call_is_encrypted_from_its_first_byte_on(store: Store) -> None:
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store)
    session_id = hold_call(store, 1, finishes=False)
    folder = store.folder(session_id)
    raw = b"".join((folder / f"{channel.value}.pcm").read_bytes() for channel in Channel)
    assert sound(1)[:800].tobytes() not in raw
    assert readable_files(store.data_folder) == []
    heard = np.concatenate(list(read_recording(folder).blocks()))
    store.release(session_id)
    assert store.recover(session_id).audio == folder / "call.flac"
    assert is_sealed(folder / "call.flac")
    assert np.array_equal(np.concatenate(list(read_recording(folder).blocks())), heard)
    assert np.array_equal(heard[:, 0], sound(1))
    assert readable_files(store.data_folder) == []


def test_player_exports_and_the_second_pass_read_encrypted_calls(store: Store, tmp_path: Path) -> None:
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    session_id = hold_call(store, 4)
    convert(store)
    call = store.load(session_id)
    assert call.audio is not None
    assert np.array_equal(next(read_recording(call.audio).blocks(1.5))[:, 0], sound(4)[24_000:])  # as the player jumps
    (wav,) = export_call(call, ["wav"], tmp_path / "out")
    assert (
        sound(4)[1000:5000].tobytes() in wav.read_bytes()[44:].replace(b"", b"")
        or wav.stat().st_size == 44 + 4 * 48_000
    )
    source = FileSource(call.audio, channels="split")  # as recovery and the second pass hear it
    frames = []
    while (item := source.read()) is not None:
        if isinstance(item, AudioFrame) and item.channel is Channel.THEM:
            frames.append(item.samples)
    assert np.array_equal(np.concatenate(frames), sound(104))
    store.keep_second_pass(session_id, call)
    assert store.load(session_id, Version.SECOND).utterances == call.utterances
    store.delete(session_id)
    assert not store.folder(session_id).exists()


def test_a_locked_history_says_so_and_who_is_asked_once_opens_it(store: Store) -> None:
    session_id = hold_call(store, 1)
    code = want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store)
    keys.forget_all()
    for what in (
        store.sessions,
        lambda: store.load(session_id),
        store.new_recording_key,
        lambda: Store.open(store.data_folder),
    ):
        with pytest.raises(StoreError, match="encrypted and locked"):
            what()
    assert encryption(store.data_folder).is_locked
    with pytest.raises(RecordingError, match="locked"):
        read_recording(store.folder(session_id))
    asked: list[Path] = []

    def ask(folder: Path) -> None:
        asked.append(folder)
        vault.unlock(folder, code)

    gate.ask_by(ask)
    assert [summary.id for summary in Store.open(store.data_folder).sessions()] == [session_id]
    assert asked == [store.data_folder]


def test_a_damaged_byte_is_told_and_all_other_calls_are_as_they_were(store: Store) -> None:
    ids = [hold_call(store, number) for number in range(3)]
    before = kept(store)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store)
    damaged = store.folder(ids[1]) / "call.flac"
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    with pytest.raises(RecordingError, match="damaged at"):
        list(read_recording(damaged).blocks())
    assert store.load(ids[1]) == before[ids[1]][0]

    want_plain(store.data_folder)
    with pytest.raises(StoreError, match=f"1 call is still encrypted.*{ids[1]}"):
        convert(store)
    assert damaged.read_bytes() == data  # and its key is kept
    assert encryption(store.data_folder) == Encryption(waiting=1)
    for one in (ids[0], ids[2]):
        assert not is_sealed(store.folder(one) / "call.flac")
        assert store.load(one) == before[one][0]


@pytest.mark.usefixtures("in_its_own_process")
def test_a_call_that_runs_is_not_disturbed_and_converted_when_it_is_over(store: Store) -> None:
    session_id, folder = store.begin(SECRET, STARTED, "tiny.en", BOTH, None)
    sink = StoreSink(store, session_id)
    send(sink, final(0, SECRET))
    recorder = CrashSafeRecorder(folder, BOTH)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    with pytest.raises(StoreError, match="in use"):
        convert(store)
    recorder.write(AudioFrame(Channel.YOU, 0.0, sound(1)))
    send(sink, final(1, SECRET))
    sink.close()
    recorder.close()
    finish(folder)
    store.finish(session_id, 3.0)
    convert(store)
    assert len(store.load(session_id).utterances) == 2
    assert readable_files(store.data_folder) == []


def test_who_waits_for_the_database_meanwhile_is_told_instead_of_writing_into_the_old_one(store: Store) -> None:
    session_id = hold_call(store, 1)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    key = vault.opened(store.data_folder, not_none(vault.find(store.data_folder)))
    plain, encrypted = (store.data_folder / name for name in ("depthcue.db", "depthcue.encrypted.db"))
    is_locked = multiprocessing.get_context("fork").Event()

    def run() -> None:
        def compare(*arguments: Any) -> None:
            real(*arguments)
            is_locked.set()
            time.sleep(0.3)  # for the other one to begin to wait

        real, database_copy._compare = database_copy._compare, compare
        database_copy._convert(plain, encrypted, key)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    assert is_locked.wait(20)
    with pytest.raises(sqlite3.Error), closing(connect(plain)) as waiting:  # of a window that knows of no encryption
        waiting.execute("UPDATE session SET notes = 'lost' WHERE id = ?", (session_id,))
    process.join()
    assert process.exitcode == 0
    store.keep_notes(session_id, "never lost")
    assert store.load(session_id).notes == "never lost"
    assert not plain.exists()


def convert_and_be_killed(store: Store, steps: int) -> int | None:
    """In a process of its own, by `kill -9` when it has opened, renamed or removed so many files."""

    def run() -> None:
        left = steps

        def count(event: str, _arguments: object) -> None:
            nonlocal left
            left -= event in {"os.rename", "os.remove", "open", "subprocess.Popen"}
            if left == 0:
                left = -1  # the kill is an event, too
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        convert(store)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    return process.exitcode


@pytest.mark.parametrize("encrypts", [True, False])
def test_a_kill_at_any_step_loses_nothing_and_the_next_run_goes_on(store: Store, encrypts: bool) -> None:
    for number in range(2):
        hold_call(store, number)
    before = kept(store)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    if not encrypts:
        convert(store)
        want_plain(store.data_folder)
    kills = 0
    while convert_and_be_killed(store, steps=4 + 5 * kills) == -signal.SIGKILL:
        kills += 1
        assert kept(store) == before
    assert kills > 4
    convert(store)
    assert kept(store) == before
    assert encryption(store.data_folder) == Encryption(is_wanted=encrypts)
    assert (readable_files(store.data_folder) == []) == encrypts
    assert not list(store.data_folder.rglob("*.part*"))


@pytest.mark.parametrize("step", ["_copy", "_compare", "sync", "_tell_who_waits", "remove_database"])
def test_a_kill_in_the_middle_of_the_database_leaves_one_that_is_whole(store: Store, step: str) -> None:
    hold_call(store, 1)
    before = kept(store)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    key = vault.opened(store.data_folder, not_none(vault.find(store.data_folder)))
    plain, encrypted = (store.data_folder / name for name in ("depthcue.db", "depthcue.encrypted.db"))

    def run() -> None:
        def kill_after(*arguments: Any) -> None:
            real(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)

        real = getattr(database_copy, step)
        setattr(database_copy, step, kill_after)
        database_copy._convert(plain, encrypted, key)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert kept(store) == before
    convert(store)
    assert kept(store) == before
    assert readable_files(store.data_folder) == []


def not_none(kept: vault.Vault | None) -> vault.Vault:
    assert kept is not None
    return kept


def test_an_encrypted_history_whose_key_file_is_gone_says_what_to_put_back(store: Store) -> None:
    hold_call(store, 1)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store)
    store.close()
    for name in (gate.FILE_NAME, gate.COPY_NAME):
        (store.data_folder / name).rename(store.data_folder / f"{name}.away")
    with pytest.raises(StoreError, match=r"encryption\.json, which holds their key, is gone"):
        Store.open(store.data_folder)
    with pytest.raises(SealingError, match="is gone"):
        want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    assert not gate.is_encrypted(store.data_folder)


def test_the_key_of_another_history_is_told_and_changes_nothing(store: Store, tmp_path: Path) -> None:
    hold_call(store, 1)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store)
    for name in (gate.FILE_NAME, gate.COPY_NAME):
        (store.data_folder / name).rename(store.data_folder / f"{name}.away")
    vault.create(store.data_folder, PASSPHRASE, CHEAP)
    before = store.path.read_bytes()
    with pytest.raises(StoreError, match="that of another one"):
        store.sessions()
    assert store.path.read_bytes() == before


def test_the_words_of_a_deleted_call_are_gone_from_the_encrypted_database_too(store: Store) -> None:
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    session_id = hold_call(store, 1)
    convert(store)
    store.delete(session_id)
    with closing(connect(store.path)) as connection:
        assert not store.search(SECRET)
        assert connection.execute("SELECT count(*) FROM utterance").fetchone()[0] == 0


def test_encrypting_twice_is_refused_and_changing_ones_mind_half_way_keeps_the_key(store: Store) -> None:
    hold_call(store, 1)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    with pytest.raises(SealingError, match="already"):
        want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store)
    before = kept(store)
    want_plain(store.data_folder)
    want_encrypted(store.data_folder, "another one of five words", CHEAP)
    convert(store)
    keys.forget_all()
    vault.unlock(store.data_folder, "another one of five words")
    assert kept(store) == before


def test_what_a_killed_decryption_has_left_readable_is_gone_once_all_is_encrypted_again(store: Store) -> None:
    session_id = hold_call(store, 1)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store)
    before = kept(store)
    want_plain(store.data_folder)
    (store.data_folder / "depthcue.db.part").write_text(SECRET)
    (store.folder(session_id) / "call.flac.part").write_bytes(b"fLaC")
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    convert(store)
    assert readable_files(store.data_folder) == []
    assert kept(store) == before


def test_who_waited_while_another_one_converted_the_database_leaves_its_work_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold_call(store, 1)
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    key = vault.opened(store.data_folder, not_none(vault.find(store.data_folder)))
    plain, encrypted = (store.data_folder / name for name in ("depthcue.db", "depthcue.encrypted.db"))
    monkeypatch.setattr(database_copy, "_lock", lambda _connection: encrypted.write_text("whole"))
    database_copy._convert(plain, encrypted, key)
    assert encrypted.read_text() == "whole"
