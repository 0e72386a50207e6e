"""The history is encrypted and decrypted: nothing of it is readable without the key, and nothing is ever lost."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from assistant.audio.files import FileSource
from assistant.audio.recording import read_recording
from assistant.call import Version
from assistant.errors import RecordingError, SealingError, StoreError
from assistant.export import export_call
from assistant.sealing import gate, keys, vault
from assistant.sealing.keys import is_sealed
from assistant.store import Store
from assistant.store.conversion import Encryption, convert, encryption, want_encrypted, want_plain
from assistant.store.schema import connect
from assistant.values import AudioFrame, Channel
from tests.assistant.store.encryption.secret_calls import SECRET, hold_call, kept, readable_files, sound
from tests.opening import CHEAP, PASSPHRASE


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
