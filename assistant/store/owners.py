"""Which process records or repairs a session.

A lock of the operating system in the session's folder: it ends with its process, however that ends, so that a crash is
told apart from a call that goes on. A number of a process would be given to another one some day. Any thread.
"""

from __future__ import annotations

import threading
from pathlib import Path

from filelock import FileLock, Timeout

LOCK_NAME = "owner.lock"


class Owners:
    """The locks that this store holds."""

    def __init__(self) -> None:
        self._locks: dict[Path, FileLock] = {}
        self._guard = threading.Lock()

    def holds(self, folder: Path) -> bool:
        with self._guard:
            return folder in self._locks

    def take(self, folder: Path) -> bool:
        """Own the session in `folder`, which is made if it was lost; False if somebody owns it. Raises OSError."""
        with self._guard:
            folder.mkdir(exist_ok=True, mode=0o700)
            # Given back by whichever thread ends the call.
            lock = FileLock(folder / LOCK_NAME, timeout=0, mode=0o600, thread_local=False)
            try:
                lock.acquire()
            except Timeout:
                return False
            self._locks[folder] = lock
            return True

    def release(self, folder: Path) -> None:
        """Safe where it is not held."""
        with self._guard:
            lock = self._locks.pop(folder, None)
            if lock:
                lock.release()

    def close(self) -> None:
        with self._guard:
            while self._locks:
                self._locks.popitem()[1].release()
