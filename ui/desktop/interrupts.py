"""Ctrl+C and the system's request to end, as an event of the window instead of a death in mid-call."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier


class Interrupts(QObject):
    """Calls `asked_to_end` on the UI thread. Make it on the main thread, `restore` it after the loop.

    Qt's loop never returns to Python, so Python's handler alone would wait for the next event: the system writes a
    byte for each signal into a socket that the loop watches.
    """

    def __init__(self, asked_to_end: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked_to_end = asked_to_end
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        self._old_fd = signal.set_wakeup_fd(self._write.fileno())
        self._old = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._wake)

    def restore(self) -> None:
        self._notifier.setEnabled(False)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._old_fd)
        self._read.close()
        self._write.close()

    def _wake(self) -> None:
        self._read.recv(64)
        self._asked_to_end()
