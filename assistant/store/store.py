"""The history of calls on this computer. May be used from any thread; each operation has a connection of its own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

from assistant.audio.recording import find_recording, taken_over
from assistant.call import Call, CallState, Version
from assistant.errors import StoreError
from assistant.sealing import gate
from assistant.sealing.keys import FileKey
from assistant.store import sessions
from assistant.store.crashed import CrashedSessions
from assistant.store.folders import SESSIONS_NAME
from assistant.store.queries import read_call, read_notices, search_utterances
from assistant.store.schema import prepare, transaction, translated
from assistant.store.statements import correct_utterance, write_call
from assistant.store.views import Found, Notice, SessionSummary
from assistant.values import Channel


class Store(CrashedSessions):
    """Sessions and all that was kept of them."""

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

    def new_recording_key(self) -> FileKey | None:
        """What the sound of a new call is to be encrypted with; None where the history is not encrypted.

        Raises:
            StoreError: it is, and nobody has unlocked it.
        """
        if not gate.is_encrypted(self.data_folder):
            return None
        from assistant.sealing import vault

        with translated(self.path):
            kept = vault.find(self.data_folder)
            if kept is None or not kept.is_wanted:
                return None
            return vault.opened(self.data_folder, kept).for_new_file()

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

    def has_second_pass(self, session_id: str) -> bool:
        with self._connection() as connection:
            return sessions.second_pass(connection, session_id) is not None

    def spare_corrections(self, session_id: str) -> None:
        """Refuse what `keep_second_pass` would refuse, before a second version is made in vain.

        Raises:
            StoreError: a person has corrected lines of the one that there is, and they would be lost with it.
        """
        with self._connection() as connection:
            sessions.spare_corrections(connection, session_id)

    def keep_second_pass(self, session_id: str, call: Call) -> None:
        """Keep the text and the review of `call` as the session's second version, in place of an earlier one; the live
        one stays as it is. All or nothing, whatever happens.

        Raises:
            StoreError: there is no such session, it can't be written, or lines of the earlier one are corrected.
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
            RecordingError: its program has crashed, and what goes on recording it does not end.
        """
        self._require(session_id)
        self._own(session_id)
        self.release(session_id)
        if find_recording(self.folder(session_id)):
            with translated(self.path), taken_over(self.folder(session_id)):
                pass
        # The files go first: should it fail in between, the session is still listed and can be deleted again.
        with translated(self.path):
            if self.folder(session_id).exists():
                shutil.rmtree(self.folder(session_id))
        with self._connection() as connection:
            sessions.delete(connection, session_id)
