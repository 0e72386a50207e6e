"""What the panel takes of a core while it waits, and while a call's events arrive that nobody decodes."""

from __future__ import annotations

import json
import sys
import threading
import time

from PySide6.QtCore import QTimer

from assistant.settings import Settings, settings_path
from benchmarks.panel import made_up
from ui.desktop.agenda import Agenda
from ui.desktop.app import application
from ui.desktop.bridge import Bridge
from ui.plans import demo_plan
from ui.preferences import Preferences
from ui.program import Program

SETTLE_MS = 3000
QUESTIONS = ("What did you build?", "What was the hardest part?", "What did you measure?", "What would you change?")


def run(seconds: float) -> dict[str, float]:
    app = application(False)
    program = Program(Preferences(Settings(), settings_path()), demo_plan())
    window = program.window
    window.resize(420, 900)
    window.show()
    program.show_ready()
    QTimer.singleShot(SETTLE_MS, app.quit)
    app.exec()
    idle = _share(seconds)
    bridge = Bridge(window)
    window.show_live("Backend engineer", "", bridge, Agenda(QUESTIONS, 45))
    bridge.next(made_up.beginning())
    over = threading.Event()
    speaker = threading.Thread(target=_speak, args=(bridge, over))
    speaker.start()
    live = _share(seconds)
    over.set()
    speaker.join()
    program.end()
    return {"idle_cpu": idle * 100, "live_cpu": live * 100}


def _share(seconds: float) -> float:
    app = application(False)
    QTimer.singleShot(round(seconds * 1000), app.quit)
    wall, cpu = time.perf_counter(), time.process_time()
    app.exec()
    return (time.process_time() - cpu) / (time.perf_counter() - wall)


def _speak(bridge: Bridge, over: threading.Event) -> None:
    """On a thread of its own: line after line, at the speed of speech. What it takes is counted, too."""
    started = time.perf_counter()
    number = 0
    while not over.is_set():
        for stamped in (*made_up.while_spoken(number), *made_up.events(number, number + 1)):
            if over.wait(max(0.0, stamped.audio_seconds - (time.perf_counter() - started))):
                return
            bridge.next(stamped)
        number += 1


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]))))
