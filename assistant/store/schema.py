"""How the database is opened and how its shape came about.

A migration is a function with a number that is never reused: `MIGRATIONS[n]` leads from version n to n + 1. What is
in the database of a newer program is not ours to touch.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from assistant.errors import SealingError, StoreError
from assistant.store import driver

BUSY_SECONDS = 5.0
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_ADVICE = {
    sqlite3.SQLITE_FULL: "The disk is full: free some space and try again.",
    sqlite3.SQLITE_IOERR: "The disk does not do its work: check it and its free space, then try again.",
    sqlite3.SQLITE_READONLY: "It can't be written: make the file and its folder writable for you.",
    sqlite3.SQLITE_CANTOPEN: "It can't be opened: check that its folder exists and is writable for you.",
    sqlite3.SQLITE_BUSY: "Another program holds it: close that one and try again.",
    sqlite3.SQLITE_LOCKED: "Another program holds it: close that one and try again.",
}

# Files that this process has found whole. A backup that is moved into the place of one is another file. One that is
# copied over it meanwhile is the same, and not looked through: its size and time change with every call, too.
_looked_through: set[tuple[Path, int, int]] = set()


def _first_tables(connection: sqlite3.Connection) -> None:
    connection.execute(
        "CREATE TABLE session (id TEXT PRIMARY KEY, title TEXT NOT NULL, started TEXT NOT NULL, "
        "duration_seconds REAL NOT NULL DEFAULT 0, state TEXT NOT NULL, model TEXT NOT NULL, channels TEXT NOT NULL, "
        "consent TEXT)"
    )
    owner = "session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE, audio_seconds REAL NOT NULL"
    connection.execute(
        f"CREATE TABLE utterance (row INTEGER PRIMARY KEY, {owner}, number INTEGER NOT NULL, channel TEXT NOT NULL, "
        "start_seconds REAL NOT NULL, end_seconds REAL NOT NULL, text TEXT NOT NULL, words TEXT NOT NULL, "
        "UNIQUE (session, number))"
    )
    connection.execute(
        f"CREATE TABLE sentence ({owner}, number INTEGER NOT NULL, value TEXT NOT NULL, UNIQUE (session, number))"
    )
    connection.execute(
        f"CREATE TABLE flag ({owner}, id TEXT NOT NULL, value TEXT NOT NULL, withdrawn_at_seconds REAL, "
        "withdrawn_reason TEXT, UNIQUE (session, id))"
    )
    connection.execute(
        f"CREATE TABLE follow_up ({owner}, id TEXT NOT NULL, value TEXT NOT NULL, retired_at_seconds REAL, "
        "retired_why TEXT, UNIQUE (session, id))"
    )
    connection.execute(f"CREATE TABLE moment ({owner}, kind TEXT NOT NULL, value TEXT NOT NULL)")
    connection.execute("CREATE INDEX moment_by_session ON moment (session)")


def _search(connection: sqlite3.Connection) -> None:
    """The index holds no text of its own, so that nothing said is kept twice; triggers keep it true."""
    connection.execute(
        "CREATE VIRTUAL TABLE utterance_search USING fts5 (text, content = 'utterance', content_rowid = 'row', "
        "tokenize = 'unicode61 remove_diacritics 2')"
    )
    add = "INSERT INTO utterance_search (rowid, text) VALUES (new.row, new.text)"
    drop = "INSERT INTO utterance_search (utterance_search, rowid, text) VALUES ('delete', old.row, old.text)"
    for name, event, body in (
        ("added", "INSERT", f"{add};"),
        ("removed", "DELETE", f"{drop};"),
        ("changed", "UPDATE", f"{drop}; {add};"),
    ):
        connection.execute(f"CREATE TRIGGER utterance_{name} AFTER {event} ON utterance BEGIN {body} END")
    connection.execute("INSERT INTO utterance_search (utterance_search) VALUES ('rebuild')")


def _untranscribed_tail(connection: sqlite3.Connection) -> None:
    """After a crash the sound reaches further than the transcript, until the tail has been transcribed."""
    connection.execute("ALTER TABLE session ADD COLUMN has_untranscribed_tail INTEGER NOT NULL DEFAULT 0")


def _language(connection: sqlite3.Connection) -> None:
    """Which language was transcribed; older calls are English, which was the only one."""
    connection.execute("ALTER TABLE session ADD COLUMN language TEXT NOT NULL DEFAULT ''")
    connection.execute("UPDATE session SET language = 'en'")


def _second_pass(connection: sqlite3.Connection) -> None:
    """What a call was transcribed to afterwards: a row of its own, with all that belongs to it, beside the live one."""
    connection.execute("ALTER TABLE session ADD COLUMN pass_of TEXT REFERENCES session (id) ON DELETE CASCADE")
    connection.execute("CREATE UNIQUE INDEX session_by_pass ON session (pass_of)")


def _notes_and_corrections(connection: sqlite3.Connection) -> None:
    """A corrected utterance has its new text in `text`, where it is searched; `words` stay as they were heard."""
    connection.execute("ALTER TABLE session ADD COLUMN notes TEXT NOT NULL DEFAULT ''")
    connection.execute("ALTER TABLE utterance ADD COLUMN is_corrected INTEGER NOT NULL DEFAULT 0")


def _verbosity(connection: sqlite3.Connection) -> None:
    """By which a call was reviewed; of older calls that is not known."""
    connection.execute("ALTER TABLE session ADD COLUMN verbosity TEXT NOT NULL DEFAULT ''")


MIGRATIONS: tuple[Callable[[sqlite3.Connection], None], ...] = (
    _first_tables,
    _search,
    _untranscribed_tail,
    _language,
    _second_pass,
    _notes_and_corrections,
    _verbosity,
)


def prepare(path: Path) -> None:
    """Make the database, or bring it to this version; two programs may do so at once.

    Raises:
        StoreError: it is damaged, newer than this program (both are left as they are), or can't be opened.
    """
    with translated(path):
        if _exists(path) and _is_current(path):
            return
        with closing(connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")  # lasts: readers never wait for a recording
            connection.execute("BEGIN IMMEDIATE")
            for number in range(_version(connection, path), len(MIGRATIONS)):
                MIGRATIONS[number](connection)
                connection.execute(f"PRAGMA user_version = {number + 1}")
            connection.execute("COMMIT")


def _exists(path: Path) -> bool:
    """False for a new file, which is made private before SQLite writes to it."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return True
    return False


