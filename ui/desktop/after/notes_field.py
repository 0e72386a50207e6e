"""The interviewer's notes on a call. They are stored by themselves, shortly after the last key."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from ui.desktop.keyboard import KEYBOARD
from ui.desktop.shortcuts import Action
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px

_REST_MS = 700
HINT = "Yours alone, kept on this computer and in exports. Stored as you write."


class NotesField(QWidget):
    """Emits `written(text)` when there is something to store."""

    written = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stored = ""
        self.field = _Field()
        self.field.setAccessibleName("Notes on this call")
        self.field.setPlaceholderText("What to remember of this conversation")
        self.field.textChanged.connect(self._changed)
        self.field.left.connect(self.store)
        self._hint = TextBlock(Type.SMALL, "muted", 6)
        self._hint.say(HINT)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.store)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(14), px(10), px(14), px(12))
        column.setSpacing(px(6))
        column.addWidget(self._hint)
        column.addWidget(self.field, 1)

    def show_notes(self, text: str) -> None:
        """The notes of another call."""
        self._rest.stop()
        self._stored = text
        self.field.setPlainText(text)
        self._rest.stop()

    def store(self) -> None:
        """Whatever is not stored yet, now."""
        self._rest.stop()
        if (text := self.field.toPlainText()) != self._stored:
            self._stored = text
            self.written.emit(text)

    def _changed(self) -> None:
        self._rest.start()


class _Field(QPlainTextEdit):
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        if KEYBOARD.is_key(event, Action.EXPORT):
            event.ignore()  # on Linux the usual one would go to the end of the line
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 Qt's name
        super().focusOutEvent(event)
        self.left.emit()
