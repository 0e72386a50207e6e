"""The bar above a page after a call: the way back, what it is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.desktop.buttons import button
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, colours, px


class PageBar(QWidget):
    back = Signal()

    def __init__(self, *actions: QPushButton) -> None:
        super().__init__()
        self._back = button("Back", "Back, Escape", "icon", icon_name="arrow-left")
        self._back.setText("")
        self._back.setToolTip("Back, Esc")
        self._back.clicked.connect(self.back)
        self._title, self._facts = TextBlock(Type.QUESTION, "text", 1), TextBlock(Type.TINY, "muted", 1)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._title)
        texts.addWidget(self._facts)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(8), px(8), px(14), px(8))
        row.setSpacing(px(6))
        row.addWidget(self._back)
        row.addLayout(texts, 1)
        for action in actions:
            row.addWidget(action)

    def say(self, title: str, facts: str = "") -> None:
        self._title.say(title)
        self._facts.say(facts)
        self._facts.setVisible(bool(facts))
        for block in (self._title, self._facts):
            block.setToolTip(block.text())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        QPainter(self).fillRect(0, self.height() - 1, self.width(), 1, QColor(colours().line))
