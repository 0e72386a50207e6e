"""The desktop program: puts the panel's window together with calls, devices and the history.

The UI thread only shows and passes on. Opening devices, loading models, running a call and reading the history happen
on threads of their own; their results come back as signals.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from assistant.audio.capture import open_live
from assistant.audio.files import FileSource
from assistant.audio.replay import PacedSource
from assistant.demo import INTERVIEW, TITLE
from assistant.errors import AssistantError
from assistant.ports import AudioSource, Transcriber
from assistant.settings import Settings, data_folder
from assistant.store import Store
from ui import compose
from ui.desktop.app import application
from ui.desktop.bridge import Bridge
from ui.desktop.controls import PastCall, Ready
from ui.desktop.window import PanelWindow

SYNTHETIC = "Not needed: both voices are synthetic"
PAST_CALLS = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What a press on Start will run."""

    title: str
    open_source: Callable[[], AudioSource]
    consent: str | None = None  # known before anyone was asked


def live_plan(settings: Settings) -> Plan:
    return Plan(settings.title or "Interview", lambda: open_live(settings.mic, settings.call))


def demo_plan() -> Plan:
    return Plan(TITLE, lambda: PacedSource(FileSource(INTERVIEW, channels="split"), 1.0), SYNTHETIC)


class Program(QObject):
    """Implements `ui.desktop.controls.Controls` for the window that it owns."""

    _finished = Signal(object, object)  # (what to do with it on the UI thread, result)
    _failed = Signal(str, str)

    def __init__(self, settings: Settings, model: str, plan: Plan) -> None:
        super().__init__()
        self._settings = settings
        self._model = model
        self._plan = plan
        self._transcriber: Transcriber | None = None
        self._running: compose.KeptCall | None = None
        self._threads: list[threading.Thread] = []
        self.window = PanelWindow(self)
        self._finished.connect(lambda then, result: then(result), Qt.ConnectionType.QueuedConnection)
        self._failed.connect(self._show_failure, Qt.ConnectionType.QueuedConnection)
        self.window.open_requested.connect(self._open_call)
        self.window.ready_requested.connect(self.show_ready)

    # --- before and after a call ---

    def show_ready(self) -> None:
        self.window.show_ready(Ready(self._plan.title, "", "", (), can_start=False))
        self._in_background("The panel is not ready", self._look_around, self.window.show_ready)

    def _look_around(self) -> Ready:
        store = Store.open(data_folder())
        self._recover(store)
        past = tuple(PastCall(s.id, s.title, s.started, s.state) for s in store.sessions()[:PAST_CALLS])
        mic, call = heard_names(self._settings)
        return Ready(self._plan.title, mic, call, past)

    def _recover(self, store: Store) -> None:
        from ui.recovery import recover

        recover(store, self._settings, lambda message: self._failed.emit("A call was recovered", message))

    def _open_call(self, session_id: str) -> None:
        self._in_background(
            "The call can't be opened", lambda: Store.open(data_folder()).load(session_id), self.window.show_call
        )

    # --- controls ---

    def start(self, consent_given: bool) -> None:
        if self._running is not None:
            return
        bridge = Bridge(self)
        consent = self._plan.consent or (compose.consent_given() if consent_given else None)

        def prepare() -> compose.KeptCall:
            self._transcriber = self._transcriber or compose.load_transcriber(self._model, self._settings)
            source = self._plan.open_source()
            return compose.kept_call(
                source, self._transcriber, self._settings, title=self._plan.title, consent=consent, sinks=[bridge]
            )

        def run(call: compose.KeptCall) -> None:
            self._running = call
            self.window.show_live(self._plan.title, consent or "", bridge)
            self._in_background("The call has ended early", call.run, lambda _: None, self._is_over)

        self._in_background("The call can't start", prepare, run)

    def note_consent(self) -> None:
        if self._running is not None:
            call, consent = self._running, compose.consent_given()
            self._in_background(
                "The consent is not stored", lambda: call.store.note_consent(call.id, consent), lambda _: None
            )

    def pause(self) -> None:
        if self._running is not None:
            self._running.session.pause()

    def resume(self) -> None:
        if self._running is not None:
            self._running.session.resume()

    def stop(self) -> None:
        if self._running is not None:
            self._running.session.stop()

    def mark(self, note: str) -> None:
        if self._running is not None:
            self._running.session.mark(note)

    def asked(self, follow_up_id: str) -> None:
        if self._running is not None:
            self._running.session.asked(follow_up_id)

    def dismissed(self, follow_up_id: str) -> None:
        if self._running is not None:
            self._running.session.dismissed(follow_up_id)

    # --- threads ---

    def wait(self) -> None:
        """Until everything in the background is over: a recording is closed properly."""
        if self._running is not None:
            self._running.session.stop()
        for thread in self._threads:
            thread.join()

    def _is_over(self) -> None:
        self._running = None

    def _in_background(
        self,
        failure: str,
        work: Callable[[], Any],
        then: Callable[[Any], Any],
        always: Callable[[], None] = lambda: None,
    ) -> None:
        """Run `work` on a thread, then `then` with its result on the UI thread; say `failure` if it failed."""

        def run() -> None:
            try:
                result = work()
            except AssistantError as error:
                self._failed.emit(failure, str(error))
            except Exception as error:  # noqa: BLE001 the last line before a person: a fault of ours, said as one
                self._failed.emit(
                    failure, f"A fault in the program ({type(error).__name__}: {error}). What was kept is safe."
                )
            else:
                self._finished.emit(then, result)
            finally:
                self._finished.emit(lambda _: always(), None)

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=run, name="background")
        self._threads.append(thread)
        thread.start()

    def _show_failure(self, title: str, what_to_do: str) -> None:
        self.window.show_error(title, what_to_do)


def heard_names(settings: Settings) -> tuple[str, str]:
    """The microphone and the call's sound that a press on Start will hear, as a user knows them; empty if none."""
    from assistant.audio.capture import list_devices
    from assistant.audio.capture.devices import DeviceKind

    devices = list_devices()

    def name(wanted: str, kind: DeviceKind) -> str:
        if wanted:
            return next((d.description for d in devices if wanted in (d.name, d.description)), wanted)
        return next((d.description for d in devices if d.kind is kind and d.is_default), "")

    return name(settings.mic, DeviceKind.MICROPHONE), name(settings.call, DeviceKind.CALL_OUTPUT)


def run_panel(settings: Settings, model: str, plan: Plan, starts_at_once: bool = False) -> int:
    """Show the panel until it is closed; the value is the exit code."""
    app = application()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop never returns to Python's handler; a recording survives
    program = Program(settings, model, plan)
    program.window.closed.connect(app.quit)
    program.window.show()
    if starts_at_once:
        program.start(consent_given=False)
    else:
        program.show_ready()
    code = int(app.exec())
    program.wait()
    return code
