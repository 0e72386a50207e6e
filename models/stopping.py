"""Ends a transfer that nobody wants any more, from any thread, also while it waits for the network."""

from __future__ import annotations

import socket
import threading


class Stop:
    """One transfer's; it stays stopped. The thread of the transfer `hold`s what it reads from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards the socket
        self._socket: socket.socket | None = None
        self._is_stopped = threading.Event()

    @property
    def is_stopped(self) -> bool:
        return self._is_stopped.is_set()

    def stop(self) -> None:
        """Wake the transfer from whatever it waits for on the connection that it holds."""
        with self._lock:
            self._is_stopped.set()
            if self._socket is not None:
                shut(self._socket)

    def wait(self, seconds: float) -> None:
        """A pause that `stop` ends."""
        self._is_stopped.wait(seconds)

    def hold(self, made: socket.socket) -> None:
        """From here on `stop` ends this connection. Raises ConnectionAbortedError: it has been called already."""
        with self._lock:
            if self._is_stopped.is_set():
                raise ConnectionAbortedError("it is not wanted any more")
            self._socket = made


def shut(made: socket.socket) -> None:
    """Wake whoever reads from it."""
    try:
        socket.socket.shutdown(made, socket.SHUT_RDWR)  # that of TLS would take its state away from the reader
    except OSError:
        return  # the other side has closed it already
