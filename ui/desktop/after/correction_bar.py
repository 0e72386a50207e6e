"""Where a line of the transcript is corrected: what was heard stays readable above what is written in its place."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from assistant.plain import plain
from ui.desktop.buttons import button
from ui.desktop.edge import Lined
from ui.desktop.flow import in_line
from ui.desktop.keyboard import is_enter
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px


class CorrectionBar(Lined):
    """Emits `saved(row, text)`, or `left` when nothing is to change."""

    saved = Signal(int, str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(line_above=True, is_raised=True, parent=parent)
        self._row = -1
        self._heard = ""
        self._label, self._original = TextBlock(Type.LABEL, "muted", 1), TextBlock(Type.SMALL, "muted", 3)
        self._field = _Field()
        self._field.setAccessibleName("Corrected text")
        self._field.done.connect(self._save)
        self._field.given_up.connect(self.left)
        self._save_button = button("Save", "Save the correction, Control and Enter", "primary")
        self._save_button.setToolTip("Ctrl+Enter")
        self._save_button.clicked.connect(self._save)
        self._restore = button("As heard", "Put back what was heard")
        self._restore.clicked.connect(lambda: self._field.setPlainText(self._heard))
        self._cancel = button("Cancel", "Cancel, Escape")
        self._cancel.setToolTip("Esc")
        self._cancel.clicked.connect(self.left)
        self._field.textChanged.connect(self._settle)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(14), px(10), px(14), px(12))
        column.setSpacing(px(6))
        for widget in (self._label, self._original, self._field):
            column.addWidget(widget)
        column.addWidget(in_line(self._save_button, self._restore, self._cancel))
        self.hide()

    def begin(self, row: int, text: str, heard: str, where: str) -> None:
        """Correct a line that reads `text`; `where` is its clock and speaker."""
        self._row, self._heard = row, heard
        self._label.say(f"CORRECT {where}".upper())
        self._original.say(f"Heard: {heard}")
        self._field.setPlainText(text)
        self.show()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._field.selectAll()
        self._settle()

    @property
    def is_open(self) -> bool:
        return not self.isHidden()

    def _save(self) -> None:
        if plain(self._field.toPlainText()):
            self.saved.emit(self._row, self._field.toPlainText())

    def _settle(self) -> None:
        text = plain(self._field.toPlainText())
        self._save_button.setEnabled(bool(text))
        self._restore.setEnabled(text != self._heard)


class _Field(QPlainTextEdit):
    done = Signal()
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(200), 3 * self.fontMetrics().lineSpacing() + px(16))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        if is_enter(event) and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.done.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
