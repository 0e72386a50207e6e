"""The history of calls on this computer. May be used from any thread; each operation has a connection of its own."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self

from assistant.audio.recording import find_recording, finish, read_recording
from assistant.call import Call, CallState, Version
from assistant.errors import RecordingError, StoreError
from assistant.store import sessions
from assistant.store.owners import Owners
from assistant.store.queries import (
    last_end_seconds,
    read_call,
    read_notices,
    search_utterances,
)
from assistant.store.schema import connect, prepare, transaction, translated
from assistant.store.statements import correct_utterance, write_call, write_review
from assistant.store.views import Found, Notice, Recovered, SessionSummary
from assistant.values import Channel

DATABASE_NAME = "depthcue.db"
SESSIONS_NAME = "sessions"


class Store:
    """Sessions and all that was kept of them.

    A session that is being recorded holds a lock of the operating system in its folder, which ends with its process:
    so a crash is told apart from a call that goes on.
    """

    def __init__(self, data_folder: Path) -> None:
        self.data_folder = data_folder
        self.path = data_folder / DATABASE_NAME
        self._owners = Owners()

    @classmethod
    def open(cls, data_folder: Path) -> Store:
        """Open the history in `data_folder`, or start one.

        Raises:
            StoreError: the folder can't be used; the database is damaged or newer (it is left as it is).
        """
        store = cls(data_folder)
        with translated(store.path):
            data_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            (data_folder / SESSIONS_NAME).mkdir(exist_ok=True, mode=0o700)
        prepare(store.path)
        return store

    def close(self) -> None:
        """Let go of the sessions that this store holds. Those that are not finished can be recovered then."""
        self._owners.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- a call ----------------------------------------------------------------------------------------------------

    def begin(
        self, title: str, started: datetime, model: str, channels: Sequence[Channel], consent: str | None
    ) -> tuple[str, Path]:
        """Start a session, owned by this process: its id (readable: the local time of its start) and its folder.

        Raises:
            ValueError: `started` has no time zone.
            StoreError: it can't be written.
        """
        if started.tzinfo is None:
            raise ValueError("a start without time zone is no moment")
        session_id, folder = self._make_folder(f"{started:%Y%m%d-%H%M%S}")
        try:
            self._own(session_id)
            with self._connection() as connection:
                sessions.insert(connection, session_id, title, started, model, channels, consent)
        except StoreError:
            self.release(session_id)
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return session_id, folder

    def finish(self, session_id: str, duration_seconds: float, *, is_complete: bool = True) -> None:
        """The call is over. Where not all that was said became text (`is_complete` is False) it waits in
        `untranscribed`.

        Raises:
            StoreError: it can't be written; the session is released and can be recovered.
        """
        try:
            with self._connection() as connection:
                sessions.set_state(connection, session_id, CallState.FINISHED, duration_seconds, not is_complete)
        finally:
            self.release(session_id)

    def note_consent(self, session_id: str, consent: str) -> None:
        """What was answered during the call, and when.

        Raises:
            StoreError: there is no such session, or it can't be written.
        """
        with self._connection() as connection:
            sessions.set_consent(connection, session_id, consent)

    def folder(self, session_id: str) -> Path:
        return self.data_folder / SESSIONS_NAME / session_id

    # --- history ---------------------------------------------------------------------------------------------------

    def sessions(self) -> list[SessionSummary]:
        """All of them, the newest first."""
        with self._connection() as connection:
            rows = sessions.rows(connection)
        summaries = [
            SessionSummary(
                row["id"],
                datetime.fromisoformat(row["started"]),
                self._duration(row),
                row["title"],
                CallState(row["state"]),
            )
            for row in rows
        ]
        return sorted(summaries, key=lambda summary: (summary.started, summary.id), reverse=True)

    def resolve(self, name: str) -> str:
        """The id that is meant by an id, the only one that begins like this, or "last" (the newest).

        Raises:
            StoreError: none or several are meant.
        """
        return sessions.choose(name, [summary.id for summary in self.sessions()])

    def load(self, session_id: str, version: Version = Version.NEWEST) -> Call:
        """Everything kept of a call, also of one that is being recorded. `audio` is for `read_recording`.

        Raises:
            StoreError: there is no such session or no such version of it, or it can't be read.
        """
        with self._connection() as connection:
            row = sessions.row(connection, session_id)
            second_pass = None if version is Version.LIVE else sessions.second_pass(connection, session_id)
            if version is Version.SECOND and second_pass is None:
                raise StoreError(
                    f"The session {session_id} has no second version yet: `depthcue transcribe --session {session_id}` "
                    "makes one."
                )
            audio = find_recording(self.folder(session_id))
            return read_call(connection, row, second_pass, self._duration(row), audio)

    def keep_second_pass(self, session_id: str, call: Call) -> None:
        """Keep the text and the review of `call` as the session's second version, in place of an earlier one; the live
        one stays as it is. All or nothing, whatever happens.

        Raises:
            StoreError: there is no such session, or it can't be written.
        """
        with self._connection() as connection, transaction(connection):
            sessions.row(connection, session_id)
            pass_id = sessions.replace_second_pass(connection, session_id, call.model, call.language)
            write_call(connection, pass_id, call)

    def keep_notes(self, session_id: str, notes: str) -> None:
        """What the interviewer writes about a call, in place of what was there.

        Raises:
            StoreError: there is no such session, or it can't be written.
        """
        with self._connection() as connection:
            sessions.set_notes(connection, session_id, notes)

    def correct(self, session_id: str, version: Version, utterance: int, text: str | None) -> None:
        """Let an utterance of a version (not `NEWEST`) read `text`, or what was heard where that is None.

        What was heard is kept in either case.

        Raises:
            StoreError: there is no such session, version or utterance, or it can't be written.
        """
        with self._connection() as connection, transaction(connection):
            row = sessions.row(connection, session_id)
            if version is Version.SECOND:
                row = sessions.second_pass(connection, session_id) or row
            if not correct_utterance(connection, row["id"], utterance, text):
                raise StoreError(
                    f"The line is not in the session {session_id} any more, so it was not corrected: the call may have "
                    "been transcribed once more meanwhile. Open it again."
                )

    def notices(self, session_id: str) -> list[Notice]:
        """What was to know about a call (lost devices, warnings), in the order in which it was said."""
        with self._connection() as connection:
            return read_notices(connection, session_id)

    def search(self, text: str) -> list[Found]:
        """Utterances with all these words (the last one may be the beginning of a word), the best first."""
        with self._connection() as connection:
            return search_utterances(connection, text)

    def delete(self, session_id: str) -> None:
        """Remove a session with its recording, for good.

        Raises:
            StoreError: there is no such session, it is being recorded, or a file can't be removed (try again then).
        """
        self._require(session_id)
        self._own(session_id)
        self.release(session_id)
        # The files go first: should it fail in between, the session is still listed and can be deleted again.
        with translated(self.path):
            if self.folder(session_id).exists():
                shutil.rmtree(self.folder(session_id))
        with self._connection() as connection:
            sessions.delete(connection, session_id)

    # --- after a crash ---------------------------------------------------------------------------------------------

    def recoverable(self) -> list[str]:
        """Ids of the sessions whose program ended in mid-call, the oldest first."""
        return self._unowned(lambda row: row["state"] == CallState.RECORDING.value)

    def recover(self, session_id: str) -> Recovered:
        """Repair what a crash left, so that the session opens like any other. Its tail waits in `untranscribed`.

        Raises:
            StoreError: there is no such session, it is being recorded, or the database can't be written.
        """
        row = self._require(session_id)
        self._own(session_id)
        try:
            problem = ""
            if find_recording(self.folder(session_id)):
                try:
                    finish(self.folder(session_id))
                except RecordingError as error:
                    problem = str(error)
            recovered = self._recovered(session_id, problem)
            if row["state"] == CallState.RECORDING.value:
                with self._connection() as connection:
                    sessions.set_state(connection, session_id, CallState.RECOVERED, recovered.duration_seconds, True)
            return recovered
        finally:
            self.release(session_id)

    def untranscribed(self) -> list[Recovered]:
        """Recovered sessions whose tail nobody has transcribed yet, the oldest first. Append to them with a
        `StoreSink`, then call `tail_transcribed`."""
        return [
            self._recovered(session_id) for session_id in self._unowned(lambda row: bool(row["has_untranscribed_tail"]))
        ]

    def keep_review(self, session_id: str, call: Call) -> None:
        """Keep sentences, flags and follow-ups of `call` in place of those there are. All or nothing.

        Raises:
            StoreError: it can't be written.
        """
        with self._connection() as connection, transaction(connection):
            sessions.delete_review(connection, session_id)
            write_review(connection, session_id, call)

    def tail_transcribed(self, session_id: str) -> None:
        with self._connection() as connection:
            sessions.set_tail_transcribed(connection, session_id)

    # --- who owns a session ----------------------------------------------------------------------------------------

    def hold(self, session_id: str) -> bool:
        """Own a session until `release`, or until this process ends; False if this store does so already.

        Raises:
            StoreError: there is no such session, or somebody else owns it.
        """
        self._require(session_id)
        if self._owners.holds(self.folder(session_id)):
            return False
        self._own(session_id)
        return True

    def release(self, session_id: str) -> None:
        self._owners.release(self.folder(session_id))

    def _own(self, session_id: str) -> None:
        with translated(self.path):
            is_taken = self._owners.take(self.folder(session_id))
        if not is_taken:
            raise StoreError(
                f"The session {session_id} is being recorded or repaired just now: end that first, then try again."
            )

    def _unowned(self, is_meant: Callable[[sqlite3.Row], bool]) -> list[str]:
        with self._connection() as connection:
            ids = [row["id"] for row in sessions.rows(connection) if is_meant(row)]
        free = []
        for session_id in ids:
            with translated(self.path):
                if self._owners.take(self.folder(session_id)):
                    self.release(session_id)
                    free.append(session_id)
        return free

    # --- helpers ---------------------------------------------------------------------------------------------------

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with translated(self.path), closing(connect(self.path)) as connection:
            yield connection

    def _require(self, session_id: str) -> sqlite3.Row:
        with self._connection() as connection:
            return sessions.row(connection, session_id)

    def _make_folder(self, stem: str) -> tuple[str, Path]:
        number = 1
        while True:
            session_id = stem if number == 1 else f"{stem}-{number}"
            with translated(self.path):
                try:
                    self.folder(session_id).mkdir(mode=0o700)
                    return session_id, self.folder(session_id)
                except FileExistsError:
                    number += 1

    def _duration(self, row: sqlite3.Row) -> float:
        """Of a finished call what was stored; of one that is being recorded how long its recording is by now."""
        if row["state"] != CallState.RECORDING.value:
            return float(row["duration_seconds"])
        return self._recorded_seconds(row["id"])

    def _recorded_seconds(self, session_id: str) -> float:
        audio = find_recording(self.folder(session_id))
        try:
            return read_recording(audio).length_seconds if audio else 0.0
        except RecordingError:
            return 0.0  # reading it for its sound says what is wrong; a list of sessions must not fail on it

    def _recovered(self, session_id: str, problem: str = "") -> Recovered:
        with self._connection() as connection:
            last_seconds = last_end_seconds(connection, session_id)
        audio = find_recording(self.folder(session_id))
        duration_seconds = max(self._recorded_seconds(session_id), last_seconds)
        return Recovered(session_id, audio, duration_seconds, problem)
