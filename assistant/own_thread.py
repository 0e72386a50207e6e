"""Work that may never end, such as a question to a part of the system that knows no time limit, on a thread of its own.

That thread is left alone where nobody waits any more: it holds up neither whoever asked nor the end of the program.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_Result = TypeVar("_Result")


def on_own_thread(work: Callable[[], _Result], name: str) -> Future[_Result]:
    """Begin `work` on a new thread called `name`; what comes of it, whatever it returns or raises.

    An executor would not do: Python waits for the threads of all executors before it ends.
    """
    outcome: Future[_Result] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 nothing is dropped: whoever waits gets it
            outcome.set_exception(error)
        else:
            outcome.set_result(result)

    threading.Thread(target=run, name=name, daemon=True).start()
    return outcome
