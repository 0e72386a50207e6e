"""A hairline between two parts of a page."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ui.desktop.theme import colours

_MOST_LENGTH = 16_777_215  # QWIDGETSIZE_MAX, Qt's name for "as it comes"


class Rule(QWidget):
    def __init__(self, is_upright: bool) -> None:
        super().__init__()
        self.lie(is_upright)

    def lie(self, is_upright: bool) -> None:
        most = _MOST_LENGTH
        self.setMaximumSize(*((1, most) if is_upright else (most, 1)))
        self.setMinimumSize(1, 1)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        QPainter(self).fillRect(self.rect(), QColor(colours().line))
