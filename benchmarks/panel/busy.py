"""The bundled interview as a live call, decoded with as many threads as there are cores: how long is the UI blocked?"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial

from PySide6.QtCore import QTimer

from assistant.settings import Settings, settings_path
from ui.desktop.app import application
from ui.desktop.standing import Phase
from ui.plans import demo_plan
from ui.preferences import Preferences
from ui.program import Program

BEAT_MS = 5


class Heart:
    """Beats on the UI thread; a beat that comes late was blocked."""

    def __init__(self) -> None:
        self.longest_seconds = 0.0
        self._last: float | None = None
        self.timer = QTimer()
        self.timer.timeout.connect(self._beat)
        self.timer.start(BEAT_MS)

    def begin(self) -> None:
        self.longest_seconds, self._last = 0.0, None

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last is not None:
            self.longest_seconds = max(self.longest_seconds, now - self._last - BEAT_MS / 1000)
        self._last = now


def run(seconds: float) -> dict[str, float]:
    app = application(False)
    settings = {"decode_threads": os.cpu_count() or 1, "question_set": "product", "language": "en"}
    program = Program(Preferences(Settings(), settings_path(), settings), demo_plan())
    program.window.resize(420, 900)
    program.window.show()
    program.show_ready()
    program.start(consent_given=False)
    heart = Heart()
    wait = QTimer()

    def look() -> None:
        if program.window.state.standing.phase is Phase.RECORDING:
            wait.stop()
            heart.begin()
            QTimer.singleShot(round(seconds * 1000), partial(app.exit, 0))  # `quit` would ask the window

    wait.timeout.connect(look)
    wait.start(100)
    app.exec()
    longest = heart.longest_seconds
    program.end()
    return {"longest_block": longest * 1000}


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]))))
