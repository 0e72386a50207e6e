"""The bar above a page after a call: the way back, what it is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ui.desktop.buttons import IconButton, icon_button
from ui.desktop.direction import Margins
from ui.desktop.edge import Lined
from ui.desktop.text_block import TextBlock, tip_of
from ui.desktop.theme import Type, px

_NARROW = 220  # below, what can be done is said by icons alone


class PageBar(Lined):
    back = Signal()

    def __init__(self, *actions: IconButton) -> None:
        super().__init__(line_above=False)
        self._actions = actions
        self._back = icon_button("", "Back, Escape", "arrow-left", "icon")
        self._back.setToolTip("Back, Esc")
        self._back.clicked.connect(self.back)
        self._title, self._facts = TextBlock(Type.QUESTION, "text", 1), TextBlock(Type.TINY, "muted", 2)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._title)
        texts.addWidget(self._facts)
        row = QHBoxLayout(self)
        Margins(self, row, px(8), px(8), px(14), px(8))
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
            block.setToolTip(tip_of(block.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        for action in self._actions:
            action.show_words(self.width() >= px(_NARROW))
