"""What a crash left of sessions is repaired and made whole. May be used from any thread."""

from __future__ import annotations

from contextlib import suppress

from assistant.audio.recording import find_recording, finish, taken_over
from assistant.call import Call, CallState
from assistant.errors import RecordingError
from assistant.store import sessions
from assistant.store.folders import SessionFolders
from assistant.store.queries import last_end_seconds
from assistant.store.schema import transaction
from assistant.store.statements import write_review
from assistant.store.views import Recovered


class CrashedSessions(SessionFolders):
    """Those whose program ended in mid-call, and those that have sound without text."""

    def recoverable(self) -> list[str]:
        """Ids of the sessions whose program ended in mid-call, the oldest first."""
        return self._unowned(lambda row: row["state"] == CallState.RECORDING.value)

    def end_recordings(self) -> None:
        """Those that go on although their program has crashed: none runs beside a new call, and one that can't be ended
        does not hinder it. They stay `recoverable`."""
        for session_id in filter(lambda one: find_recording(self.folder(one)), self.recoverable()):
            with suppress(RecordingError, OSError), taken_over(self.folder(session_id)):
                pass

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
        `StoreSink`, `keep_review`, then call `tail_transcribed`."""
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

    def _recovered(self, session_id: str, problem: str = "") -> Recovered:
        with self._connection() as connection:
            last_seconds = last_end_seconds(connection, session_id)
        audio = find_recording(self.folder(session_id))
        duration_seconds = max(self._recorded_seconds(session_id), last_seconds)
        return Recovered(session_id, audio, duration_seconds, problem)
