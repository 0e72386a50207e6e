"""A call of three hours on the screen: how soon it is there, what a line more and a frame of scrolling cost, memory."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QScrollBar

from assistant.values import Stamped
from benchmarks.panel import made_up
from ui.desktop.panel_state import PanelState
from ui.desktop.picture import panel_without_screen
from ui.desktop.window import PanelWindow

LINES = 30_000 // made_up.WORDS_A_LINE
APPENDED = 600
FRAMES = 600


def run() -> dict[str, float]:
    window = panel_without_screen(420, 900, False)
    QApplication.processEvents()
    state = PanelState(title="Backend engineer")
    state.apply_all([made_up.beginning(), *made_up.events(0, LINES)])
    started = time.perf_counter()
    window.show_state(state, is_live=True)
    _drawn()
    opens = time.perf_counter() - started
    gc.collect()
    memory = _resident_megabytes()
    append = []
    for event in made_up.events(LINES, LINES + APPENDED):
        append.append(_timed(partial(_take, window, state, event)))
        _drawn()
    QApplication.processEvents()
    bar = window.live_page.transcript.verticalScrollBar()
    scroll = []
    for frame in range(FRAMES):  # up in steps of a wheel, in leaps through the whole call every now and then
        value = bar.value() - 60 if frame % 20 else (frame * 7919) % max(1, bar.maximum())
        scroll.append(_timed(partial(_scroll, bar, value)))
    return {
        "opens": opens,
        "append_p99": float(np.percentile(append, 99)) * 1000,
        "scroll_p99": float(np.percentile(scroll, 99)) * 1000,
        "memory": memory,
    }


def _take(window: PanelWindow, state: PanelState, event: Stamped) -> None:
    window.call_screen.follow(state.apply(event))


def _scroll(bar: QScrollBar, value: int) -> None:
    bar.setValue(value)
    _drawn()


def _drawn() -> None:
    """Let what is asked for be laid out and painted."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QApplication.processEvents()


def _timed(does: Callable[[], object]) -> float:
    started = time.perf_counter()
    does()
    return time.perf_counter() - started


def _resident_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


if __name__ == "__main__":
    print(json.dumps(run()))
