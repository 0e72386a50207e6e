"""A line to write a note for a moment of the call that is marked; the moment is that at which it was opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from assistant.plain import clock, plain
from ui.desktop.fields import LineField
from ui.desktop.theme import px


class MarkField(QWidget):
    """Hidden until it is opened. Enter emits `written` with the note and its moment, and so does the stop of the call
    for one that is begun; Escape forgets both. Each way it hides and emits `closed`."""

    written = Signal(str, float)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at_seconds = 0.0
        self.line = LineField("Note for the marked moment")
        self.line.returnPressed.connect(self._write)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(14), px(4), px(14), px(6))
        row.addWidget(self.line)
        self.hide()

    def open(self, at_seconds: float) -> None:
        if not self.isVisible():
            self._at_seconds = at_seconds
            self.line.clear()
            self.line.setPlaceholderText(f"Note for {clock(at_seconds)}; Enter keeps it, Esc drops it")
            self.show()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def finish(self) -> None:
        """The call is stopped: what is begun counts."""
        if not self.isHidden() and self.line.text():
            self._write()

    def close_up(self) -> None:
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.close_up()
        else:
            super().keyPressEvent(event)

    def _write(self) -> None:
        self.written.emit(plain(self.line.text()), self._at_seconds)
        self.close_up()
