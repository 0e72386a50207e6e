"""All kept calls: search as it is typed, filter, open, delete and take back. By keyboard alone: typing searches, up and
down go through the list, Enter opens, Delete deletes, Control and Z takes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.desktop.after.entry_list import EntryList
from ui.desktop.after.history_state import NOTHING_FOUND, HistoryState, Hit, Period, place_of
from ui.desktop.after.keyed_page import KeyedPage
from ui.desktop.after.page_bar import PageBar
from ui.desktop.after.search_field import SearchField
from ui.desktop.after.tabs import Tabs
from ui.desktop.announcing import announce
from ui.desktop.buttons import button, icon_button
from ui.desktop.controls import PastCall
from ui.desktop.edge import Lined
from ui.desktop.keyboard import KEYBOARD, KeyTip
from ui.desktop.shortcuts import Action, Where
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px

SEARCH_REST_MS = 120  # after a key: fast typing asks once
_PERIODS = tuple(Period)
_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class HistoryPage(KeyedPage):
    """Emits `back`, `search_wanted(query)` and `opened(id, utterance)` with -1 for a call as a whole."""

    back = Signal()
    search_wanted = Signal(str)
    opened = Signal(str, int)

    def __init__(self, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        """`now` is the present moment with the user's time zone."""
        super().__init__(parent)
        self._now = now
        self._state = HistoryState()
        self.list = EntryList("Interviews")
        self.list.chosen.connect(self._open)
        self._delete = icon_button("Delete", "", "trash-2")
        KeyTip(self._delete, Action.DELETE, "Delete the chosen interview")
        self._delete.clicked.connect(self.delete_current)
        self.bar = PageBar(self._delete)
        self.bar.say("History")
        self.bar.back.connect(self.back)
        self.field = SearchField("Search all transcripts")
        self.field.textChanged.connect(self._typed)
        self.field.returnPressed.connect(self._open_current)
        self.field.installEventFilter(self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SEARCH_REST_MS)
        self._rest.timeout.connect(lambda: self.search_wanted.emit(self._state.query))
        self.periods = Tabs("Show", tuple(period.value[0] for period in _PERIODS))
        self.periods.chosen.connect(self._choose_period)
        self._undo_bar = _UndoBar()
        self._undo_bar.undo.clicked.connect(self.undo)
        self._lay_out()
        self._show()

    @property
    def state(self) -> HistoryState:
        """What is shown; read it, change nothing."""
        return self._state

    def show_calls(self, calls: Iterable[PastCall]) -> None:
        """All that are kept, the newest first."""
        self._state.take_calls(calls)
        self._show(keeps_place=True)

    def show_hits(self, query: str, hits: Iterable[Hit]) -> None:
        """What a search found; too late is too late."""
        if self._state.take_hits(query, hits):
            self._show()
            announce(self, f"{len(self._state.hits)} found" if self._state.hits else NOTHING_FOUND)

    def start(self) -> None:
        """The page comes into sight."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.selectAll()

    def take_deleted(self) -> tuple[str, ...]:
        """The page is left, or the window closed: what is to be deleted for good now."""
        gone = self._state.take_deleted()
        self._show()
        return gone

    def delete_current(self) -> None:
        call_id, _ = place_of(self.list.current_key())
        if self._state.delete(call_id):
            self._show(keeps_place=True)
            announce(self, self._state.told_deleted())

    def undo(self) -> None:
        call_id = self._state.undo()
        if call_id is not None:
            self._show(keeps_place=True)
            row = self.list.entries.row_of(call_id)
            if row is not None:
                self.list.go_to(row)
                self.list.scrollTo(self.list.entries.index(row))
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _typed(self, text: str) -> None:
        was_searching = bool(self._state.query.strip())
        self._state.search(text)
        if not text.strip():
            self._rest.stop()
            self._show()
            return
        self._rest.start()
        if not was_searching:
            self._show()  # what the titles hold is known already

    def _choose_period(self, number: int) -> None:
        self._state.period = _PERIODS[number]
        self._show()

    def _open_current(self) -> None:
        self._open(self.list.current_key())

    def _open(self, key: str) -> None:
        if key:
            call_id, utterance = place_of(key)
            self.opened.emit(call_id, -1 if utterance is None else utterance)

    def _show(self, *, keeps_place: bool = False) -> None:
        self.list.show_entries(self._state.entries(self._now()), keeps_place=keeps_place)
        self._undo_bar.say(self._state.told_deleted())
        self._delete.setEnabled(bool(self.list.current_key()))

    def _lay_out(self) -> None:
        upper = QVBoxLayout()
        upper.setContentsMargins(px(14), px(10), px(14), px(6))
        upper.setSpacing(px(6))
        upper.addWidget(self.field)
        upper.addWidget(self.periods)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(upper)
        column.addWidget(self.list, 1)
        column.addWidget(self._undo_bar)

    # --- keys ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        """In the field: up and down go through the list below, Delete at its end deletes what is chosen there."""
        if watched is self.field and event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _LIST_KEYS:
                self.list.keyPressEvent(event)
                return True
            if KEYBOARD.is_key(event, Action.DELETE) and not self.field.text():
                if not event.isAutoRepeat():  # as one that is held down to empty the field
                    self.delete_current()
                return True
        return super().eventFilter(watched, event)

    def key_does(self, event: QKeyEvent) -> Callable[[], object] | None:
        of_page = {Action.FIND: self.start, Action.UNDO: self.undo, Action.DELETE: self.delete_current}
        if (action := KEYBOARD.action(event, Where.HISTORY)) is not None:
            return of_page[action]
        if event.key() == Qt.Key.Key_Escape:
            return self.field.clear if self.field.text() else self.back.emit
        has_modifier = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier & ~Qt.KeyboardModifier.KeypadModifier
        if event.text().isprintable() and event.text().strip() and not has_modifier:
            return lambda: self._type_on(event.text())
        return None

    def _type_on(self, text: str) -> None:
        """Somebody types while the list has the focus: it is searched for."""
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.field.setText(self.field.text() + text)


class _UndoBar(Lined):
    """What was deleted, and the way back."""

    def __init__(self) -> None:
        super().__init__(line_above=True, is_raised=True)
        self._text = TextBlock(Type.SMALL, "text", 8)
        self.undo = button("Undo", "", "small")
        KeyTip(self.undo, Action.UNDO, "Undo the deletion")
        row = QHBoxLayout(self)
        row.setContentsMargins(px(14), px(9), px(14), px(10))
        row.setSpacing(px(8))
        row.addWidget(self._text, 1)
        row.addWidget(self.undo)
        self.hide()

    def say(self, text: str) -> None:
        self._text.say(text)
        self.setVisible(bool(text))
