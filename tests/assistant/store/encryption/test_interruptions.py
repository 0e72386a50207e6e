"""A conversion of the history that is killed, overtaken or given up half-way: nothing is ever lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.errors import SealingError, StoreError
from assistant.sealing import keys, vault
from assistant.sealing.keys import HistoryKey
from assistant.store import Store, StoreSink, conversion, database_copy, driver
from assistant.store.conversion import Encryption, convert, encryption, want_encrypted, want_plain
from assistant.store.schema import connect
from assistant.values import AudioFrame, Channel
from tests.assistant.store.calls import STARTED, final, send
from tests.assistant.store.encryption.secret_calls import BOTH, SECRET, hold_call, kept, readable_files, sound
from tests.opening import CHEAP, PASSPHRASE


@pytest.fixture
def in_its_own_process(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "convert_database", database_copy.convert_database)


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


@pytest.mark.parametrize("step", ["_lock", "_copy", "_compare", "sync", "_tell_who_waits", "remove_database"])
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


@pytest.mark.parametrize("is_over", [True, False])
def test_a_lock_that_is_refused_leaves_all_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch, is_over: bool
) -> None:
    """`is_over`: whoever hinders it is gone before it gives up."""
    want_encrypted(store.data_folder, PASSPHRASE, CHEAP)
    key = vault.opened(store.data_folder, not_none(vault.find(store.data_folder)))
    plain, encrypted = (store.data_folder / name for name in ("depthcue.db", "depthcue.encrypted.db"))
    part = database_copy.part_of(encrypted)
    part.write_text("of another one, which has the lock")
    open_encrypted = driver.connect_encrypted
    other = open_encrypted(plain, None, "rw", 0.0)  # of the same library, whose locks it respects

    def watched(path: Path, key: HistoryKey | None, mode: str, _timeout_seconds: float) -> sqlite3.Connection:
        connection = open_encrypted(path, key, mode, 0.0)

        def before(statement: str) -> None:
            if statement == "BEGIN EXCLUSIVE":
                other.execute("BEGIN IMMEDIATE")
            elif statement == "PRAGMA main.locking_mode = NORMAL" and is_over:
                other.close()

        connection.set_trace_callback(before)
        return connection

    monkeypatch.setattr(driver, "connect_encrypted", watched)
    with pytest.raises(StoreError, match="in use"):
        database_copy._convert(plain, encrypted, key)
    assert part.exists() and not encrypted.exists()
    other.close()
    part.unlink()
    if not is_over:
        Store.open(store.data_folder).close()
    with closing(connect(plain)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def not_none(kept: vault.Vault | None) -> vault.Vault:
    assert kept is not None
    return kept


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
