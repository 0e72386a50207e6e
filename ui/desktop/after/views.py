"""A main view with others: narrow, one at a time; wide, the main one with one of the others beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from ui.desktop.after.tabs import Tabs
from ui.desktop.rule import Rule
from ui.desktop.theme import px

MAIN = 0
WIDE_PX = 760  # from here on two columns


class Views(QWidget):
    """Views by their number, the main one is 0. Wide, that is always there, and its tab is not."""

    def __init__(self, name: str, titles: Sequence[str], main: QWidget, *others: QWidget) -> None:
        super().__init__()
        self.is_wide = False  # read it, change nothing
        self.tabs = Tabs(name, titles)
        self.tabs.chosen.connect(self.show_view)
        self.tabs_row, self._rule = padded(self.tabs), Rule(is_upright=True)
        self._main, self._others = main, QStackedWidget()
        for other in others:
            self._others.addWidget(other)
        self._narrow, self._beside = QVBoxLayout(self), QVBoxLayout()
        self._other_side = QWidget()
        self._other_side.setLayout(self._beside)
        halves = QHBoxLayout()
        for layout in (self._narrow, self._beside, halves):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self._beside.addWidget(self._others, 1)
        halves.addWidget(self._main, 3)
        halves.addWidget(self._rule)
        halves.addWidget(self._other_side, 2)
        self._narrow.addWidget(self.tabs_row)
        self._narrow.addLayout(halves, 1)
        self.show_view(MAIN)

    @property
    def current(self) -> int:
        """The view whose tab is chosen; never the main one while that stands beside another."""
        return self.tabs.current

    def show_view(self, view: int) -> None:
        if self.is_wide and view == MAIN:
            view = self._others.currentIndex() + 1
        self.tabs.choose(view)
        self._main.setVisible(self.is_wide or view == MAIN)
        self._other_side.setVisible(self.is_wide or view != MAIN)
        self._rule.setVisible(self.is_wide)
        if view != MAIN:
            self._others.setCurrentIndex(view - 1)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        is_wide = self.width() >= px(WIDE_PX)
        if is_wide != self.is_wide:
            self.is_wide = is_wide
            self.tabs.tab(MAIN).setVisible(not is_wide)
            (self._beside if is_wide else self._narrow).insertWidget(0, self.tabs_row)
            self.show_view(self.current)


def padded(inner: QWidget) -> QWidget:
    """A row of a page with its margins."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(px(14), px(5), px(14), px(5))
    row.addWidget(inner)
    return made


def column(*widgets: QWidget, growing: QWidget) -> QWidget:
    """One under the other without gaps; `growing`, one of them, takes the room that is left."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for widget in widgets:
        layout.addWidget(widget, 1 if widget is growing else 0)
    return made
