"""The desktop program from its first window to its end: Qt's loop runs here, and what it needs around it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from types import TracebackType

from assistant.settings import data_folder
from ui.desktop.app import application
from ui.desktop.interrupts import Interrupts
from ui.desktop.lane import fault
from ui.desktop.placing import Place
from ui.desktop.shortcuts import Keys
from ui.desktop.window import PanelWindow
from ui.plans import Plan
from ui.preferences import Preferences
from ui.program import Program


def run_panel(preferences: Preferences, plan: Plan, starts_at_once: bool = False, messages: Sequence[str] = ()) -> int:
    """Show the panel until it is closed; the value is the exit code. `messages` are about the settings."""
    app = application()
    program = Program(preferences, plan)
    window = program.window
    interrupts = Interrupts(window.closing.leave)
    old_hook, sys.excepthook = sys.excepthook, partial(_show_fault, window)
    window.closed.connect(app.quit)
    place = Place(data_folder() / "window.ini")
    lost_place = place.restore(window)
    window.show()
    program.safekeeping.open_first(partial(_begin, program, starts_at_once))
    unused = (*messages, *Keys.of(preferences.now.shortcuts)[1])
    for title, lines in (("Some settings are not used", unused), ("The window's place", [lost_place])):
        if any(lines):
            window.show_message(title, "\n".join(lines))
    code = int(app.exec())
    place.keep(window.docking.free_geometry())
    program.end()
    sys.excepthook = old_hook
    interrupts.restore()
    return code


def _begin(program: Program, starts_at_once: bool) -> None:
    """Nothing that is kept is locked."""
    program.show_ready()
    if starts_at_once:
        program.start(consent_given=False)
    else:
        program.check()


def _show_fault(
    window: PanelWindow, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """What Qt's loop would print as a traceback and forget."""
    window.show_error("Something went wrong", fault(error))
