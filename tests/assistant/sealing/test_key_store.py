"""The system's key store opens an encrypted history: through keyring's own interface, with a backend in memory."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked

from assistant.errors import SealingError
from assistant.sealing import gate, key_store, keys, vault
from tests.opening import CHEAP, PASSPHRASE, InMemory


class Plaintext(InMemory):
    """What nobody has said may be trusted."""


class Exit(BaseException):
    """What a library may raise that is none of Python's errors."""


Plaintext.__module__ = "keyrings.alt.file"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    vault.create(tmp_path, PASSPHRASE, CHEAP)
    return tmp_path


def test_off_until_it_is_wanted_then_it_opens_without_a_passphrase_and_goes_off_again(
    store: InMemory, history: Path
) -> None:
    keys.forget_all()
    assert not key_store.recall(history) and store.kept == {}
    key = vault.unlock(history, PASSPHRASE)
    key_store.remember(history)
    keys.forget_all()
    assert key_store.recall(history)
    assert keys.known(key.id) == key
    key_store.forget(history)
    keys.forget_all()
    assert store.kept == {} and not key_store.recall(history)
    assert vault.unlock(history, PASSPHRASE) == key


def test_neither_the_folder_nor_the_key_store_opens_it_alone(store: InMemory, history: Path) -> None:
    key_store.remember(history)
    [secret] = store.kept.values()
    keys.forget_all()
    assert secret not in (history / gate.FILE_NAME).read_text()
    with pytest.raises(SealingError, match="neither"):
        vault.unlock(history, secret)  # it is no passphrase
    store.kept.clear()  # the folder on another computer
    assert not key_store.recall(history)
    store.kept[key_store._SERVICE, vault.find(history).id.hex()] = "of somebody else"  # type: ignore[union-attr]
    assert not key_store.recall(history)


def test_another_passphrase_changes_nothing_of_it(store: InMemory, history: Path) -> None:
    key_store.remember(history)
    vault.change_passphrase(history, "quite another passphrase", CHEAP)
    keys.forget_all()
    assert key_store.recall(history)


def test_a_key_store_that_is_locked_is_told_and_the_passphrase_still_works(store: InMemory, history: Path) -> None:
    key_store.remember(history)
    store.is_locked = True
    keys.forget_all()
    with pytest.raises(SealingError, match=r"the collection is locked.*the passphrase works all the same"):
        key_store.recall(history)
    vault.unlock(history, PASSPHRASE)
    key_store.forget(history)  # what stays in the key store opens nothing any more
    store.is_locked = False
    keys.forget_all()
    assert store.kept and not key_store.recall(history)


def test_a_key_store_that_never_answers_is_not_waited_for(
    store: InMemory, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_store.remember(history)
    answers = threading.Event()
    monkeypatch.setattr(store, "_ask", answers.wait)
    with pytest.raises(SealingError, match="did not answer"):
        key_store.recall(history, key_store.Patience(0.05))
    answers.set()


@pytest.mark.parametrize("is_asked_first", [True, False])
def test_whoever_waits_for_the_key_store_is_woken_by_the_end(
    store: InMemory, history: Path, monkeypatch: pytest.MonkeyPatch, is_asked_first: bool
) -> None:
    key_store.remember(history)
    patience, is_asked, answers = key_store.Patience(), threading.Event(), threading.Event()

    def never() -> None:
        is_asked.set()
        answers.wait()

    monkeypatch.setattr(store, "_ask", never)
    with ThreadPoolExecutor(1) as waiting:
        if not is_asked_first:
            patience.end()
        recalled = waiting.submit(key_store.recall, history, patience)
        is_asked.wait(5)
        patience.end()
        assert isinstance(recalled.exception(5), SealingError)
        answers.set()


@pytest.mark.parametrize(
    "error",
    [Exception("dbus"), ModuleNotFoundError("dbus"), AttributeError("dbus"), KeyringLocked("dbus"), Exit("dbus")],
)
@pytest.mark.parametrize("where", [(keyring, "get_keyring"), (InMemory, "get_password")])
def test_whatever_a_backend_raises_is_a_refusal_that_gives_its_reason(
    store: InMemory,
    history: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    where: tuple[object, str],
    error: BaseException,
) -> None:
    key_store.remember(history)

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(*where, refuse)
    with pytest.raises(SealingError, match=r"did not do that \(dbus\).*the passphrase works all the same"):
        key_store.recall(history)
    assert capsys.readouterr().err == ""


def test_what_is_remembered_stays_so_where_it_is_wanted_once_more_and_nothing_can_be_written(
    store: InMemory, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_store.remember(history)

    def full(*_: object) -> None:
        raise SealingError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(vault, "save", full)
        with suppress(SealingError):
            key_store.remember(history)
    keys.forget_all()
    assert key_store.recall(history)


def test_it_is_remembered_anew_where_another_computer_did(store: InMemory, history: Path) -> None:
    key_store.remember(history)
    for left in ({}, dict.fromkeys(store.kept, "of somebody else")):
        store.kept = left
        key_store.remember(history)
        keys.forget_all()
        assert key_store.recall(history)


def test_the_secret_goes_only_once_the_vault_is_gone(store: InMemory, history: Path) -> None:
    key_store.remember(history)
    kept = vault.find(history)
    assert kept is not None
    key_store.clear(kept, history)
    keys.forget_all()
    assert key_store.recall(history)
    vault.remove(history)
    key_store.clear(kept, history)
    assert store.kept == {}


@pytest.mark.parametrize("backend", [null.Keyring, fail.Keyring, Plaintext])
def test_a_key_store_that_keeps_nothing_or_keeps_it_readable_is_refused(
    store: InMemory, history: Path, backend: type[KeyringBackend]
) -> None:
    keyring.set_keyring(backend())
    before = (history / gate.FILE_NAME).read_bytes()
    with pytest.raises(SealingError, match="no key store here that keeps secrets encrypted"):
        key_store.remember(history)
    assert (history / gate.FILE_NAME).read_bytes() == before


def test_of_several_the_first_that_can_be_trusted_is_taken(
    store: InMemory, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    readable = Plaintext()
    monkeypatch.setattr(ChainerBackend, "backends", [readable, store])
    keyring.set_keyring(ChainerBackend())
    key_store.remember(history)
    assert store.kept and not readable.kept


def test_without_the_extra_it_is_said_how_to_get_it(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(SealingError, match=r"pip install 'depthcue\[key-store\]'"):
        key_store.remember(history)
    keys.forget_all()
