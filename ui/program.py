"""The desktop program without its loop: puts the panel's window together with calls, devices and the history.

The UI thread only shows and passes on. Everything else has its lane, a thread that does one thing after the other:
- calls: opens the devices, loads the model and is the listening thread of the call, one call after the other;
- commands: pause, mark and the like for the call that runs, which may wait for a stage or a device;
- desk: what can be heard and chosen (`ui.desk`);
- trial of the language model: may wait for its answer (`ui.desk`);
- past: the history, calls that are looked at, exports (`ui.past`);
- encryption: the passphrase of encrypted calls (`ui.safekeeping`);
- key store: asks that of this computer for the key, and may never get an answer (`ui.safekeeping`);
- model: is it there, and its download (`ui.model_download`);
- repair: what a crash has left, and what is too old (`ui.upkeep`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject

from assistant.errors import AssistantError
from assistant.settings import Settings
from ui import model_download, question_files
from ui.desk import Desk
from ui.desktop.agenda import Agenda
from ui.desktop.app import dress_by
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Ready, VoiceCheck
from ui.desktop.lane import Lane
from ui.desktop.window import PanelWindow
from ui.model_download import ModelDownload
from ui.past import Past
from ui.plans import Plan
from ui.preferences import Preferences
from ui.safekeeping import Safekeeping
from ui.upkeep import Upkeep
from ui.voice_check import RunningCheck

if TYPE_CHECKING:  # these load codecs and engines, which a window must not wait for
    from assistant.ports import Transcriber
    from ui.kept_call import KeptCall

_Result = TypeVar("_Result")
NO_START, NO_CHECK = "The call can't start", "The voices can't be checked"
_model_settings = attrgetter("model", "decode_threads", "always_pad_to_30_seconds")  # a change of these loads it anew


class Program(QObject):
    """Implements `ui.desktop.controls.Controls` for the window that it owns. `end` it when the window is closed."""

    def __init__(self, preferences: Preferences, plan: Plan) -> None:
        super().__init__()
        self._preferences = preferences
        self._plan = plan
        self._calls, self._commands = (Lane(name, self) for name in ("calls", "commands"))
        self._transcriber: Transcriber | None = None  # the calls' lane only
        self._loaded_by: tuple[object, ...] = ()  # what the transcriber was loaded by; the calls' lane only
        self._running: KeptCall | None = None  # written by the calls' lane
        self._check: RunningCheck | None = None
        self._newest_id = ""  # of the call that was shown last as it began
        self._is_leaving = threading.Event()
        self._is_calling = threading.Event()  # a call starts or runs: the repair leaves the cores to it
        dress_by(preferences.now)  # first: a window is made for the size of text that counts then
        self.window = PanelWindow(self)
        self._desk = Desk(preferences, plan, self.window)
        self._past = Past(self.window)
        self._past.left.connect(self.show_ready)
        self._past.changed.connect(self._desk.list_past)
        self._upkeep = Upkeep(preferences, self.window, self._has_something_better_to_do)
        self._upkeep.changed.connect(self._desk.list_past)
        self._model = ModelDownload(preferences, self.window)
        self._model.arrived.connect(self._model_arrived)
        self.safekeeping = Safekeeping(self.window, self._has_something_better_to_do)
        self.window.ready_requested.connect(self.show_ready)
        self._desk.apply(preferences.now)

    # --- before and after a call ---

    def show_ready(self) -> None:
        """The page before a call, at once; names of devices and kept calls follow."""
        title = self._plan.title_by(self._preferences.now)
        self.window.show_ready(Ready(title, asks_consent=self._plan.consent is None, can_choose=self._plan.is_live))
        self._desk.look()
        self._desk.offer_questions()
        self._desk.list_past()

    def check(self) -> None:
        """Once, behind the page: say what is missing, and bring in order what is kept."""
        self._model.find()
        self._upkeep.complete_calls()
        self._upkeep.delete_old_calls()
        self.safekeeping.go_on()

    def _has_something_better_to_do(self) -> bool:
        return self._is_leaving.is_set() or self._is_calling.is_set()

    def choose(self, name: str, value: object) -> None:
        self._desk.choose(name, value)
        if name in model_download.SETTINGS:
            self._model.find()

    def _model_arrived(self) -> None:
        for title in (NO_START, NO_CHECK):  # for want of it
            self.window.notices.unsay(title)
        self._desk.offer()

    # --- the check of both voices ---

    def check_voices(self) -> None:
        check = self._check = RunningCheck(self._tell_check)
        self.window.ready_page.show_check(VoiceCheck(is_running=True))
        settings = self._preferences.now
        self._calls.do(partial(self._hold_check, check, settings), self._check_is_over, self._check_has_failed)

    def _hold_check(self, check: RunningCheck, settings: Settings) -> VoiceCheck:
        """On the calls' lane."""
        transcriber = self._loaded(settings).for_call(settings.language, settings.glossary)
        return check.run(self._plan.open_source(settings), transcriber, settings.verbosity)

    def _tell_check(self, check: VoiceCheck) -> None:
        self._calls.back(partial(self.window.ready_page.show_check, check))

    def _check_is_over(self, check: VoiceCheck) -> None:
        self._check = None
        self.window.ready_page.show_check(check)

    def _check_has_failed(self, why: str) -> None:
        self._check_is_over(VoiceCheck())
        self.window.show_error(NO_CHECK, why)

    def _stop_check(self) -> None:
        if self._check is not None:
            self._check.stop()

    # --- a call ---

    def start(self, consent_given: bool) -> None:
        bridge = Bridge(self)
        self._is_calling.set()
        self._stop_check()
        self.window.show_waiting()
        self._calls.do(
            partial(self._hold_call, bridge, consent_given, self._preferences.now),
            partial(self._call_is_over, bridge),
            partial(self._call_has_failed, bridge),
        )

    def _loaded(self, settings: Settings) -> Transcriber:
        """On the calls' lane: the model as the settings want it, loaded once."""
        from ui import compose

        if self._transcriber is None or _model_settings(settings) != self._loaded_by:
            self._transcriber = compose.load_transcriber("", settings)
            self._loaded_by = _model_settings(settings)
        return self._transcriber

    def _hold_call(self, bridge: Bridge, consent_given: bool, settings: Settings) -> str:
        """On the calls' lane: a call from before its first sound until it is closed on the disk; its id."""
        from ui import compose

        agreed = self._plan.consent or (compose.consent_given() if consent_given else "")
        transcriber = self._loaded(settings)
        if self._is_leaving.is_set():
            return ""
        title = self._plan.title_by(settings)
        agenda, no_plan = _agenda(settings)
        call = compose.kept_call(
            self._plan.open_source(settings),
            transcriber,
            settings,
            title=title,
            consent=agreed or compose.consent_not_asked(),
            sinks=[bridge],
        )
        self._running = call
        if self._is_leaving.is_set():
            call.session.stop()
        shown = self._plan.consent or ("Consent given" if consent_given else "")  # in the footer a date says nothing
        self._calls.back(partial(self._call_begins, call.id, title, bridge, shown, agenda, no_plan))
        try:
            call.run()
        finally:
            self._running = None
        return call.id

    def _call_begins(
        self, call_id: str, title: str, bridge: Bridge, consent: str, agenda: Agenda, no_plan: str
    ) -> None:
        self._newest_id = call_id
        self.window.show_live(title, consent, bridge, agenda)
        if no_plan:
            self.window.show_error("There is no plan for this call", no_plan)

    def _call_is_over(self, bridge: Bridge, call_id: str) -> None:
        self._is_calling.clear()
        self._upkeep.complete_calls()
        if call_id:
            self._upkeep.transcribe_again(call_id)
        if self.window.shows(bridge):
            self.window.show_kept(call_id)
            self._past.open_after_call(call_id)
        else:
            self._desk.list_past()

    def _call_has_failed(self, bridge: Bridge, why: str) -> None:
        self._is_calling.clear()
        self._upkeep.complete_calls()
        if self.window.shows(bridge):
            self.window.show_error("The call did not end as it should", why)
            self.window.show_kept(self._newest_id)
        else:
            self.window.start_failed(NO_START, why)
            self._model.find(tells=False)

    def note_consent(self) -> None:
        def note(call: KeptCall) -> None:
            from ui import compose

            call.store.note_consent(call.id, compose.consent_given())

        self._command(note, "The consent is not stored")

    def pause(self) -> None:
        pressed_seconds = time.monotonic()
        self._command(lambda call: call.pause(pressed_seconds))

    def resume(self) -> None:
        pressed_seconds = time.monotonic()
        self._command(lambda call: call.resume(pressed_seconds))

    def stop(self) -> None:
        self._command(lambda call: call.session.stop())

    def mark(self, note: str, at_seconds: float | None = None) -> None:
        self._command(lambda call: call.session.mark(note, at_seconds), then=self._marked)

    def _marked(self, is_kept: bool) -> None:
        if not is_kept:
            self.window.show_error("The moment is not marked", "The call had ended by then, and was being closed.")

    def asked(self, follow_up_id: str) -> None:
        self._command(lambda call: call.session.asked(follow_up_id))

    def dismissed(self, follow_up_id: str) -> None:
        self._command(lambda call: call.session.dismissed(follow_up_id))

    def _command(
        self,
        command: Callable[[KeptCall], _Result],
        failure: str = "That was not done",
        then: Callable[[_Result], object] = lambda _: None,
    ) -> None:
        """For the call that runs now; one that has just ended needs no command any more."""
        if (call := self._running) is not None:
            self._commands.do(partial(command, call), then, partial(self.window.show_error, failure))

    # --- the end ---

    def end(self) -> None:
        """Stop what still runs, and return when all of it is closed on the disk and no thread is left."""
        self._is_leaving.set()
        self._stop_check()
        if (call := self._running) is not None:
            call.session.stop()
        for part in (self._commands, self._desk, self._past, self._upkeep, self.safekeeping, self._model, self._calls):
            part.end()


def _agenda(settings: Settings) -> tuple[Agenda, str]:
    """On the calls' lane: the plan of a call, or an empty one and why. It keeps no call from starting."""
    try:
        return question_files.agenda(settings.question_set, settings.interview_minutes), ""
    except AssistantError as error:
        return Agenda(), str(error)
