"""The panel's window: passes events in and commands out, and owns the keys. It decides nothing about a call."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QStackedWidget, QVBoxLayout, QWidget

from assistant.call import Call
from assistant.plain import clock, plain
from ui.desktop.bars import Header
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Controls, Ready
from ui.desktop.folder_choice import choose_folder
from ui.desktop.live_page import LivePage
from ui.desktop.notices import Choice, Notices
from ui.desktop.panel_state import MOST_CARDS, Changes, PanelState, Part
from ui.desktop.ready_page import ReadyPage
from ui.desktop.standing import Notice, Phase, Severity
from ui.desktop.theme import px

_OPEN = (Phase.RECORDING, Phase.PAUSED, Phase.STOPPED)


class PanelWindow(QWidget):
    """One panel. It starts empty: call `show_ready`, `show_live` or `show_call`.

    Emits `open_requested(id)` for a kept call, `export_requested(id, folder)`, `ready_requested` when a finished one
    was looked at, `look_again_requested` when what can be heard may have changed, and `closed`.
    """

    open_requested = Signal(str)
    export_requested = Signal(str, Path)
    look_again_requested = Signal()
    ready_requested = Signal()
    closed = Signal()

    def __init__(self, controls: Controls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls = controls
        self._state = PanelState()
        self._bridge: Bridge | None = None
        self._kept_id = ""
        self._closes_when_finished = False
        self.setWindowTitle("Depthcue")
        self.header, self.notices, self.ready_page, self.live_page = Header(), Notices(), ReadyPage(), LivePage()
        self.pages = QStackedWidget()
        self.pages.addWidget(self.ready_page)
        self.pages.addWidget(self.live_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, self.notices):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)
        self.setMinimumSize(px(320), px(480))
        self._connect()
        self._add_keys()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        room = self.screen().availableSize()
        return QSize(px(400), px(900)).boundedTo(room - QSize(0, px(40)))  # the frame has a title bar

    @property
    def state(self) -> PanelState:
        """What is shown; read it, change nothing."""
        return self._state

    # --- what the composition root says ---

    def show_ready(self, ready: Ready) -> None:
        """Before a call. Errors that were shown stay until `clear_error`."""
        self._leave_call()
        self._state = PanelState(title=plain(ready.title))
        self.ready_page.show_ready(ready)
        self.pages.setCurrentWidget(self.ready_page)
        self.header.hide()
        self.ready_page.focus_start()

    def show_waiting(self) -> None:
        """A call is about to begin, without a press on Start."""
        self.ready_page.wait()

    def start_failed(self, title: str, what_to_do: str) -> None:
        """The call did not begin; it can be tried again."""
        self.show_error(title, what_to_do)
        self.ready_page.focus_start()

    def show_live(self, title: str, consent: str, bridge: Bridge) -> None:
        """A call that begins: `bridge` is among the sinks of its session. `consent` is empty if none was given yet."""
        self._leave_call()
        self._bridge = bridge
        bridge.arrived.connect(self._arrived)
        bridge.ended.connect(self._ended)
        self._show(PanelState(title=plain(title), consent=plain(consent)), is_live=True)

    def show_state(self, state: PanelState, is_live: bool) -> None:
        """A call as it stood at some moment, without a session behind it."""
        self._leave_call()
        self._show(state, is_live)

    def show_call(self, call: Call) -> None:
        """A call that is over."""
        self.show_state(PanelState.from_call(call), is_live=False)
        self.show_kept(call.id)

    def show_kept(self, call_id: str) -> None:
        """The call on the screen is over and closed on the disk: it can be exported."""
        self._kept_id = call_id
        self._offer_export()

    def show_error(self, title: str, what_to_do: str) -> None:
        """Say in place what went wrong and how to mend it; a press takes it away."""
        if not self._state.standing.says(what_to_do):
            self.notices.say(Severity.ERROR, title, what_to_do)

    def show_message(self, title: str, text: str) -> None:
        """Say in place what is good to know; a press takes it away."""
        self.notices.say(Severity.INFO, title, text)

    def shows(self, bridge: Bridge) -> bool:
        """Whether this call is on the screen."""
        return self._bridge is bridge

    def leave(self) -> None:
        """Close as if "Stop and close" were pressed: nothing is asked, everything is kept."""
        if self._bridge is not None and self._state.standing.phase in _OPEN:
            self._stop_and_close()
        else:
            self.close()

    def note_consent(self, consent: str) -> None:
        """Show that consent was given, in the words that are kept with the call."""
        self._state.consent = plain(consent)
        self._follow(Changes(parts=frozenset({Part.STANDING})))

    # --- events ---

    def _arrived(self, events: list[object]) -> None:
        self._follow(self._state.apply_all(events))  # type: ignore[arg-type]  # a signal knows no item type

    def _ended(self) -> None:
        self._follow(self._state.close())

    def _follow(self, changes: Changes) -> None:
        if Part.CLOCK in changes.parts:
            self.header.show_clock(self._state.clock_seconds)
        self.live_page.follow(changes)
        if Part.STANDING in changes.parts:
            self._show_standing()

    def _show_standing(self) -> None:
        standing = self._state.standing
        self.header.show_standing(standing)
        self._offer_export()
        self.notices.follow(standing.notices, keeps="close")
        if standing.phase not in _OPEN:
            self.notices.take("close")
        if standing.phase is Phase.FINISHED and self._closes_when_finished:
            self.close()

    def _show(self, state: PanelState, is_live: bool) -> None:
        self._state = state
        self.notices.take_said()
        self.show_kept("")
        self.header.show()
        self.header.show_title(state.title)
        self.header.show_clock(state.clock_seconds)
        self.live_page.show_state(state, is_live)
        self.pages.setCurrentWidget(self.live_page)
        self._show_standing()
        self.live_page.transcript.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave_call(self) -> None:
        if self._bridge is not None:
            self._bridge.arrived.disconnect(self._arrived)
            self._bridge.ended.disconnect(self._ended)
            self._bridge = None
        self.notices.follow((), keeps="")

    # --- commands ---

    def _connect(self) -> None:
        self.header.mark.connect(self._mark)
        self.header.pause.connect(self._pause_or_resume)
        self.header.stop.connect(self._stop)
        self.header.export.connect(self._ask_where_to_export)
        self.header.done.connect(self.ready_requested)
        self.ready_page.start.connect(self._start)
        self.ready_page.opened.connect(self.open_requested)
        self.ready_page.look_again.connect(self.look_again_requested)
        self.live_page.cards.asked.connect(self._asked)
        self.live_page.cards.later.connect(self._dismissed)
        self.live_page.footer.consent_given.connect(self._note_consent)

    def _start(self, consent_given: bool) -> None:
        self.notices.take_said()
        self.ready_page.wait()
        self._controls.start(consent_given)

    def _mark(self) -> None:
        if self._state.standing.phase in _OPEN:
            self._controls.mark("")

    def _pause_or_resume(self) -> None:
        if self._state.standing.phase is Phase.PAUSED:
            self._controls.resume()
        elif self._state.standing.phase is Phase.RECORDING:
            self._controls.pause()

    def _stop(self) -> None:
        self._controls.stop()

    def _asked(self, follow_up_id: str) -> None:
        self._controls.asked(follow_up_id)
        self._follow(self._state.take_card(follow_up_id))

    def _dismissed(self, follow_up_id: str) -> None:
        self._controls.dismissed(follow_up_id)
        self._follow(self._state.take_card(follow_up_id))

    def _note_consent(self) -> None:
        self._controls.note_consent()
        self.note_consent(f"Consent noted {clock(self._state.clock_seconds)}")

    def _offer_export(self) -> None:
        """The last events of a call may arrive a moment after it is closed on the disk."""
        self.header.show_export(bool(self._kept_id) and self._state.standing.phase is Phase.FINISHED)

    def _ask_where_to_export(self) -> None:
        call_id = self._kept_id
        choose_folder(self, "Export to a folder", lambda folder: self.export_requested.emit(call_id, folder))

    # --- keys ---

    def _add_keys(self) -> None:
        for number in range(1, MOST_CARDS + 1):
            self._key(f"{number}", lambda number=number: self.live_page.cards.press(number, is_later=False))
            self._key(f"Shift+{number}", lambda number=number: self.live_page.cards.press(number, is_later=True))
        self._key("M", self._mark)

    def _key(self, keys: str, does: object) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.setAutoRepeat(False)
        shortcut.activated.connect(does)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        """Keys that no control has taken. Escape puts a note away; it never ends a call."""
        focused = self.focusWidget()
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._pause_or_resume()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(focused, QAbstractButton):
            focused.click()
        elif event.key() == Qt.Key.Key_Escape:
            if not self.live_page.hide_bubble():
                self.notices.take("close")
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        is_back = event.type() is QEvent.Type.ActivationChange and self.isActiveWindow()
        if is_back and self.pages.currentWidget() is self.ready_page:
            self.look_again_requested.emit()
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationFontChange):
            self.header.restyle()
            self.live_page.restyle()

    # --- closing ---

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 Qt's name
        if self._bridge is not None and self._state.standing.phase in _OPEN:
            event.ignore()
            self._ask_before_closing()
            return
        event.accept()
        self.closed.emit()

    def _ask_before_closing(self) -> None:
        notice = Notice(
            "close", Severity.WARNING, "The call is still being recorded", "Stop it now? What was said so far is kept."
        )
        bar = self.notices.put(
            notice,
            Choice("Keep recording", lambda: self.notices.take("close"), is_primary=True),
            Choice("Stop and close", self._stop_and_close),
        )
        bar.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stop_and_close(self) -> None:
        self._closes_when_finished = True
        self.notices.take("close")
        self._controls.stop()
