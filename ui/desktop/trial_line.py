"""A button that tries something out, and what came of it below."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.desktop.announcing import announce
from ui.desktop.buttons import button
from ui.desktop.flow import in_line
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px


class TrialLine(QWidget):
    """Emits `wanted`; say what came of it with `show_result`."""

    wanted = Signal()

    def __init__(self, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._button = button("Try it", f"Try {what}", "link")
        self._button.clicked.connect(self._try)
        self._result = TextBlock(Type.SMALL, "text", 6)
        self._result.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, px(5))
        column.setSpacing(px(3))
        column.addWidget(in_line(self._button))
        column.addWidget(self._result)

    def show_result(self, text: str) -> None:
        self._button.setEnabled(True)
        self._say(text)

    def _try(self) -> None:
        self._button.setEnabled(False)
        self._say("Trying… it may have to load its model first.")
        self.wanted.emit()

    def _say(self, text: str) -> None:
        self._result.say(text)
        self._result.show()
        announce(self, text)
