"""Where the sessions lie, on the disk and in the database, and who owns them. May be used from any thread."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from assistant.audio.recording import find_recording, read_recording
from assistant.call import CallState
from assistant.errors import RecordingError, SealingError, StoreError
from assistant.store import sessions
from assistant.store.driver import located
from assistant.store.owners import Owners
from assistant.store.schema import connect, translated

SESSIONS_NAME = "sessions"


class SessionFolders:
    """One folder per session beside the database.

    A session that is being recorded holds a lock of the operating system in its folder, which ends with its process:
    so a crash is told apart from a call that goes on.
    """

    def __init__(self, data_folder: Path) -> None:
        self.data_folder = data_folder
        self._owners = Owners()

    @property
    def path(self) -> Path:
        """Of the database; another one once the history was encrypted or decrypted.

        Raises:
            StoreError: what is needed to open it is damaged.
        """
        try:
            return located(self.data_folder)
        except SealingError as error:
            raise StoreError(str(error)) from error

    def folder(self, session_id: str) -> Path:
        return self.data_folder / SESSIONS_NAME / session_id

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

    @contextmanager
    def owning(self, session_id: str) -> Iterator[None]:
        """Own the folder of a session for a while, whether or not the database knows it.

        Raises:
            StoreError: somebody owns it.
        """
        self._own(session_id)
        try:
            yield
        finally:
            self.release(session_id)

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
        with translated(self.path):
            for session_id in ids:
                if self._owners.take(self.folder(session_id)):
                    self.release(session_id)
                    free.append(session_id)
        return free

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        path = self.path
        with translated(path), closing(connect(path)) as connection:
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
