"""The one crossing of threads: worker threads call `next` and `close`, the UI thread gets batches of events.

`next` takes a lock for as long as a list's append and never waits for the UI. Readings of a meter and texts that a
newer one replaces are dropped while they wait, so that a flood can't clog the window; nothing else ever is.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from assistant.values import Level, Stamped, TranscriptUpdate, UpdateKind

_FRAME_MS = 30  # between two batches
_BUDGET_SECONDS = 0.008  # of one batch; what is left comes with the next
_BATCH = 16


class Bridge(QObject):
    """A `Sink`. Make it on the UI thread; connect to `arrived` (a list of `Stamped`) and `ended`."""

    arrived = Signal(list)
    ended = Signal()  # after the last event has arrived
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()  # guards the three below
        self._waiting: OrderedDict[object, Stamped] = OrderedDict()
        self._count = 0
        self._is_closed = False
        self._has_ended = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._deliver)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    # --- any thread ---

    def next(self, stamped: Stamped) -> None:
        with self._lock:
            was_empty = not self._waiting
            self._supersede(stamped)
            self._waiting[self._key(stamped)] = stamped
        if was_empty:
            self._woken.emit()

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
        self._woken.emit()

    def waiting(self) -> int:
        """How many events have not arrived yet."""
        with self._lock:
            return len(self._waiting)

    def _key(self, stamped: Stamped) -> object:
        """Equal for events of which only the newest counts."""
        match stamped.event:
            case Level(channel):
                return ("level", channel)
            case TranscriptUpdate(kind, _, utterance) if kind is not UpdateKind.FINAL:
                return (kind, utterance)
        self._count += 1
        return self._count

    def _supersede(self, stamped: Stamped) -> None:
        """Drop what the event replaces, so that it takes its place at the end."""
        match stamped.event:
            case TranscriptUpdate(UpdateKind.FINAL, _, utterance):
                self._waiting.pop((UpdateKind.PARTIAL, utterance), None)
                self._waiting.pop((UpdateKind.COMMITTED, utterance), None)
            case TranscriptUpdate(kind, _, utterance):
                self._waiting.pop((kind, utterance), None)
            case Level(channel):
                self._waiting.pop(("level", channel), None)

    # --- the UI thread ---

    @Slot()
    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start(_FRAME_MS)

    @Slot()
    def _deliver(self) -> None:
        deadline = time.monotonic() + _BUDGET_SECONDS
        while batch := self._take():
            self.arrived.emit(batch)
            if time.monotonic() > deadline:
                break
        with self._lock:
            is_more, is_closed = bool(self._waiting), self._is_closed
        if is_more:
            self._timer.start(_FRAME_MS)
        elif is_closed and not self._has_ended:
            self._has_ended = True
            self.ended.emit()

    def _take(self) -> list[Stamped]:
        with self._lock:
            return [self._waiting.popitem(last=False)[1] for _ in range(min(_BATCH, len(self._waiting)))]
