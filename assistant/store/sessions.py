"""The rows of `session`: one per call. All raise sqlite3.Error."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from assistant.call import CallState
from assistant.errors import StoreError
from assistant.plain import counted
from assistant.store.codec import storable
from assistant.values import Channel, Verbosity


def insert(
    connection: sqlite3.Connection,
    session_id: str,
    title: str,
    started: datetime,
    model: str,
    channels: Sequence[Channel],
    consent: str | None,
) -> None:
    connection.execute(
        "INSERT INTO session (id, title, started, state, model, channels, consent) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            session_id,
            storable(title),
            started.isoformat(),
            CallState.RECORDING.value,
            storable(model),
            ",".join(channel.value for channel in channels),
            None if consent is None else storable(consent),
        ),
    )


def rows(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    """All sessions, by their ids."""
    return connection.execute("SELECT * FROM session WHERE pass_of IS NULL ORDER BY id").fetchall()


def row(connection: sqlite3.Connection, session_id: str) -> sqlite3.Row:
    """Raises StoreError where there is no such session."""
    query = "SELECT * FROM session WHERE id = ? AND pass_of IS NULL"
    found: sqlite3.Row | None = connection.execute(query, (session_id,)).fetchone()
    if found is None:
        raise StoreError(f"There is no session {session_id!r}; the list of sessions shows all.")
    return found


def second_pass(connection: sqlite3.Connection, session_id: str) -> sqlite3.Row | None:
    """The row of a session's second pass, if there is one."""
    found: sqlite3.Row | None = connection.execute("SELECT * FROM session WHERE pass_of = ?", (session_id,)).fetchone()
    return found


def spare_corrections(connection: sqlite3.Connection, session_id: str) -> None:
    """Raises StoreError where a person has corrected the second pass, which must not be replaced then."""
    query = "SELECT count(*) FROM utterance JOIN session ON id = session WHERE pass_of = ? AND is_corrected"
    if count := connection.execute(query, (session_id,)).fetchone()[0]:
        raise StoreError(
            f"You corrected {counted(count, 'line')} of the second version of {session_id}, which would be lost with "
            "it, so it stays as it is. Export it if you want to keep that, take the corrections back in the window, "
            "then try again."
        )


def replace_second_pass(connection: sqlite3.Connection, session_id: str, model: str, language: str) -> str:
    """An empty second pass in place of the one there may be; its id. Raises StoreError where that was corrected."""
    spare_corrections(connection, session_id)
    connection.execute("DELETE FROM session WHERE pass_of = ?", (session_id,))
    pass_id = f"{session_id}.second"
    connection.execute(
        "INSERT INTO session (id, title, started, duration_seconds, state, model, channels, language, pass_of) "
        "SELECT ?, title, started, duration_seconds, state, ?, channels, ?, id FROM session WHERE id = ?",
        (pass_id, storable(model), language, session_id),
    )
    return pass_id


def set_state(
    connection: sqlite3.Connection,
    session_id: str,
    state: CallState,
    duration_seconds: float,
    has_untranscribed_tail: bool,
) -> None:
    """Raises StoreError where there is no such session."""
    row(connection, session_id)
    connection.execute(
        "UPDATE session SET state = ?, duration_seconds = ?, has_untranscribed_tail = ? WHERE id = ?",
        (state.value, duration_seconds, has_untranscribed_tail, session_id),
    )


def set_consent(connection: sqlite3.Connection, session_id: str, consent: str) -> None:
    """Raises StoreError where there is no such session."""
    row(connection, session_id)
    connection.execute("UPDATE session SET consent = ? WHERE id = ?", (storable(consent), session_id))


def set_notes(connection: sqlite3.Connection, session_id: str, notes: str) -> None:
    """Raises StoreError where there is no such session."""
    row(connection, session_id)
    connection.execute("UPDATE session SET notes = ? WHERE id = ?", (storable(notes), session_id))


def set_language(connection: sqlite3.Connection, session_id: str, language: str) -> None:
    connection.execute("UPDATE session SET language = ? WHERE id = ?", (language, session_id))


def set_verbosity(connection: sqlite3.Connection, session_id: str, verbosity: Verbosity) -> None:
    connection.execute("UPDATE session SET verbosity = ? WHERE id = ?", (verbosity.value, session_id))


def set_tail_transcribed(connection: sqlite3.Connection, session_id: str) -> None:
    connection.execute("UPDATE session SET has_untranscribed_tail = 0 WHERE id = ?", (session_id,))


def delete(connection: sqlite3.Connection, session_id: str) -> None:
    """With everything that belongs to it."""
    connection.execute("DELETE FROM session WHERE id = ?", (session_id,))
    # Words of deleted text would stay in the index's older segments and in the log otherwise.
    connection.execute("INSERT INTO utterance_search (utterance_search) VALUES ('optimize')")
    connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")


def delete_review(connection: sqlite3.Connection, session_id: str) -> None:
    """Sentences, flags, follow-ups and cues of a session."""
    for table in ("sentence", "flag", "follow_up"):
        connection.execute(f"DELETE FROM {table} WHERE session = ?", (session_id,))
    connection.execute("DELETE FROM moment WHERE session = ? AND kind = 'CommunicationCue'", (session_id,))


def choose(name: str, ids: Sequence[str]) -> str:
    """Which of `ids` (the newest first) is meant. Raises StoreError where it is none or several."""
    if not ids:
        raise StoreError("Nothing has been recorded yet, so there is no session to take.")
    if name == "last":
        return ids[0]
    if name in ids:
        return name
    matches = [session_id for session_id in ids if name and session_id.startswith(name)]
    if not matches:
        raise StoreError(f"There is no session {name!r}. The newest is {ids[0]}; the list of sessions shows all.")
    if len(matches) > 1:
        some = ", ".join(matches[:5]) + (", ..." if len(matches) > 5 else "")
        raise StoreError(f"{name!r} may mean {len(matches)} sessions: {some}. Give more of the id.")
    return matches[0]
