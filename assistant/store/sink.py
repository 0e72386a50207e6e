"""The way of a call's events into the database.

`next` runs on the threads that publish and only puts into a queue. A database thread of this sink's own writes; it
alone may wait for the disk. Whatever the database does, the call goes on.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing

from assistant.errors import StoreError
from assistant.store.schema import connect, transaction, translated
from assistant.store.sessions import set_language, set_verbosity
from assistant.store.statements import is_kept, write
from assistant.store.store import Store
from assistant.values import Stamped, Verbosity

QUEUE_EVENTS = 4096  # some hours of talk; a replay above real-time speed waits here for the disk
PUT_SECONDS = 10.0  # a disk that takes nothing for so long is a failure, not a delay


class StoreSink:
    """Keeps what is final of a call; implements `assistant.ports.Sink`.

    An event is safe, also from a crash, a moment after `next`. What the database did not take is kept in memory and
    tried again with each later event and at the end, so that a disk that is full for a while loses nothing.
    """

    def __init__(
        self,
        store: Store,
        session_id: str,
        language: Callable[[], str] = str,
        verbosity: Verbosity | None = None,
    ) -> None:
        """Write to a session, also to one with events: those of the same number or id are replaced.

        Args:
            language: code of the one that is transcribed, empty until it is known; asked on the database thread, and
                stored with the first text in it, so that no crash takes it.
            verbosity: by which the call is reviewed; None leaves what is stored.

        Raises:
            StoreError: there is no such session, another process writes it, or the database can't be used.
        """
        self._store = store
        self._session_id = session_id
        self._queue: queue.Queue[Stamped | None] = queue.Queue(QUEUE_EVENTS)
        self._pending: list[Stamped] = []  # database thread only; text of a call is small, so it has no limit
        self._failure: StoreError | None = None
        self._lost: StoreError | None = None  # never forgotten, unlike a failure that a later attempt mends
        self._is_closed = self._is_complete = False
        self._language = language
        self._stored_language = ""
        with ExitStack() as undo:
            self._is_owner = store.hold(session_id)
            if self._is_owner:
                undo.callback(store.release, session_id)
            with translated(store.path):
                self._connection = undo.enter_context(closing(connect(store.path)))
                if verbosity is not None:
                    set_verbosity(self._connection, session_id, verbosity)
            self._thread = threading.Thread(target=self._run, name="store", daemon=True)
            self._thread.start()
            undo.pop_all()

    @property
    def failure(self) -> StoreError | None:
        """Why something is not safe at the moment; None when all is."""
        return self._lost or self._failure

    def next(self, stamped: Stamped) -> None:
        if not is_kept(stamped.event):
            return
        try:
            self._queue.put(stamped, timeout=PUT_SECONDS if self._thread.is_alive() else 0.0)
        except queue.Full:
            self._lost = StoreError(
                f"The database in {self._store.path} takes no more events: the transcript of this call is not kept "
                "from here on, its recording is. Check the disk and its free space, then restart the program."
            )

    def close(self) -> None:
        """Return when everything is on the disk. Safe to call twice.

        Raises:
            StoreError: something could not be stored; the text says what to do.
        """
        if self._is_closed:
            return
        self._is_closed = True
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()
        if self._is_owner:
            self._store.release(self._session_id)
        if self.failure:
            raise self.failure
        if not self._is_complete:
            raise StoreError(
                f"The database in {self._store.path} stopped taking events because of a mistake in this program: "
                "please report it. The recording of this call is complete."
            )

    def _run(self) -> None:
        with closing(self._connection):
            is_over = False
            while not is_over:
                batch = [self._queue.get()]
                while not self._queue.empty():
                    batch.append(self._queue.get())
                is_over = None in batch
                self._pending += [stamped for stamped in batch if stamped is not None]
                try:
                    self._write_pending()
                    self._failure = None
                except StoreError as error:
                    self._failure = error
        self._is_complete = True

    def _write_pending(self) -> None:
        language = self._language()
        is_new_language = language not in ("", self._stored_language)
        if not self._pending and not is_new_language:
            return
        with translated(self._store.path), transaction(self._connection):
            for stamped in self._pending:
                write(self._connection, self._session_id, stamped)
            if is_new_language:
                set_language(self._connection, self._session_id, language)
        self._pending.clear()
        self._stored_language = language
