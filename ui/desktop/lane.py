"""Work off the UI thread, whose results come back to it.

A lane is one thread that does one thing after the other, so that what belongs together never overtakes itself. Only
what is handed to `back`, `then` and `failed` runs on the UI thread; nothing of that may block.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from assistant.errors import AssistantError
from assistant.faults import trace

_Result = TypeVar("_Result")


class Lane(QObject):
    """Make it on the UI thread, and `end` it before the program ends."""

    _returned = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._has_ended = False  # the UI thread only
        self._worker = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._returned.connect(self._take_back, Qt.ConnectionType.QueuedConnection)

    def do(
        self, work: Callable[[], _Result], then: Callable[[_Result], object], failed: Callable[[str], object]
    ) -> None:
        """Do `work` after what this lane has to do already; then, on the UI thread, `then` with its result or `failed`
        with what to tell a person. Returns at once; after `end` nothing happens."""
        if not self._has_ended:
            self._worker.submit(self._work, work, then, failed)

    def back(self, does: Callable[[], object]) -> None:
        """Do something on the UI thread. From any thread; keeps the order."""
        self._returned.emit(does)

    def end(self, does_all: bool = False) -> None:
        """Forget what has not begun (with `does_all` do it), and wait for what has."""
        self._has_ended = True
        self._worker.shutdown(wait=True, cancel_futures=not does_all)

    def _work(
        self, work: Callable[[], _Result], then: Callable[[_Result], object], failed: Callable[[str], object]
    ) -> None:
        try:
            result = work()
        except AssistantError as error:
            self.back(partial(failed, str(error)))
        except Exception as error:  # noqa: BLE001 the last line before a person: a fault of ours, said as one
            self.back(partial(failed, fault(error)))
        else:
            self.back(partial(then, result))

    @Slot(object)
    def _take_back(self, does: Callable[[], object]) -> None:
        does()


def fault(error: BaseException) -> str:
    """What to tell a person about a mistake in this program."""
    trace(error)
    return (
        f"A fault in the program ({type(error).__name__}: {error}). What was recorded is kept. Start it again from a "
        "terminal with DEPTHCUE_TRACEBACK=1 to see where, and report it."
    )
