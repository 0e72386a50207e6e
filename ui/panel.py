"""The desktop program: puts the panel's window together with calls, devices and the history.

The UI thread only shows and passes on. Everything else has its lane, a thread that does one thing after the other:
- calls: opens the devices, loads the model and is the listening thread of the call, one call after the other;
- commands: pause, mark and the like for the call that runs, which may wait for a stage or a device;
- desk: what can be heard, the history, exports;
- repair: is there a model, and what a crash has left.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from assistant.errors import AssistantError
from assistant.settings import Settings, data_folder
from ui import history
from ui.desktop.app import application
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Ready
from ui.desktop.interrupts import Interrupts
from ui.desktop.lane import Lane, fault
from ui.desktop.window import PanelWindow
from ui.plans import Plan

if TYPE_CHECKING:  # these load codecs and engines, which a window must not wait for
    from assistant.ports import Transcriber
    from ui.compose import KeptCall


class Program(QObject):
    """Implements `ui.desktop.controls.Controls` for the window that it owns. `end` it when the window is closed."""

    def __init__(self, settings: Settings, model: str, plan: Plan) -> None:
        super().__init__()
        self._settings = settings
        self._model = model
        self._plan = plan
        self._calls, self._commands, self._desk, self._repair = (
            Lane(name, self) for name in ("calls", "commands", "desk", "repair")
        )
        self._transcriber: Transcriber | None = None  # the calls' lane only
        self._running: KeptCall | None = None  # written by the calls' lane
        self._newest_id = ""  # of the call that was shown last as it began
        self._is_leaving = threading.Event()
        self._is_calling = threading.Event()  # a call starts or runs: the repair leaves the cores to it
        self.window = PanelWindow(self)
        self.window.open_requested.connect(self._open_call)
        self.window.export_requested.connect(self._export)
        self.window.ready_requested.connect(self.show_ready)
        self.window.look_again_requested.connect(self._look)

    # --- before and after a call ---

    def show_ready(self) -> None:
        """The page before a call, at once; names of devices and kept calls follow."""
        self.window.show_ready(Ready(self._plan.title, asks_consent=self._plan.consent is None))
        self._look()
        self._list_past()

    def check(self) -> None:
        """Once, behind the page: say what is missing for a call, and complete what a crash has left."""
        self._repair.do(
            self._find_model, lambda _: None, partial(self.window.show_error, "No speech model can be used")
        )
        self._complete_calls()

    def _complete_calls(self) -> None:
        self._repair.do(self._recover, self._recovered, partial(self.window.show_error, "A call is not recovered"))

    def _look(self) -> None:
        self._desk.do(
            self._plan.voices,
            lambda voices: self.window.ready_page.show_voices(*voices),
            partial(self.window.show_error, "What can be heard is not known"),
        )

    def _list_past(self) -> None:
        self._desk.do(
            history.past_calls,
            self.window.ready_page.show_past,
            partial(self.window.show_error, "The kept calls can't be read"),
        )

    def _find_model(self) -> None:
        """Raises ModelError: there is none; the text says the ways to get one."""
        from models.weights import choose_default, locate

        locate(self._model or self._settings.model or choose_default(data_folder()), data_folder())

    def _recover(self) -> list[str]:
        from assistant.store import Store
        from ui.recovery import recover

        messages: list[str] = []
        with Store.open(data_folder()) as store:
            recover(store, self._settings, messages.append, self._has_something_better_to_do)
        return messages

    def _has_something_better_to_do(self) -> bool:
        return self._is_leaving.is_set() or self._is_calling.is_set()

    def _recovered(self, messages: list[str]) -> None:
        if messages:
            self.window.show_message("A call that had no end was recovered", "\n".join(messages))
            self._list_past()

    def _open_call(self, call_id: str) -> None:
        self._desk.do(
            partial(history.load, call_id),
            self.window.show_call,
            partial(self.window.show_error, "The call can't be opened"),
        )

    def _export(self, call_id: str, folder: Path) -> None:
        self._desk.do(
            partial(history.export, call_id, folder),
            lambda path: self.window.show_message("Exported", str(path)),
            partial(self.window.show_error, "The call is not exported"),
        )

    # --- a call ---

    def start(self, consent_given: bool) -> None:
        bridge = Bridge(self)
        self._is_calling.set()
        self.window.show_waiting()
        self._calls.do(
            partial(self._hold_call, bridge, consent_given),
            partial(self._call_is_over, bridge),
            partial(self._call_has_failed, bridge),
        )

    def _hold_call(self, bridge: Bridge, consent_given: bool) -> str:
        """On the calls' lane: a call from before its first sound until it is closed on the disk; its id."""
        from ui import compose

        agreed = self._plan.consent or (compose.consent_given() if consent_given else "")
        self._transcriber = self._transcriber or compose.load_transcriber(self._model, self._settings)
        if self._is_leaving.is_set():
            return ""
        source = self._plan.open_source()
        try:
            call = compose.kept_call(
                source,
                self._transcriber,
                self._settings,
                title=self._plan.title,
                consent=agreed or compose.consent_not_asked(),
                sinks=[bridge],
            )
        except AssistantError:
            source.close()
            raise
        self._running = call
        if self._is_leaving.is_set():
            call.session.stop()
        self._calls.back(partial(self._call_begins, call.id, bridge, agreed))
        try:
            call.run()
        finally:
            self._running = None
        return call.id

    def _call_begins(self, call_id: str, bridge: Bridge, consent: str) -> None:
        self._newest_id = call_id
        self.window.show_live(self._plan.title, consent, bridge)

    def _call_is_over(self, bridge: Bridge, call_id: str) -> None:
        self._is_calling.clear()
        self._complete_calls()
        if self.window.shows(bridge):
            self.window.show_kept(call_id)
        else:
            self._list_past()

    def _call_has_failed(self, bridge: Bridge, why: str) -> None:
        self._is_calling.clear()
        self._complete_calls()
        if self.window.shows(bridge):
            self.window.show_error("The call did not end as it should", why)
            self.window.show_kept(self._newest_id)
        else:
            self.window.start_failed("The call can't start", why)

    def note_consent(self) -> None:
        def note(call: KeptCall) -> None:
            from ui import compose

            call.store.note_consent(call.id, compose.consent_given())

        self._command(note, "The consent is not stored")

    def pause(self) -> None:
        self._command(lambda call: call.pause())

    def resume(self) -> None:
        self._command(lambda call: call.resume())

    def stop(self) -> None:
        self._command(lambda call: call.session.stop())

    def mark(self, note: str) -> None:
        self._command(lambda call: call.session.mark(note))

    def asked(self, follow_up_id: str) -> None:
        self._command(lambda call: call.session.asked(follow_up_id))

    def dismissed(self, follow_up_id: str) -> None:
        self._command(lambda call: call.session.dismissed(follow_up_id))

    def _command(self, command: Callable[[KeptCall], object], failure: str = "That was not done") -> None:
        """For the call that runs now; one that has just ended needs no command any more."""
        if (call := self._running) is not None:
            self._commands.do(partial(command, call), lambda _: None, partial(self.window.show_error, failure))

    # --- the end ---

    def end(self) -> None:
        """Stop what still runs, and return when all of it is closed on the disk and no thread is left."""
        self._is_leaving.set()
        if (call := self._running) is not None:
            call.session.stop()
        for lane in (self._commands, self._desk, self._repair, self._calls):
            lane.end()


def run_panel(
    settings: Settings, model: str, plan: Plan, starts_at_once: bool = False, messages: Sequence[str] = ()
) -> int:
    """Show the panel until it is closed; the value is the exit code. `messages` are about the settings."""
    app = application()
    program = Program(settings, model, plan)
    window = program.window
    interrupts = Interrupts(window.leave)
    old_hook, sys.excepthook = sys.excepthook, partial(_show_fault, window)
    window.closed.connect(app.quit)
    window.resize(window.sizeHint())  # else Qt takes two thirds of the screen at most
    window.show()
    program.show_ready()
    if messages:
        window.show_message("Some settings are not used", "\n".join(messages))
    if starts_at_once:
        program.start(consent_given=False)
    else:
        program.check()
    code = int(app.exec())
    program.end()
    sys.excepthook = old_hook
    interrupts.restore()
    return code


def _show_fault(
    window: PanelWindow, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    """What Qt's loop would print as a traceback and forget."""
    window.show_error("Something went wrong", fault(error))
