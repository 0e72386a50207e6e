"""The bar above a page after a call: the way back, what it is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ui.desktop.buttons import IconButton, icon_button
from ui.desktop.direction import Margins
from ui.desktop.edge import Lined
from ui.desktop.text_block import TextBlock, tip_of
from ui.desktop.theme import Type, px

_NARROW = 220


class PageBar(Lined):
    back = Signal()

    def __init__(self, *actions: IconButton) -> None:
        super().__init__(line_above=False)
        self._actions = actions
        self._back = icon_button("", "Back, Escape", "arrow-left", "icon")
        self._back.setToolTip("Back, Esc")
        self._back.clicked.connect(self.back)
        self._title, self._facts = TextBlock(Type.QUESTION, "text", 3), TextBlock(Type.TINY, "muted", 4)
        self._texts = QWidget()
        texts = QVBoxLayout(self._texts)
        texts.setContentsMargins(0, 0, 0, 0)
        texts.setSpacing(0)
        texts.addWidget(self._title)
        texts.addWidget(self._facts)
        self._grid = QGridLayout(self)
        Margins(self, self._grid, px(8), px(8), px(14), px(8))
        self._grid.setHorizontalSpacing(px(6))
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._back, 0, 0)
        self._grid.addWidget(self._texts, 0, 1)
        for place, action in enumerate(actions, 2):
            self._grid.addWidget(action, 0, place)
        self._is_stacked = False

    def say(self, title: str, facts: str = "") -> None:
        self._title.say(title)
        self._facts.say_if_any(facts)
        for block in (self._title, self._facts):
            block.setToolTip(tip_of(block.text()))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where it is narrow actions are icons, and texts of two kinds get the width for themselves, below."""
        is_narrow = self.width() < px(_NARROW)
        for action in self._actions:
            action.show_words(not is_narrow)
        is_stacked = is_narrow and bool(self._actions) and not self._facts.isHidden()
        if is_stacked is not self._is_stacked:
            self._is_stacked = is_stacked
            self._grid.removeWidget(self._texts)
            self._grid.addWidget(self._texts, *((1, 0, 1, -1) if is_stacked else (0, 1)))