def _is_current(path: Path) -> bool:
    """Looked at read-only: opening it for writing may already move pages of a database that is not ours."""
    file = path.stat()
    this_file = (path, file.st_dev, file.st_ino)
    with closing(driver.connect(path, "ro", BUSY_SECONDS)) as connection:
        connection.execute("BEGIN")  # one snapshot, also while another program or thread makes the tables
        version = _version(connection, path)
        if this_file not in _looked_through:
            # Two milliseconds for a megabyte: better to know before a call than in the middle of one. But once: what
            # breaks later is said when it is met, and a search must not read everything.
            state = connection.execute("PRAGMA quick_check (1)").fetchone()[0]
            if state != "ok":
                raise StoreError(_damaged(path, " ".join(state.split())))
            _looked_through.add(this_file)
        has_log = connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"  # else a conversion was killed
        return version == len(MIGRATIONS) and has_log


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, usable from any one thread at a time. Raises what `translated` translates."""
    connection = driver.connect(path, "rw", BUSY_SECONDS)
    connection.execute("PRAGMA foreign_keys = ON")
    # Every commit reaches the disk: it survives a power cut, too. A call commits once in some seconds.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")  # a deleted interview is gone from the file, not only from view
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Raises what SQLite, the file system and the vault say as a StoreError that a user can act on."""
    try:
        yield
    except SealingError as error:
        raise StoreError(str(error)) from error
    except driver.errors() as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _DAMAGED:
            is_foreign = ", or encryption.json beside it is that of another one" * (path.name == driver.ENCRYPTED_NAME)
            raise StoreError(_damaged(path, f"{error}{is_foreign}")) from error
        advice = _ADVICE.get(code, "Restart the program; if it happens again, please report it.")
        raise StoreError(f"The history of calls in {path} can't be used ({error}). {advice}") from error
    except OSError as error:
        raise StoreError(
            f"The history of calls in {path} can't be used ({error.strerror or error}). "
            "Check that the folder exists, is writable for you, and that its disk has space."
        ) from error


def _version(connection: sqlite3.Connection, path: Path) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if version > len(MIGRATIONS):
        raise StoreError(
            f"The history of calls in {path} was written by a newer version of this program (its format is {version}, "
            f"this one knows {len(MIGRATIONS)}). It was left untouched: install the newer version again, or set "
            "DEPTHCUE_HOME to another folder to keep a history of its own."
        )
    if (version == 0 and tables) or (version > 0 and "session" not in tables):
        raise StoreError(_damaged(path, "it holds something else"))
    return version


def _damaged(path: Path, reason: str) -> str:
    return (
        f"The history of calls in {path} is damaged ({reason}). It was left untouched, and the recordings in "
        f"{path.parent / 'sessions'} are separate files. Put a backup of it in its place, or move it away: the "
        "program then starts with an empty history."
    )
