"""A row at an edge of the panel."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.desktop.theme import colours


class Edge(QWidget):
    """A row with a hairline above or below."""

    def __init__(self, line_above: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line_above = line_above
        self.row = QHBoxLayout(self)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        y = 0 if self._line_above else self.height() - 1
        QPainter(self).fillRect(0, y, self.width(), 1, QColor(colours().line))
