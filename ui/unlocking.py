"""An encrypted history is opened, or gets its passphrase, in a terminal. A passphrase is typed, never an argument."""

from __future__ import annotations

import getpass
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from assistant.errors import SealingError
from assistant.sealing import gate
from assistant.settings import data_folder

_TRIES = 3
_QUIET_SECONDS = 0.5  # a key store that is open answers in this time, and nobody has to know


def unlock_history() -> None:
    """Before anything begins that needs the kept calls, such as a call that is to be recorded.

    Raises:
        SealingError: they are encrypted, and nobody gave the passphrase.
    """
    if not gate.is_encrypted(data_folder()):
        return
    from assistant.sealing import vault

    if (kept := vault.find(data_folder())) is not None:
        vault.opened(data_folder(), kept)


def ask_in_terminal(folder: Path) -> None:
    """Until it is right, three times at most, unless this computer remembers it. Where nobody can be asked it stays
    locked."""
    from assistant.sealing import key_store, vault

    try:
        with telling_of_key_store():
            if key_store.recall(folder):
                return
    except SealingError as error:
        print(f"depthcue: {error}", file=sys.stderr)
    if not sys.stdin.isatty():
        return
    for _ in range(_TRIES):
        try:
            vault.unlock(folder, getpass.getpass("Passphrase of the kept calls, or recovery code: ", sys.stderr))
            return
        except SealingError as error:
            print(f"depthcue: {error}", file=sys.stderr)
        except EOFError:
            return


@contextmanager
def telling_of_key_store() -> Iterator[None]:
    """Around what asks this computer's key store: where it takes a while, it is said why."""
    from assistant.sealing import key_store

    said = (
        "depthcue: This computer's key store is asked; maybe it wants you to open it first. It is waited for up to "
        f"{key_store.ANSWERS_WITHIN_SECONDS:.0f} seconds."
    )
    note = threading.Timer(_QUIET_SECONDS, partial(print, said, file=sys.stderr, flush=True))
    note.start()
    try:
        yield
    finally:
        note.cancel()


def new_passphrase() -> str:
    """Typed twice.

    Raises:
        SealingError: it is too short, it was not typed twice, or nobody can be asked.
    """
    if not sys.stdin.isatty():
        raise SealingError("A passphrase has to be typed: run this in a terminal.")
    from assistant.sealing import vault

    try:
        passphrase = getpass.getpass("New passphrase: ", sys.stderr)
        vault.check_passphrase(passphrase)
        again = getpass.getpass("The same once more: ", sys.stderr)
    except EOFError:
        raise SealingError("No passphrase was given. Nothing was changed.") from None
    if again != passphrase:
        raise SealingError("The two are not the same. Nothing was changed.")
    return passphrase
