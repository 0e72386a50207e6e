"""Opens an encrypted history without a passphrase, on this computer: a random secret lies in the system's key store,
which opens with a person's login, and a slot of the vault is opened by it.

Without the slot the secret opens nothing, and without the key store the slot is as good as locked: a copy of the folder
on another computer asks for the passphrase. The key store is reached through `keyring`, an extra. Backends that keep
secrets in a readable file, or nowhere, are refused. All of this may wait for a person who has to open the key store:
call it where that holds up nobody, and end the `Patience` with which it waits when the program ends.
"""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from assistant.errors import SealingError
from assistant.own_thread import on_own_thread
from assistant.sealing import vault
from assistant.sealing.slots import Cost
from assistant.sealing.vault import Vault

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_Answer = TypeVar("_Answer")
TRUSTED = (  # modules of the backends that encrypt what they keep
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
)
KIND: Final = "key store"  # of the slot
_SERVICE: Final = "Depthcue: kept calls"
ANSWERS_WITHIN_SECONDS: Final = 30.0  # a person may have to type the password of the key store
_SECRET_BYTES: Final = 32
_NO_GUESSING: Final = Cost(iterations=1, lanes=1, memory_kib=8)  # of a random secret of this length there is none
NOT_INSTALLED: Final = (
    "What is needed to reach the system's key store is not installed: `pip install 'depthcue[key-store]'`. The "
    "passphrase is asked for at each start."
)
NONE_HERE: Final = (
    "There is no key store here that keeps secrets encrypted (the macOS Keychain, the Windows Credential Manager, a "
    "Secret Service such as GNOME's, KWallet). The passphrase is asked for at each start."
)


class Patience:
    """How long the key store's answer is waited for: some seconds, and no longer than until `end`."""

    def __init__(self, seconds: float = ANSWERS_WITHIN_SECONDS) -> None:
        self.seconds = seconds
        self._end: Future[None] = Future()

    def end(self) -> None:
        """Nobody waits for an answer any more, nor for one to come. From any one thread, also while another waits."""
        if not self._end.done():
            self._end.set_result(None)

    def has(self, answer: Future[_Answer]) -> bool:
        """Wait; whether the answer has come."""
        either: tuple[Future[Any], ...] = (answer, self._end)
        wait(either, self.seconds, FIRST_COMPLETED)
        return answer.done()


def is_remembered(kept: Vault) -> bool:
    """Whether this history was to open without its passphrase, on whatever computer that was."""
    return any(slot.kind == KIND for slot in kept.slots)


def remember(folder: Path, patience: Patience | None = None) -> None:
    """From now on `recall` opens the vault in `folder`, which is unlocked.

    Raises:
        SealingError: there is no key store that can be trusted, it refused, or the vault can't be written.
    """
    import secrets

    if recall(folder, patience):
        return  # another secret would take the place of one that works, before the slot for it is there
    kept, secret = _vault(folder), secrets.token_hex(_SECRET_BYTES)
    _asked_of_store(lambda store: store.set_password(_SERVICE, kept.id.hex(), secret), patience)
    vault.put_slot(KIND, secret, folder, _NO_GUESSING)


def recall(folder: Path, patience: Patience | None = None) -> bool:
    """Open the vault in `folder` with what the key store has; False where it has nothing, or nothing that opens it.

    Raises:
        SealingError: the key store can't be reached, or a person has not let us in.
    """
    kept = vault.find(folder)
    if kept is None or not is_remembered(kept):
        return False
    secret = _asked_of_store(lambda store: store.get_password(_SERVICE, kept.id.hex()), patience)
    return secret is not None and vault.unlock_by(KIND, secret, kept, folder)


def forget(folder: Path, patience: Patience | None = None) -> None:
    """The passphrase is needed again. What may stay behind in a key store that can't be reached opens nothing.

    Raises:
        SealingError: the vault can't be written.
    """
    kept = _vault(folder)
    if not is_remembered(kept):
        return
    vault.drop_slot(KIND, folder)
    _delete_secret(kept, patience)


def clear(kept: Vault, folder: Path, patience: Patience | None = None) -> None:
    """Where the vault that was in `folder` is gone, because nothing is encrypted any more, its secret goes, too.

    Raises:
        SealingError: another vault is there, and can't be read.
    """
    if is_remembered(kept) and vault.find(folder) is None:
        _delete_secret(kept, patience)


def _delete_secret(kept: Vault, patience: Patience | None) -> None:
    with contextlib.suppress(SealingError):
        _asked_of_store(lambda store: store.delete_password(_SERVICE, kept.id.hex()), patience)


def _vault(folder: Path) -> Vault:
    if (kept := vault.find(folder)) is None:
        raise SealingError(vault.NOT_ENCRYPTED)
    return kept


def _asked_of_store(question: Callable[[KeyringBackend], _Answer], patience: Patience | None) -> _Answer:
    """Raises SealingError, whatever a backend raises: with some it is what a library of the system does, unwrapped."""
    if importlib.util.find_spec("keyring") is None:
        raise SealingError(NOT_INSTALLED)
    answer = on_own_thread(lambda: question(_store()), "key store")
    if not (patience or Patience()).has(answer):
        raise _refused("it did not answer")
    if isinstance(error := answer.exception(), SealingError):
        raise error
    if error is not None:
        raise _refused(str(error) or type(error).__name__) from error
    return answer.result()


def _refused(why: str) -> SealingError:
    return SealingError(
        f"The system's key store did not do that ({why}). Open it and try again; the passphrase works all the same."
    )


def _store() -> KeyringBackend:
    """The one that the user's `keyring` is set to, if it can be trusted; of several the first that can be."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    for backend in chosen.backends if isinstance(chosen, ChainerBackend) else (chosen,):
        if type(backend).__module__ in TRUSTED:
            return backend
    raise SealingError(NONE_HERE)
