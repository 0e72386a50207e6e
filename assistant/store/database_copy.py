"""The database as a whole becomes an encrypted one, or a plain one again. Run as a process of its own:

    python -m assistant.store.database_copy     {"source", "target", "key"} as JSON on its standard input

SQLCipher copies the database into a new file, which is read back and compared row by row before it gets its name; from
then on it is the one that counts. All the while the old one is locked against everybody, and whoever has waited for it
finds its tables gone, instead of writing into a file that nobody reads any more.

A process of its own because two libraries that open one file in one process take each other's locks away.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from assistant.errors import AssistantError, StoreError
from assistant.sealing.files import sync
from assistant.sealing.keys import HistoryKey
from assistant.store import driver
from assistant.store.schema import translated

_COMMAND = [sys.executable, "-P", "-m", "assistant.store.database_copy"]
_BUSY_SECONDS = 5.0
_SUFFIXES = ("", "-wal", "-shm", "-journal")
_INDEX = "utterance_search"  # made of what the other tables hold; SQLite checks it by itself


def convert_database(source: Path, target: Path, key: HistoryKey) -> None:
    """Let the database at `source` become the one at `target`; which of them is encrypted their names say.

    Raises:
        StoreError: it can't be at the moment; it is as it was.
        OSError: the process can't be started.
    """
    order = {"source": str(source), "target": str(target), "id": key.id.hex(), "key": key.secret.hex()}
    done = subprocess.run(
        _COMMAND,
        input=json.dumps(order),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        start_new_session=True,  # a terminal's Ctrl+C is the program's, which ends this then
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    if done.returncode:
        reason = done.stdout.strip() or "The process that converts it ended by itself."
        raise StoreError(f"The database is left as it is. {reason}")


def remove_database(path: Path) -> None:
    """With all that belongs to it. Raises OSError."""
    for suffix in reversed(_SUFFIXES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    """What a database is called while it is made."""
    return path.with_name(f"{path.name}.part")


def main() -> int:
    """In the process of its own: do what the standard input says; 1 with the reason on the standard output."""
    order = json.loads(sys.stdin.read())
    source, target = Path(order["source"]), Path(order["target"])
    key = HistoryKey(bytes.fromhex(order["id"]), bytes.fromhex(order["key"]))
    try:
        with translated(source):
            _convert(source, target, key)
    except AssistantError as error:
        print(error)
        return 1
    return 0


def _convert(source: Path, target: Path, key: HistoryKey) -> None:
    part = part_of(target)
    with closing(driver.connect_encrypted(source, _key_of(source, key), "rw", _BUSY_SECONDS)) as connection:
        with _restored(connection):
            _lock(connection)
            if target.exists():
                return  # somebody else has converted it while this one waited
            try:
                remove_database(part)  # of a run that was killed; ours alone now
                _copy(connection, part, _key_of(target, key))
                _compare(connection, part, _key_of(target, key))
                sync(part)
                part.replace(target)
                sync(target.parent)
            except BaseException:
                remove_database(part)
                raise
        _tell_who_waits(connection)
    remove_database(source)


def _key_of(path: Path, key: HistoryKey) -> HistoryKey | None:
    return key if path.name == driver.ENCRYPTED_NAME else None


@contextmanager
def _restored(connection: sqlite3.Connection) -> Iterator[None]:
    """Takes back what `_lock` did, where that or what is done inside fails."""
    try:
        yield
    except BaseException:
        with suppress(*driver.errors()):  # somebody else has it open, so that its log is begun when it is opened next
            connection.execute("PRAGMA main.locking_mode = NORMAL")
            connection.execute("PRAGMA main.journal_mode = WAL")
        raise


def _lock(connection: sqlite3.Connection) -> None:
    """Nobody else reads or writes until the connection is closed, and no log is left beside the file."""
    try:
        connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")  # refused while somebody else has it open
        connection.execute("PRAGMA main.locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
    except driver.errors() as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        raise StoreError(
            "The history is in use: a call runs, or another window reads it. Once that is over it is converted at the "
            "next start, or when you ask for it again."
        ) from error


def _copy(connection: sqlite3.Connection, part: Path, key: HistoryKey | None) -> None:
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    connection.execute("ATTACH ? AS target KEY ?", (str(part), "" if key is None else driver.key_literal(key)))
    connection.execute("SELECT sqlcipher_export('target')")
    connection.execute(f"PRAGMA target.user_version = {version}")
    connection.execute("DETACH target")


def _compare(connection: sqlite3.Connection, part: Path, key: HistoryKey | None) -> None:
    """Raises StoreError where the copy, read from the disk, is not the same in every row."""
    with closing(driver.connect_encrypted(part, key, "rw", _BUSY_SECONDS)) as copy:
        copy.execute("PRAGMA journal_mode = WAL")
        copy.execute(f"INSERT INTO {_INDEX} ({_INDEX}, rank) VALUES ('integrity-check', 1)")
        is_same = copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        queries = ["PRAGMA user_version", "SELECT type, name, sql FROM sqlite_master ORDER BY name"]
        queries += [f"SELECT * FROM {name} ORDER BY rowid" for name in _tables(connection)]
        for query in queries:
            is_same = is_same and _gives_the_same(query, connection, copy)
    if not is_same:
        raise StoreError("The copy of the history differs from it. Check the disk.")


def _gives_the_same(query: str, connection: sqlite3.Connection, copy: sqlite3.Connection) -> bool:
    """In lockstep, so that a history of any size fits in memory."""
    ours, theirs = connection.execute(query), copy.execute(query)
    while (row := ours.fetchone()) is not None:
        other = theirs.fetchone()
        if other is None or tuple(row) != tuple(other):
            return False
    return theirs.fetchone() is None


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [row[0] for row in rows if not row[0].startswith((_INDEX, "sqlite_"))]


def _tell_who_waits(connection: sqlite3.Connection) -> None:
    """The file that they have open is not the one that counts any more."""
    with suppress(*driver.errors()):  # nothing is lost where it fails: everybody else finds the new one
        for name in _tables(connection):
            connection.execute(f"ALTER TABLE {name} RENAME TO gone_{name}")


if __name__ == "__main__":
    sys.exit(main())
