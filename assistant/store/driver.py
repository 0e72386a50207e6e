"""How the database is reached: Python's SQLite for a plain one, SQLCipher for an encrypted one, which has the same
interface. They are two files of different names; the vault beside them says which of them counts.

Neither may be opened by anything but its driver in this process: whoever closes a file gives up all locks that the
process holds on it (POSIX), those of a connection that is in the middle of something among them.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any

from assistant.errors import SealingError
from assistant.sealing import gate
from assistant.sealing.keys import HistoryKey

PLAIN_NAME = "depthcue.db"
ENCRYPTED_NAME = "depthcue.encrypted.db"


def located(data_folder: Path) -> Path:
    """The database that counts, or the one that a new history begins with. The wanted one is whole once it is there.

    Raises:
        SealingError: there is a vault that can't be read, or it is gone.
    """
    plain, encrypted = data_folder / PLAIN_NAME, data_folder / ENCRYPTED_NAME
    if gate.is_encrypted(data_folder):
        from assistant.sealing import vault

        kept = vault.find(data_folder)
        wanted, other = (encrypted, plain) if kept is not None and kept.is_wanted else (plain, encrypted)
        return other if other.exists() and not wanted.exists() else wanted
    if encrypted.exists():
        raise SealingError(
            f"The kept calls are encrypted, and {data_folder / gate.FILE_NAME}, which holds their key, is gone. Put a "
            "backup of that file in its place; it is needed beside your passphrase. Nothing was changed."
        )
    return plain


def connect(path: Path, mode: str, timeout_seconds: float) -> sqlite3.Connection:
    """A connection in autocommit mode, usable from any one thread at a time; `mode` is of SQLite's URIs, `path` is what
    `located` says.

    Raises:
        SealingError: it is encrypted, and its key is not known here.
        an error of `errors`: it can't be opened.
    """
    if path.name == ENCRYPTED_NAME:
        return connect_encrypted(path, history_key(path.parent), mode, timeout_seconds)
    connection: sqlite3.Connection = _open(sqlite3, path, mode, timeout_seconds)
    return connection


def connect_encrypted(path: Path, key: HistoryKey | None, mode: str, timeout_seconds: float) -> sqlite3.Connection:
    """The same by SQLCipher, which reads a plain database, too: `key` None."""
    from sqlcipher3 import dbapi2

    connection: sqlite3.Connection = _open(dbapi2, path, mode, timeout_seconds)
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to the terminal
    if key is not None:
        connection.execute(f'PRAGMA key = "{key_literal(key)}"')
    return connection


def key_literal(key: HistoryKey) -> str:
    """The key as it is, in SQLCipher's notation; it is random, so no passphrase is made of it."""
    return f"x'{key.for_database().hex()}'"


def history_key(folder: Path) -> HistoryKey:
    """The key of the encrypted history in `folder`. Raises SealingError: nobody has unlocked it."""
    from assistant.sealing import vault

    kept = vault.find(folder)
    if kept is None:
        raise SealingError("The kept calls were decrypted just now: try again.")
    return vault.opened(folder, kept)


def errors() -> tuple[type[Exception], ...]:
    """What either driver may raise, as far as it is loaded."""
    loaded = sys.modules.get("sqlcipher3.dbapi2")
    return (sqlite3.Error,) if loaded is None else (sqlite3.Error, loaded.Error)


def _open(driver: Any, path: Path, mode: str, timeout_seconds: float) -> Any:
    connection = driver.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=timeout_seconds,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = driver.Row
    return connection
