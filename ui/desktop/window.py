"""The panel's window: its pages, its keys and its end. It decides nothing about a call."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QStackedWidget, QVBoxLayout, QWidget

from assistant.plain import plain
from assistant.settings import Settings
from ui.desktop.agenda import Agenda
from ui.desktop.bridge import Bridge
from ui.desktop.call_screen import CallScreen
from ui.desktop.closing import Closing
from ui.desktop.controls import Controls, Option, Ready
from ui.desktop.docking import Docking
from ui.desktop.file_choice import choose_file, choose_folder
from ui.desktop.fitted import FittedArea
from ui.desktop.header import Header
from ui.desktop.held_keys import HeldKeys
from ui.desktop.keyboard import KEYBOARD, ActionKey, is_enter
from ui.desktop.live_page import LivePage
from ui.desktop.notices import Notices
from ui.desktop.panel_state import PanelState
from ui.desktop.ready_page import ReadyPage
from ui.desktop.rescaling import rescale
from ui.desktop.settings_over import SettingsOver
from ui.desktop.shortcuts import ASKED, LATER, Action, Keys
from ui.desktop.standing import Severity
from ui.desktop.theme import px, text_px
from ui.desktop.tray import Tray

_LEAST = QSize(320, 480)


class PanelWindow(QWidget):
    """One panel. It starts empty: call `show_ready` or `show_live`.

    Emits `open_requested(id)` for a kept call, `export_requested(id, folder)`, `ready_requested` when a finished one
    was looked at, `look_again_requested` when what can be heard may have changed, `choices_requested` when the
    settings are opened, `questions_edited(setting)` and `questions_imported(setting, path)` for the files of the
    settings `question_set` and `follow_ups`, `trial_requested` of the language model, and `closed`.
    """

    open_requested = Signal(str)
    export_requested = Signal(str, Path)
    look_again_requested = Signal()
    ready_requested = Signal()
    choices_requested = Signal()
    questions_edited = Signal(str)
    questions_imported = Signal(str, Path)
    trial_requested = Signal()
    closed = Signal()

    def __init__(self, controls: Controls, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._controls = controls
        self._made_for_px = text_px()
        self.header, self.notices, self.ready_page, self.live_page = Header(), Notices(), ReadyPage(), LivePage()
        self.call_screen = CallScreen(controls, self.header, self.live_page, self.notices)
        self.pages = QStackedWidget()
        self.settings_over = SettingsOver(self.pages, controls)
        for page in (self.ready_page, self.live_page):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(FittedArea(self.notices, share=0.5))  # many long ones scroll, rather than cut each other
        column.addWidget(self.pages, 1)
        self.setMinimumSize(_LEAST)
        self.closing = Closing(self, self.call_screen, self.notices)
        self.docking = Docking(self)
        self._tray = Tray(self)
        self._held_keys = HeldKeys(self)
        self._connect()
        self._add_keys()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        room = self.screen().availableSize()
        return QSize(px(400), px(900)).boundedTo(room - QSize(0, px(40)))  # the frame has a title bar

    @property
    def state(self) -> PanelState:
        """What is shown; read it, change nothing."""
        return self.call_screen.state

    # --- what the composition root says ---

    def show_settings(self, settings: Settings) -> None:
        """What counts from now on, in every place that shows it."""
        KEYBOARD.use(Keys.of(settings.shortcuts)[0])
        self.ready_page.show_settings(settings)
        self.live_page.plan.open(settings.shows_plan)
        self.settings_over.show_settings(settings)
        self.docking.apply(settings)

    def show_choices(self, choices: Mapping[str, tuple[Option, ...]]) -> None:
        """What can be chosen now, by the name of the setting."""
        self.ready_page.show_choices(choices)
        self.settings_over.show_choices(choices)

    def show_ready(self, ready: Ready) -> None:
        """Before a call. Errors that were shown stay until they are dismissed."""
        self.call_screen.forget(ready.title)
        self.ready_page.show_ready(ready)
        self.ready_page.show_settings(self.settings_over.settings)
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

    def show_live(self, title: str, consent: str, bridge: Bridge, agenda: Agenda | None = None) -> None:
        """A call that begins: `bridge` is among the sinks of its session. `consent` is empty if none was given yet."""
        state = PanelState(title=plain(title), consent=plain(consent), agenda=agenda or Agenda())
        self.call_screen.begin(state, bridge)
        self.pages.setCurrentWidget(self.live_page)

    def show_state(self, state: PanelState, is_live: bool) -> None:
        """A call as it stood at some moment, without a session behind it."""
        self.call_screen.show_state(state, is_live)
        self.pages.setCurrentWidget(self.live_page)

    def show_kept(self, call_id: str) -> None:
        """The call on the screen is over and closed on the disk: it can be exported."""
        self.call_screen.keep(call_id)

    def show_page(self, page: QWidget) -> None:
        """A page that deals with its own keys, in place of all but the notices."""
        if self.pages.indexOf(page) < 0:
            self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        self.header.hide()

    def show_error(self, title: str, what_to_do: str) -> None:
        """Say in place what went wrong and how to mend it; a press takes it away."""
        if not self.state.standing.says(what_to_do):
            self.notices.say(Severity.ERROR, title, what_to_do)

    def show_message(self, title: str, text: str) -> None:
        """Say in place what is good to know; a press takes it away."""
        self.notices.say(Severity.INFO, title, text)

    def shows(self, bridge: Bridge) -> bool:
        """Whether this call is on the screen."""
        return self.call_screen.shows(bridge)

    # --- the settings ---

    def _give_focus(self, page: QWidget) -> None:
        """What had it is gone."""
        if page is self.ready_page:
            self.ready_page.focus_start()
        else:
            wanted = self.live_page.transcript if page is self.live_page else page.focusWidget() or page
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def _give_focus_back(self) -> None:
        if (page := self.pages.currentWidget()) is not None:
            self._give_focus(page)

    def _ask_for_questions(self, setting: str) -> None:
        choose_file(
            self, "Import questions", "Questions (*.toml)", lambda path: self.questions_imported.emit(setting, path)
        )

    # --- presses and keys ---

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 Qt's name
        super().showEvent(event)
        self.windowHandle().installEventFilter(self._held_keys)  # once more takes the place of the one before

    def _connect(self) -> None:
        self.header.export.connect(self._ask_where_to_export)
        self.header.done.connect(self.ready_requested)
        self.ready_page.start.connect(self._start)
        self.ready_page.opened.connect(self.open_requested)
        self.ready_page.look_again.connect(self.look_again_requested)
        self.ready_page.chosen.connect(self._controls.choose)
        self.ready_page.check_wanted.connect(self._controls.check_voices)
        self.ready_page.settings_wanted.connect(self.settings_over.open)
        self.live_page.plan.opened.connect(lambda is_open: self._controls.choose("shows_plan", is_open))
        self.live_page.footer.settings.connect(self.settings_over.open)
        self.settings_over.opened.connect(self.choices_requested)
        self.settings_over.closed.connect(self._give_focus)
        for part in (self.notices, self.live_page.cards, self.ready_page.offer):
            part.focus_left.connect(self._give_focus_back)
        self.settings_over.edit_questions.connect(self.questions_edited)
        self.settings_over.import_questions.connect(self._ask_for_questions)
        self.settings_over.try_model.connect(self.trial_requested)
        self.call_screen.standing_changed.connect(self._standing_changed)

    def _add_keys(self) -> None:
        """Those of the call count on its page only, so that letters can be written elsewhere; the key for a pause gives
        way to a control that has the focus, see `keyPressEvent`."""
        live, cards = self.live_page, self.live_page.cards
        for number, (asked, later) in enumerate(zip(ASKED, LATER, strict=True), 1):
            ActionKey(live, asked, partial(cards.press, number, is_later=False))
            ActionKey(live, later, partial(cards.press, number, is_later=True))
        ActionKey(live, Action.MARK, self.call_screen.mark)
        ActionKey(live, Action.MARK_WITH_NOTE, self.call_screen.mark_with_note)
        ActionKey(live, Action.PLAN, live.plan.heading.click)
        ActionKey(live, Action.NOW, live.transcript.jump_to_now)
        ActionKey(self.ready_page, Action.OPEN_HISTORY, self.ready_page.history_wanted.emit)
        ActionKey(self, Action.SETTINGS, self.settings_over.open)
        ActionKey(self, Action.CLOSE, self.close)

    def _start(self, consent_given: bool) -> None:
        self.notices.take_said()
        self.ready_page.wait()
        self._controls.start(consent_given)

    def _ask_where_to_export(self) -> None:
        call_id = self.call_screen.kept_id
        choose_folder(self, "Export to a folder", lambda folder: self.export_requested.emit(call_id, folder))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        """Keys that no control has taken. Escape puts a note away; it never ends a call."""
        focused = self.focusWidget()
        if KEYBOARD.is_key(event, Action.PAUSE) and not event.isAutoRepeat():
            self.call_screen.pause_or_resume()
        elif is_enter(event) and isinstance(focused, QAbstractButton):
            focused.click()
        elif event.key() == Qt.Key.Key_Escape:
            self._step_back()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802 Qt's name
        """As one reads, also messages and what has come during a call: of itself it would come behind all that was
        there before."""
        parts = (self.header, *self.notices.bars().values())  # one that was replaced keeps its place
        stops: list[QWidget] = [one for part in parts for one in part.findChildren(QAbstractButton)]
        if self.pages.currentWidget() is self.live_page:
            stops += self.live_page.stops()
        open_ones = [one for one in stops if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus]
        for one, following in pairwise([self, *open_ones]):
            self.setTabOrder(one, following)
        return super().focusNextPrevChild(forward)

    def _step_back(self) -> None:
        if self.live_page.hide_bubble():
            return
        if not self.closing.take_back():
            self.settings_over.close()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        is_back = event.type() is QEvent.Type.ActivationChange and self.isActiveWindow()
        if is_back and self.pages.currentWidget() is self.ready_page:
            self.look_again_requested.emit()
        if event.type() is QEvent.Type.StyleChange:  # another theme, or another size of text
            rescale(self, text_px() / self._made_for_px)
            self._made_for_px = text_px()
            for page in (self.header, self.ready_page, self.live_page):
                page.restyle()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        if event.size().height() != event.oldSize().height():
            for area in self.findChildren(FittedArea):
                area.fit()

    # --- closing ---

    def _standing_changed(self) -> None:
        self._tray.show_standing(self.state.standing)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 Qt's name
        if not self.closing.may_close():
            event.ignore()
            return
        event.accept()
        self.closed.emit()
